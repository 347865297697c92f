import assert from "node:assert/strict";
import test from "node:test";
import { emptyAnnotation, type Offer } from "@malleolus/schema";
import { isSameList } from "../view/attach-canvases.ts";
import { fitCamera } from "../view/camera.ts";
import { colourOf, drawAnnotation, drawnFrom } from "./draw-annotation.ts";
import { pinUnder } from "./draw-marks.ts";
import { beginEditor, nextEditor } from "./editor.ts";
import type { EditorState } from "./editor-state.ts";
import { newShape } from "./shape.ts";

const [AP, LATERAL] = ["a".repeat(32), "b".repeat(32)];
const spacing = { rowMm: 0.2, columnMm: 0.2, source: "calibrated" } as const;
const geometry = { width: 400, height: 400, columnSpacingMm: 0.2, pixelAspect: 1 };
const offer: Offer = {
  key: "1 tibia",
  image: AP,
  structure: "tibia",
  polygons: [[10, 10, 60, 10, 60, 60]],
  line: null,
  score: 0.82,
};
const square = newShape({
  id: "f",
  image: AP,
  structure: "fibula",
  order: 1,
  points: [100, 100, 200, 100, 200, 200, 100, 200],
});
const crossed = newShape({
  id: "x",
  image: AP,
  structure: "fibula",
  order: 2,
  points: [300, 300, 350, 350, 350, 300, 300, 350],
});

function begin(): EditorState {
  return beginEditor({
    images: [AP, LATERAL].map((id) => ({ id, width: 400, height: 400, spacing })),
    offers: [offer],
    content: { ...emptyAnnotation, shapes: [square, crossed] },
    structure: "fibula",
    widthMm: 3,
    prefix: "s",
  });
}

function draw(state: EditorState, zoom = 1, image = AP) {
  const viewport = { width: 400, height: 400 };
  const camera = fitCamera(geometry, viewport);
  return drawAnnotation({
    state,
    image,
    camera: { ...camera, scale: camera.scale * zoom, scaleY: camera.scaleY * zoom },
    viewport,
    pixelRatio: 1,
    hovered: null,
    cross: null,
    pins: [],
    sayGuide: ({ mm }) => `${mm}`,
    others: [],
  });
}

const select = (id: string) =>
  nextEditor(begin(), {
    type: "select",
    selection: { ids: [id], vertex: null, offer: null },
  });

test("drawing: colour is the structure, a dash and M the model, weight what is selected", () => {
  const plain = draw(begin());
  const dashed = plain.lines.filter(({ dash }) => dash.length > 0);
  assert.deepEqual(
    [dashed.length, dashed[0].colour, dashed[0].dash],
    [1, colourOf("tibia"), [6, 4]],
  );
  assert.deepEqual(plain.labels.find(({ text }) => text.startsWith("M"))?.text, "M .82");
  const own = (state: EditorState) =>
    Math.max(
      ...draw(state)
        .lines.filter(({ colour, points }) => colour === colourOf("fibula") && points.length === 5)
        .map(({ width }) => width),
    );
  assert.deepEqual([own(begin()), own(select("f"))], [1.5, 2]);
  assert.equal(draw(select("f")).handles.length, 4);
  assert.ok(draw(select("f")).lines.some(({ fill }) => fill?.startsWith(colourOf("fibula"))));
});

test("drawing: widths and handles are the same on the screen at every zoom", () => {
  const [near, far] = [draw(select("f"), 8), draw(select("f"), 1)];
  const widths = ({ lines }: typeof near) => new Set(lines.map(({ width }) => width));
  assert.deepEqual(widths(near), widths(far));
  for (const { size } of near.handles) assert.equal(size, far.handles[0].size);
});

test("drawing: a fault is marked where it is, a hidden structure is not there, other views are empty", () => {
  const { labels } = draw(begin());
  const mark = labels.find(({ text }) => text === "!");
  assert.ok(mark !== undefined && Math.hypot(mark.at.x - 325, mark.at.y - 325) < 15);
  const hidden = draw(nextEditor(begin(), { type: "hide", structure: "fibula" }));
  assert.ok(hidden.lines.every(({ colour }) => colour !== colourOf("fibula")));
  assert.deepEqual(draw(begin(), 1, LATERAL).lines, []);
});

test("drawing: points that lie closer than handles are wide do not all have one", () => {
  const points = Array.from({ length: 1000 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 1000;
    return [200 + 100 * Math.cos(angle), 200 + 100 * Math.sin(angle)];
  });
  const round = newShape({
    id: "r",
    image: AP,
    structure: "tibia",
    order: 3,
    points: points.flat(),
  });
  const state = beginEditor({
    images: [{ id: AP, width: 400, height: 400, spacing }],
    offers: [],
    content: { ...emptyAnnotation, shapes: [round] },
    structure: "tibia",
    widthMm: 3,
    prefix: "s",
  });
  const chosen = nextEditor(state, {
    type: "select",
    selection: { ids: ["r"], vertex: 501, offer: null },
  });
  const { handles } = draw(chosen);
  assert.ok(handles.length > 60 && handles.length < 100, `${handles.length}`);
  assert.equal(handles.filter(({ selected }) => selected).length, 1);
});

test("drawing: a point that moves on one view leaves the others as they are, until they have guides", () => {
  const tibia = (id: string, image: string) =>
    newShape({ id, image, structure: "tibia", order: 5, points: [0, 0, 50, 0, 50, 90] });
  const nudged = (state: EditorState) => nextEditor(state, { type: "nudge", dx: 0, dy: -4 });
  const chosen = nextEditor(begin(), {
    type: "select",
    selection: { ids: ["f"], vertex: 1, offer: null },
  });
  const isSame = (one: EditorState, other: EditorState, image: string) =>
    isSameList(drawnFrom(one, image), drawnFrom(other, image));
  assert.ok(!isSame(chosen, nudged(chosen), AP));
  assert.ok(isSame(chosen, nudged(chosen), LATERAL));
  const content = {
    ...emptyAnnotation,
    shapes: [square, tibia("t", AP), tibia("u", LATERAL)],
  };
  const guided = nextEditor(nextEditor(chosen, { type: "replace", content }), {
    type: "select",
    selection: { ids: ["f"], vertex: 1, offer: null },
  });
  assert.ok(!isSame(guided, nudged(guided), LATERAL), "the guide follows");
  for (const event of [
    { type: "hide", structure: "fibula" },
    { type: "accept", offer: offer.key },
    { type: "doubt", id: "f" },
  ] as const) {
    assert.ok(!isSame(chosen, nextEditor(chosen, event), AP), event.type);
  }
});

test("drawing: the middle of an edge has a handle where that edge is long on the screen, whatever the first one is", () => {
  const points = [100, 100, 104, 100, 200, 100, 200, 200];
  const shape = newShape({ id: "u", image: AP, structure: "fibula", order: 1, points });
  const content = { ...emptyAnnotation, shapes: [shape] };
  const editing = nextEditor(nextEditor(begin(), { type: "replace", content }), {
    type: "select",
    selection: { ids: ["u"], vertex: 0, offer: null },
  });
  const middles = (zoom: number) =>
    draw(editing, zoom).handles.filter(({ size }) => size < 7).length;
  assert.equal(middles(1), 3, "all but the short one");
  assert.equal(middles(0.3), 1, "the longest one");
});

test("drawing: a selected fracture shows the box that follows from it, with the width of its line", () => {
  const points = [100, 100, 140, 120];
  const line = newShape({
    id: "l",
    image: AP,
    structure: "fracture",
    order: 1,
    points,
    widthMm: 3,
  });
  const content = { ...emptyAnnotation, shapes: [line] };
  const state = nextEditor(nextEditor(begin(), { type: "replace", content }), {
    type: "select",
    selection: { ids: ["l"], vertex: null, offer: null },
  });
  const box = draw(state).lines.find(({ dash }) => dash.join() === "1,3");
  // Three millimetres are fifteen pixels.
  assert.deepEqual(box?.points[0], { x: 92.5, y: 92.5 });
  assert.deepEqual(box?.points[2], { x: 147.5, y: 127.5 });
  assert.ok(
    draw(select("f")).lines.every(({ dash }) => dash.join() !== "1,3"),
    "no bone has one",
  );
});

test("drawing: the selected proposal has handles where its points will be, a pin is found under the pointer", () => {
  const chosen = nextEditor(begin(), {
    type: "select",
    selection: { ids: [], vertex: null, offer: offer.key },
  });
  assert.equal(draw(chosen).handles.length, 3);
  assert.equal(draw(begin()).handles.length, 0);
  const pins = [{ at: { x: 50, y: 60 }, number: 3 }];
  const viewport = { width: 400, height: 400 };
  const scene = {
    ...{ state: begin(), image: AP, camera: fitCamera(geometry, viewport), viewport },
    ...{ pixelRatio: 1, hovered: null, cross: null, pins, sayGuide: String, others: [] },
  };
  assert.equal(pinUnder(scene, { x: 50, y: 60 }), null, "the place itself stays free");
  assert.equal(pinUnder(scene, { x: 70, y: 80 }), 3);
  assert.ok(drawAnnotation(scene).labels.some(({ text }) => text === "3"));
});
