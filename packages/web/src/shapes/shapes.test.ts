import assert from "node:assert/strict";
import test from "node:test";
import { drawShapes, type ShapeScene } from "./draw-shapes.ts";
import { hitTest } from "./hit-test.ts";
import { footOfPerpendicular, formatValue, type Measurement, measure } from "./measurement.ts";
import {
  type MeasuringEvent,
  type MeasuringState,
  nextMeasuring,
  nextPoint,
  noMeasuring,
  shownMeasurements,
} from "./measuring.ts";

const spacing = { columnMm: 0.2, rowMm: 0.1, source: "calibrated" } as const;
const points = (...numbers: number[]) =>
  Array.from({ length: numbers.length / 2 }, (_, i) => ({
    x: numbers[2 * i],
    y: numbers[2 * i + 1],
  }));

test("measure: lengths in millimetres of columns and of rows, marked as the file says", () => {
  const shape = { form: "length", points: points(0, 0, 30, 80) } as const;
  assert.deepEqual(measure(shape, spacing), { value: 10, unit: "mm" });
  assert.deepEqual(measure(shape, { ...spacing, source: "at detector" }), {
    value: 10,
    unit: "mm at detector",
  });
  assert.deepEqual(measure(shape, null), { value: Math.hypot(30, 80), unit: "px" });
  assert.equal(measure({ form: "length", points: points(0, 0) }, null), undefined);
});

test("measure: an angle is the same whichever way the lines were drawn", () => {
  for (const line of [points(0, 0, 100, 0), points(100, 0, 0, 0)]) {
    const value = measure(
      { form: "between lines", points: [...line, ...points(0, 50, 50, 100)] },
      null,
    );
    assert.equal(value && formatValue(value), "45.0");
  }
  // With rows half as high as columns are wide, 100 rows down are as far as 50 columns.
  const tilted = measure(
    { form: "between lines", points: points(0, 0, 9, 0, 0, 0, 50, 100) },
    spacing,
  );
  assert.equal(tilted && formatValue(tilted), "45.0");
});

test("measure: an angle at a corner opens up to a straight line", () => {
  const corner = (x: number, y: number) =>
    measure({ form: "angle", points: points(10, 0, 0, 0, x, y) }, null)?.value ?? Number.NaN;
  for (const [x, y, degrees] of [
    [0, 5, 90],
    [-5, 5, 135],
    [-5, -5, 135],
    [-9, 0, 180],
  ] as const) {
    assert.ok(Math.abs(corner(x, y) - degrees) < 1e-9, `${x}, ${y}`);
  }
});

test("measure: the distance from a line is that to its foot, also where pixels are not square", () => {
  const [a, b, c] = points(0, 0, 100, 40, 30, 90);
  const distance = measure({ form: "perpendicular", points: [a, b, c] }, spacing);
  const foot = footOfPerpendicular(c, a, b, spacing);
  const direct = measure({ form: "length", points: [c, foot] }, spacing);
  assert.ok(distance !== undefined && direct !== undefined);
  assert.ok(Math.abs(distance.value - direct.value) < 1e-12);
  const along = measure({ form: "between lines", points: [a, b, c, foot] }, spacing);
  assert.ok(along !== undefined && Math.abs(along.value - 90) < 1e-9);
});

const measurements: Measurement[] = [
  { id: "one", image: "ap", rule: null, form: "length", points: points(10, 10, 50, 10) },
  {
    id: "two",
    image: "ap",
    rule: "tilt",
    form: "between lines",
    points: points(10, 40, 50, 40, 10, 60, 50, 80),
  },
];
const scene: ShapeScene = {
  measurements,
  labels: new Map([["one", "8.0 mm"]]),
  selected: null,
  hovered: null,
  spacing,
  camera: { scale: 2, scaleY: 2, centerX: 50, centerY: 50 },
  viewport: { width: 200, height: 200 },
  pixelRatio: 1,
};

test("draw shapes: lines lie where the camera puts them, as wide at every zoom", () => {
  const near = drawShapes(scene);
  const far = drawShapes({ ...scene, camera: { ...scene.camera, scale: 0.5, scaleY: 0.5 } });
  assert.deepEqual(near.lines[1].points, points(20, 20, 100, 20));
  assert.deepEqual(far.lines[1].points, points(80, 80, 100, 80));
  assert.deepEqual(
    near.lines.map(({ width }) => width),
    far.lines.map(({ width }) => width),
  );
  assert.deepEqual(near.labels, [{ at: { x: 110, y: 30 }, text: "8.0 mm" }]);
  assert.equal(near.handles.length, 0);
});

test("draw shapes: a label beside the edge moves to where it is seen whole", () => {
  const text = "39.9 mm at detector";
  const edge = {
    ...scene,
    labels: new Map([["one", text]]),
    viewport: { width: 200, height: 200 },
  };
  const [{ at }] = drawShapes({ ...edge, camera: { ...scene.camera, centerX: 10 } }).labels;
  assert.ok(at.x >= 0 && at.x + 7 * text.length <= 200, `${at.x}`);
});

test("draw shapes: what is selected is heavier and has a handle at every point", () => {
  const drawing = drawShapes({ ...scene, selected: { id: "two", point: 2 } });
  assert.deepEqual(
    drawing.handles.map(({ selected }) => selected),
    [false, false, true, false],
  );
  const widest = (id: number) => Math.max(...drawing.lines.slice(id).map(({ width }) => width));
  assert.equal(widest(0), 6);
});

test("hit test: points before lines, the nearest first, and nothing beyond the radius", () => {
  const cases = [
    [20, 20, "mouse", { id: "one", point: 0 }],
    [60, 24, "mouse", { id: "one", point: null }],
    [60, 30, "mouse", null],
    [60, 30, "touch", { id: "one", point: null }],
    [99, 83, "mouse", { id: "two", point: 1 }],
    [180, 180, "touch", null],
  ] as const;
  for (const [x, y, kind, expected] of cases) {
    assert.deepEqual(hitTest(scene, { x, y }, kind), expected, `${kind} at ${x}, ${y}`);
  }
});

function run(events: readonly MeasuringEvent[]): MeasuringState {
  return events.reduce(nextMeasuring, noMeasuring);
}
const take: MeasuringEvent = { type: "take tool", tool: { rule: "clear", form: "length" } };
const set = (x: number, y: number): MeasuringEvent => ({
  type: "set point",
  image: "ap",
  at: { x, y },
  id: "m",
});

test("measuring: two clicks make a length, which is selected, and the tool is put down", () => {
  const half = run([take, set(1, 2), { type: "move pointer", at: { x: 9, y: 9 } }]);
  assert.equal(nextPoint(half), 2);
  assert.deepEqual(shownMeasurements(half, "ap")[0].points, points(1, 2, 9, 9));
  const done = nextMeasuring(half, set(5, 6));
  assert.deepEqual(done.measurements, [
    { id: "m", image: "ap", rule: "clear", form: "length", points: points(1, 2, 5, 6) },
  ]);
  assert.deepEqual([done.tool, done.selected?.id, done.lastTool?.form], [null, "m", "length"]);
});

test("measuring: Escape goes out by one and destroys no measurement; Backspace takes a point back", () => {
  const made = [take, set(1, 2), set(5, 6)];
  const drawing = [...made, take, set(7, 7)];
  const backed = run([...drawing, { type: "take back point" }]);
  assert.deepEqual([backed.draft, backed.tool?.rule], [[], "clear"]);
  let state = run(drawing);
  for (const expected of [
    { draft: 0, tool: true },
    { draft: 0, tool: false },
    { draft: 0, tool: false },
  ]) {
    state = nextMeasuring(state, { type: "escape" });
    assert.deepEqual({ draft: state.draft.length, tool: state.tool !== null }, expected);
    assert.equal(state.measurements.length, 1);
  }
});

test("measuring: a point is dragged or nudged, and only a delete takes a measurement away", () => {
  const state = run([
    take,
    set(1, 2),
    set(5, 6),
    { type: "move point", id: "m", point: 1, to: { x: 8, y: 8 } },
    { type: "select", id: "m", point: 0 },
    { type: "nudge", dx: 0.5, dy: -1 },
  ]);
  assert.deepEqual(state.measurements[0].points, points(1.5, 1, 8, 8));
  const gone = nextMeasuring(state, { type: "delete", id: "m" });
  assert.deepEqual([gone.measurements.length, gone.selected], [0, null]);
});
