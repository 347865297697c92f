import assert from "node:assert/strict";
import test from "node:test";
import { nextPointing, noPointing, type PointerInput, type PointingAction } from "./pointing.ts";

function run(inputs: readonly Partial<PointerInput>[]): PointingAction[] {
  let pointing = noPointing;
  return inputs.flatMap((given) => {
    const input: PointerInput = {
      phase: "move",
      pointer: 1,
      kind: "mouse",
      button: 0,
      at: { x: 0, y: 0 },
      spaceHeld: false,
      ...given,
    };
    const next = nextPointing(pointing, input);
    pointing = next.pointing;
    return next.actions;
  });
}
const types = (inputs: readonly Partial<PointerInput>[]) => run(inputs).map(({ type }) => type);
const to = (x: number, y = 0) => ({ at: { x, y } });

test("pointing: a tremor is a click, four pixels are a drag, six of a finger", () => {
  const press = (x: number, kind: PointerInput["kind"]) =>
    types([
      { phase: "down", kind },
      { ...to(x), kind },
      { phase: "up", ...to(x), kind },
    ]);
  assert.deepEqual(press(3, "mouse"), ["press", "click"]);
  assert.deepEqual(press(4, "mouse"), ["press", "drag", "drop"]);
  assert.deepEqual(press(5, "touch"), ["press", "click"]);
  assert.deepEqual(press(6, "touch"), ["press", "drag", "drop"]);
});

test("pointing: the right button windows or takes back, the middle one and Space pan", () => {
  const drag = (more: Partial<PointerInput>) =>
    types([
      { phase: "down", ...more },
      { ...to(20), ...more },
      { phase: "up", ...to(20), ...more },
    ]);
  assert.deepEqual(drag({ button: 2 }), ["window"]);
  assert.deepEqual(
    types([
      { phase: "down", button: 2 },
      { phase: "up", button: 2 },
    ]),
    ["right click"],
  );
  assert.deepEqual(drag({ button: 1 }), ["pan"]);
  assert.deepEqual(drag({ spaceHeld: true }), ["pan"]);
});

test("pointing: a second finger calls the tool off and pans, a third windows; none draws when it lifts", () => {
  const fingers = [
    { phase: "down", kind: "touch" },
    { phase: "down", kind: "touch", pointer: 2, ...to(100) },
    { kind: "touch", pointer: 2, ...to(200) },
    { phase: "up", kind: "touch", pointer: 2, ...to(200) },
    { phase: "up", kind: "touch", ...to(0) },
  ] as const;
  const actions = run(fingers);
  assert.deepEqual(
    actions.map(({ type }) => type),
    ["press", "cancel", "pan", "zoom"],
  );
  assert.ok(actions[3].type === "zoom" && actions[3].factor === 2);
  const three = types([
    ...fingers.slice(0, 2),
    { phase: "down", kind: "touch", pointer: 3, ...to(50) },
    { kind: "touch", ...to(0, 30) },
  ]);
  assert.deepEqual(three, ["press", "cancel", "window"]);
});

test("pointing: where a pen draws, fingers pan; a cancelled press draws nothing", () => {
  const pen = [
    { phase: "down", kind: "pen" },
    { phase: "up", kind: "pen" },
  ] as const;
  const finger = [
    { phase: "down", kind: "touch", pointer: 2 },
    { kind: "touch", pointer: 2, ...to(30) },
  ] as const;
  assert.deepEqual(types([...pen, ...finger]), ["press", "click", "pan"]);
  assert.deepEqual(types([{ phase: "down" }, { ...to(30) }, { phase: "cancel", ...to(30) }]), [
    "press",
    "drag",
    "cancel",
  ]);
});

test("pointing: a finger or a pen that rests is the right button's click, a mouse or one on its way is not", () => {
  const rest = (kind: PointerInput["kind"], way: readonly Partial<PointerInput>[] = []) =>
    types([{ phase: "down", kind }, ...way, { phase: "held", kind }, { phase: "up", kind }]);
  assert.deepEqual(rest("touch"), ["press", "cancel", "right click"]);
  assert.deepEqual(rest("pen"), ["press", "cancel", "right click"]);
  assert.deepEqual(rest("mouse"), ["press", "click"]);
  assert.deepEqual(rest("touch", [{ ...to(30), kind: "touch" }]), ["press", "drag", "drop"]);
});
