/** What drawings and audits of choices hold together: shapes with their points and widths, plans that grow. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { outlineSchema, readVisibility } from "./annotation.ts";
import { drawnShapeSchema, offerKey } from "./annotation-draft.ts";
import { decidingEntrySchema } from "./api/deciding.ts";
import { measurementRuleSchema, measurementSchema } from "./reading-content.ts";
import { selectionAuditPlanSchema } from "./selection-audit.ts";

const image = "ab".repeat(32);
const shape = {
  id: "s1",
  image,
  structure: "fracture",
  form: "polygon",
  points: [1, 2, 3, 4, 5, 6],
  widthMm: null,
  order: 1,
  locked: false,
  doubtful: false,
  parents: [],
  offer: null,
};

test("drawnShapeSchema: three points of a polygon, two of a line, and a width of a line alone", () => {
  const line = { form: "line", points: [1, 2, 3, 4], widthMm: 3 };
  const takes = (change: object) => drawnShapeSchema.safeParse({ ...shape, ...change }).success;
  for (const change of [{}, line, { ...line, points: shape.points }]) {
    assert.ok(takes(change), JSON.stringify(change));
  }
  for (const change of [
    { points: [1, 2, 3, 4] },
    { ...line, points: [1, 2] },
    { widthMm: 3 },
    { ...line, widthMm: null },
    { points: [1, 2, 3, 4, 5, 6, 7] },
  ]) {
    assert.ok(!takes(change), JSON.stringify(change));
  }
});

test("outlineSchema: a ring, a line or both, and not neither", () => {
  const takes = (polygons: unknown[], lines?: unknown[]) =>
    outlineSchema.safeParse({ structure: "a", polygons, ...(lines && { lines }) }).success;
  const [ring, line] = [shape.points, { points: [1, 2, 3, 4], widthMm: 3 }];
  assert.deepEqual(
    [takes([ring]), takes([], [line]), takes([ring], [line]), takes([ring], [])],
    [true, true, true, true],
  );
  assert.deepEqual([takes([]), takes([], [])], [false, false]);
});

test("readVisibility: the grades, those of 0.1.0, in any letters, and no other", () => {
  for (const [written, grade] of [
    ["easy", "easy"],
    [" Difficult ", "difficult"],
    ["IMPOSSIBLE", "impossible"],
    ["obvious", "easy"],
    ["Visible", "easy"],
    ["subtle", "difficult"],
    ["hard", null],
    ["", null],
  ] as const) {
    assert.equal(readVisibility(written), grade, written);
  }
});

test("offerKey: a prelabel's number and a structure", () => {
  assert.equal(offerKey(12, "fibula"), "12 fibula");
});

test("measurements: as many points and landmarks as the form has", () => {
  for (const [form, count] of [
    ["length", 2],
    ["angle", 3],
    ["between lines", 4],
    ["perpendicular", 3],
  ] as const) {
    for (const points of [count - 1, count, count + 1]) {
      const measured = { image, rule: null, form, points: Array(points).fill([1, 2]) };
      assert.equal(measurementSchema.safeParse(measured).success, points === count, form);
      const rule = { id: "a", name: "A", form, landmarks: Array(points).fill("tip") };
      assert.equal(measurementRuleSchema.safeParse(rule).success, points === count, form);
    }
  }
});

test("selectionAuditPlanSchema: sizes that grow, and every seed once", () => {
  const plan = {
    format: "malleolus-selection-audit-1",
    fixedAt: "2026-01-01T00:00:00Z",
    strategy: "unsure",
    control: "random",
    sizes: [10, 20, 40],
    seeds: [1, 2],
    outcomes: ["macro AUC"],
    recipe: "quick",
    bootstrap: { seed: 0, resamples: 1 },
  };
  const takes = (change: object) =>
    selectionAuditPlanSchema.safeParse({ ...plan, ...change }).success;
  assert.ok(takes({}));
  for (const sizes of [
    [10, 10, 40],
    [10, 40, 20],
    [20, 10, 40],
    [40, 20, 10],
  ]) {
    assert.ok(!takes({ sizes }), sizes.join());
  }
  assert.ok(!takes({ seeds: [1, 2, 1] }));
});

test("decidingEntrySchema: a case with its code, label and views, and nothing of a reader's", () => {
  const entry = {
    code: "0123456789ab",
    label: "0123-4567",
    views: ["ap", null],
    kind: "adjudication",
  };
  assert.deepEqual(decidingEntrySchema.parse(entry), entry);
  for (const key of Object.keys(entry)) {
    assert.ok(!decidingEntrySchema.safeParse({ ...entry, [key]: undefined }).success, key);
  }
  assert.ok(!decidingEntrySchema.safeParse({ ...entry, state: "new" }).success);
});
