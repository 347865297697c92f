/** A case drawn by keys alone: which key does what, and that nothing that is drawn needs a pointer. */
import assert from "node:assert/strict";
import test from "node:test";
import { type AnnotatingCase, emptyAnnotation } from "@malleolus/schema";
import { readerKeys } from "../keys/bindings.ts";
import {
  type AnnotatingActions,
  annotatingKeys,
  pressAnnotatingKey,
  toolKeys,
} from "./annotating-keys.ts";
import { openAnnotating } from "./annotating-session.ts";
import { makeCross } from "./cross.ts";
import { drawingStart } from "./drawing-start.ts";

const [AP, LATERAL] = ["a".repeat(32), "b".repeat(32)];
const image = (id: string, view: "ap" | "lateral") => ({
  id,
  view,
  side: null,
  width: 400,
  height: 500,
  pixelSpacingMm: [0.2, 0.2] as const,
  spacingSource: "calibrated" as const,
});
const detail: AnnotatingCase = {
  code: "7kq2m41x0abc",
  label: "7KQ2-M41X",
  place: 1,
  of: 1,
  images: [image(AP, "ap"), image(LATERAL, "lateral")],
  missing: [],
  state: "new",
  hasFracture: true,
  structures: [
    { id: "fibula", name: "Fibula" },
    { id: "tibia", name: "Tibia" },
    { id: "fracture", name: "Fracture" },
  ],
  fractureLineMm: 3,
  proposals: {
    shown: "at once",
    offers: [
      {
        key: "1 tibia",
        image: LATERAL,
        structure: "tibia",
        polygons: [[10, 10, 60, 10, 60, 60]],
        line: null,
        score: null,
      },
    ],
  },
  draft: null,
  submitted: null,
  returned: null,
  threads: [],
  previous: null,
  next: null,
};

function begin(readOnly = false, commenting = false) {
  const done: string[] = [];
  const session = openAnnotating({
    detail,
    start: drawingStart({ draft: null }, null),
    view: { linked: false, startWindow: null },
    now: () => 0,
    newId: () => "0123456789abcdef",
  });
  for (const { id } of detail.images) {
    const viewport = { width: 400, height: 500 };
    session.viewer.dispatch({ type: "resize", view: id, viewport });
  }
  const page: AnnotatingActions = {
    submit: () => done.push("submit"),
    saveNow: () => done.push("save"),
    goTo: (where) => done.push(where),
    help: (open) => done.push(`help ${open}`),
    isHelpOpen: () => false,
    comment: (on) => done.push(`comment ${on}`),
    isCommenting: () => commenting,
    commentAt(image, at) {
      done.push(`comment at ${image[0]} ${at.x} ${at.y}`);
      return true;
    },
    takeOwnWindow: () => done.push("mine"),
  };
  const cross = makeCross(session, () => 1);
  const press = (...names: string[]) =>
    names.map((name) =>
      pressAnnotatingKey(name, { session, cross, page, readOnly, pixelRatio: 1 }),
    );
  return { session, press, done };
}

test("keys: a fibula and a fracture's line are drawn, mended and taken back without a pointer", () => {
  const { session, press } = begin();
  press("w", "p", "ArrowDown", " ");
  for (let i = 0; i < 5; i++) press("Shift+ArrowRight");
  press(" ");
  for (let i = 0; i < 5; i++) press("Shift+ArrowDown");
  press(" ", "Enter");
  const shapes = () => [...session.editor.state().document.shapes.values()];
  assert.deepEqual(shapes()[0].points, [200, 252, 300, 252, 300, 352]);
  press("Enter");
  session.editor.dispatch({
    type: "select",
    selection: { ids: [shapes()[0].id], vertex: 1, offer: null },
  });
  press("Shift+ArrowUp", "ArrowLeft");
  assert.deepEqual(shapes()[0].points.slice(2, 4), [299, 242]);
  press("Delete");
  assert.equal(session.editor.state().said?.key, "said.least polygon");
  press("Escape", "e", "Shift+p", " ", "Shift+ArrowLeft", " ", "n");
  assert.deepEqual([shapes()[1].form, shapes()[1].structure], ["line", "fracture"]);
  press("Ctrl+z", "Ctrl+z", "Ctrl+z");
  assert.equal(shapes().length, 0);
  press("Ctrl+y", "Ctrl+Shift+z", "Ctrl+y");
  assert.equal(shapes().length, 2);
});

test("keys: a part is drawn anew, a point put in, shapes moved and joined without a pointer", () => {
  const { session, press } = begin();
  const { editor } = session;
  const shapes = () => [...editor.state().document.shapes.values()];
  press("w", "p", " ", " ", ...Array(5).fill("Shift+ArrowRight"), " ");
  press(
    ...Array(5).fill("Shift+ArrowDown"),
    " ",
    ...Array(5).fill("Shift+ArrowLeft"),
    " ",
    "Enter",
  );
  const [{ id, points }] = shapes();
  assert.deepEqual(points, [200, 250, 300, 250, 300, 350, 200, 350]);
  press("Ctrl+ArrowRight", "Ctrl+Shift+ArrowUp");
  assert.deepEqual(shapes()[0].points.slice(0, 2), [201, 240]);
  press("Ctrl+z");
  assert.deepEqual(shapes()[0].points, points, "moves are one step");
  editor.dispatch({ type: "select", selection: { ids: [id], vertex: 0, offer: null } });
  press("Insert");
  assert.deepEqual(shapes()[0].points.slice(2, 4), [250, 250]);
  press("Ctrl+z");
  editor.dispatch({ type: "select", selection: { ids: [id], vertex: 0, offer: null } });
  // From the first point to the second, above the edge between them.
  press("Shift+ ", ...Array(3).fill("Shift+ArrowRight"), ...Array(2).fill("Shift+ArrowUp"), " ");
  press(...Array(2).fill("Shift+ArrowRight"), ...Array(2).fill("Shift+ArrowDown"), " ", "Enter");
  assert.ok(shapes()[0].points.join().includes("260,210"), String(shapes()[0].points));
  press(
    "v",
    "Escape",
    "r",
    " ",
    ...Array(3).fill("Shift+ArrowDown"),
    ...Array(3).fill("Shift+ArrowLeft"),
    " ",
  );
  assert.equal(shapes().length, 2);
  press("v", "Escape", ".", ".", "Shift+.", "j", "Enter", "Enter");
  assert.equal(shapes().length, 1);
  assert.equal(shapes()[0].parents.length, 2);
});

test("keys: what is undone beside the view is gone to, what is in sight moves no view", () => {
  const { session, press } = begin();
  const { viewer } = session;
  const cameraOf = () => viewer.state().views[0].camera;
  press(
    "w",
    "r",
    " ",
    " ",
    ...Array(3).fill("Shift+ArrowDown"),
    ...Array(3).fill("Shift+ArrowLeft"),
    " ",
  );
  const fitted = cameraOf();
  press("Ctrl+z", "Ctrl+y");
  assert.deepEqual(cameraOf(), fitted);
  viewer.dispatch({ type: "zoom", view: AP, at: { x: 400, y: 500 }, factor: 8 });
  assert.ok(cameraOf().centerX > 300);
  const { scale } = cameraOf();
  press("Ctrl+z");
  assert.deepEqual([cameraOf().centerX, cameraOf().centerY, cameraOf().scale], [170, 280, scale]);
});

test("keys: a place is commented on by the cross, also by who only looks", () => {
  for (const readOnly of [false, true]) {
    const { press, done } = begin(readOnly, true);
    press(" ", "Shift+ArrowRight", "ArrowUp", " ");
    assert.deepEqual(done, ["comment at a 220 248"]);
  }
});

test("keys: a proposal is gone to, taken and graded on its own view", () => {
  const { session, press } = begin();
  press(".");
  assert.equal(session.viewer.state().active, LATERAL, "its view is the active one");
  press("Enter", "Shift+2");
  const { document } = session.editor.state();
  assert.deepEqual(
    [document.decisions.get("1 tibia")?.is, document.visibility.get(LATERAL)],
    ["accepted", "difficult"],
  );
});

test("keys: a case that is only looked at is looked at with all keys of its views, and not drawn on", () => {
  const { session, press, done } = begin(true);
  const drawing = ["p", " ", "Enter", "Delete", "Shift+1", "Ctrl+z", "m", "w"];
  assert.deepEqual(
    press(...drawing),
    drawing.map(() => false),
  );
  assert.deepEqual(
    press("i", "1", "ArrowRight", "h", "o", "?", "f", "Ctrl+s"),
    Array(8).fill(true),
  );
  assert.deepEqual(done, ["comment toggle", "help toggle", "next", "save"]);
  assert.deepEqual(session.content().shapes, emptyAnnotation.shapes);
});

test("keys: each key of the sheet does something, and tools take no key that looks at pictures", () => {
  const { press } = begin();
  const silent = new Set(["m", "l", "Shift+l", "ArrowUp", "ArrowDown"]);
  for (const [names] of annotatingKeys) {
    for (const name of names) {
      if (!silent.has(name)) assert.deepEqual(press(name), [true], name);
    }
  }
  for (const key of Object.values(toolKeys)) assert.ok(!readerKeys.has(key), key);
});
