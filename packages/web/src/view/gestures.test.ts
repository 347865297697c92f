import assert from "node:assert/strict";
import test from "node:test";
import { type GestureAction, nextGesture, noGesture, type PointerInput } from "./gestures.ts";

const base: PointerInput = {
  phase: "move",
  pointer: 1,
  kind: "mouse",
  button: 0,
  at: { x: 0, y: 0 },
  spaceHeld: false,
  toolInHand: false,
  hit: null,
};
type Step = readonly [
  phase: PointerInput["phase"],
  x: number,
  y: number,
  more?: Partial<PointerInput>,
];

function run(steps: readonly Step[], all: Partial<PointerInput> = {}): readonly GestureAction[] {
  let gesture = noGesture;
  const actions: GestureAction[] = [];
  for (const [phase, x, y, more] of steps) {
    const next = nextGesture(gesture, { ...base, ...all, ...more, phase, at: { x, y } });
    gesture = next.gesture;
    actions.push(...next.actions);
  }
  assert.equal(gesture.presses.length, 0, "everything was let go");
  return actions;
}

const drag: readonly Step[] = [
  ["down", 10, 10],
  ["move", 12, 10],
  ["move", 30, 20],
  ["up", 30, 20],
];

test("gestures: which button and key does what on a drag", () => {
  const cases: readonly (readonly [string, Partial<PointerInput>, readonly GestureAction[]])[] = [
    ["left", {}, [{ type: "window", dx: 20, dy: 10 }]],
    ["right", { button: 2 }, [{ type: "window", dx: 20, dy: 10 }]],
    ["middle", { button: 1 }, [{ type: "pan", dx: 20, dy: 10 }]],
    ["left and space", { spaceHeld: true }, [{ type: "pan", dx: 20, dy: 10 }]],
    [
      "a point of a measurement",
      { hit: { id: "m", point: 1 } },
      [{ type: "drag point", id: "m", point: 1, to: { x: 30, y: 20 } }],
    ],
    [
      "a measurement's line is pinned",
      { hit: { id: "m", point: null } },
      [{ type: "window", dx: 20, dy: 10 }],
    ],
    ["one finger", { kind: "touch" }, [{ type: "window", dx: 20, dy: 10 }]],
  ];
  for (const [what, all, expected] of cases) assert.deepEqual(run(drag, all), expected, what);
});

test("gestures: a press that moves less than four pixels is a click, with the right button a menu", () => {
  const still: readonly Step[] = [
    ["down", 10, 10],
    ["move", 12, 11],
    ["up", 12, 11],
  ];
  assert.deepEqual(run(still), [{ type: "click", at: { x: 12, y: 11 }, hit: null }]);
  assert.deepEqual(run(still, { button: 2 }), [{ type: "menu", at: { x: 12, y: 11 } }]);
  assert.deepEqual(run(still, { button: 1 }), []);
  assert.deepEqual(
    run([
      ["down", 10, 10],
      ["cancel", 10, 10],
    ]),
    [],
  );
});

test("gestures: a tool sets its point where it is let go, and shows it on the way", () => {
  assert.deepEqual(run(drag, { toolInHand: true }), [
    { type: "hover", at: { x: 12, y: 10 } },
    { type: "hover", at: { x: 30, y: 20 } },
    { type: "click", at: { x: 30, y: 20 }, hit: null },
  ]);
});

test("gestures: two fingers pan by their middle and zoom by their distance, and set no point", () => {
  const actions = run(
    [
      ["down", 0, 0, { pointer: 1 }],
      ["down", 100, 0, { pointer: 2 }],
      ["move", 200, 0, { pointer: 2 }],
      ["up", 200, 0, { pointer: 2 }],
      ["move", 10, 0, { pointer: 1 }],
      ["up", 10, 0, { pointer: 1 }],
    ],
    { kind: "touch", toolInHand: true },
  );
  assert.deepEqual(actions, [
    { type: "pan", dx: 50, dy: 0 },
    { type: "zoom", at: { x: 100, y: 0 }, factor: 2 },
    { type: "pan", dx: 10, dy: 0 },
  ]);
});

test("gestures: without a press a pointer only hovers", () => {
  assert.deepEqual(run([["move", 5, 6]]), [{ type: "hover", at: { x: 5, y: 6 } }]);
});
