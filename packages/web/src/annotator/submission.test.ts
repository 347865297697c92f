import assert from "node:assert/strict";
import test from "node:test";
import { type AnnotationContent, emptyAnnotation, type Offer } from "@malleolus/schema";
import { beginEditor, nextEditor } from "./editor.ts";
import { guidesOn } from "./guides.ts";
import { newShape } from "./shape.ts";
import { faultsOf } from "./shape-faults.ts";
import { blockedBy, notDrawn } from "./submission.ts";

const [AP, LATERAL] = ["a".repeat(32), "b".repeat(32)];
const spacing = { rowMm: 0.2, columnMm: 0.2, source: "calibrated" } as const;
const images = [
  { id: AP, width: 400, height: 500, spacing },
  { id: LATERAL, width: 400, height: 500, spacing: { ...spacing, rowMm: 0.1, columnMm: 0.1 } },
];
const square = (id: string, structure: string, image = AP, y = 100) =>
  newShape({
    id,
    image,
    structure,
    order: 1,
    points: [10, y, 60, y, 60, y + 50, 10, y + 50],
  });
const offer: Offer = {
  key: "1 fibula",
  image: AP,
  structure: "fibula",
  polygons: [[0, 0, 9, 0, 9, 9]],
  line: null,
  score: null,
};

function state(changes: Partial<AnnotationContent>, offers: readonly Offer[] = []) {
  const content = { ...emptyAnnotation, ...changes };
  return beginEditor({ images, offers, content, structure: "fibula", widthMm: 3, prefix: "s" });
}

const graded = { [AP]: "easy", [LATERAL]: "impossible" } as const;

test("submission: the first thing that is missing is said, and where", () => {
  const crossed = newShape({
    id: "x",
    image: AP,
    structure: "tibia",
    order: 1,
    points: [0, 0, 50, 50, 50, 0, 0, 50],
  });
  const parked = {
    id: "p",
    image: AP,
    structure: "tibia",
    tool: "polygon",
    points: [1, 1],
  } as const;
  const cases = [
    [state({ shapes: [crossed] }), "blocked.faults", null],
    [state({}, [offer]), "blocked.open", AP],
    [state({ parked: [parked] }), "blocked.parked", null],
    [state({}), "blocked.visibility", AP],
    [state({ visibility: graded }), "blocked.fracture", AP],
    [
      state({
        visibility: graded,
        shapes: [square("a", "fracture"), square("b", "fracture", LATERAL)],
      }),
      "blocked.impossible",
      LATERAL,
    ],
  ] as const;
  for (const [given, key, image] of cases) {
    const blocked = blockedBy(given, true);
    assert.deepEqual([blocked?.key, blocked?.image], [key, image]);
  }
  const whole = state({ visibility: graded, shapes: [square("a", "fracture")] });
  assert.equal(blockedBy(whole, true), null);
  assert.equal(blockedBy(state({}), false), null, "without a fracture nothing is graded");
  assert.deepEqual(notDrawn(whole, ["tibia", "fracture"]).length, 2);
});

test("faults: each kind, and where it is", () => {
  const image = images[0];
  const kinds = (form: "polygon" | "line", points: number[]) =>
    faultsOf({ form, points }, image).map(({ kind }) => kind);
  assert.deepEqual(kinds("polygon", [0, 0, 50, 50, 50, 0, 0, 50]), ["crossing"]);
  assert.deepEqual(kinds("polygon", [-1, 0, 50, 0, 50, 501]), ["outside", "outside"]);
  assert.deepEqual(kinds("polygon", [1, 1, 1.5, 1, 1, 1.5]), ["no area"]);
  assert.deepEqual(kinds("line", [1, 1, 1.5, 1]), ["no length"]);
  assert.deepEqual(kinds("polygon", [0, 0, 400, 0, 400, 500]), []);
});

test("guides: a height over the plafond of one view is the same height on another, in millimetres", () => {
  const shapes = [square("t", "tibia", AP, 200), square("u", "tibia", LATERAL, 300)];
  const given = state({ shapes });
  // The plafond lies at row 250 of the one, 350 of the other.
  const fibula = [20, 150, 30, 150, 30, 200];
  assert.deepEqual(guidesOn(given, LATERAL, fibula, AP), [
    { mm: 20, y: 150 },
    { mm: 10, y: 250 },
  ]);
  assert.deepEqual(guidesOn(given, AP, fibula, AP), [], "not on the view itself");
  assert.deepEqual(guidesOn(state({ shapes: shapes.slice(0, 1) }), LATERAL, fibula, AP), []);
});

test("merged content takes the place of the drawing, and undo does not undo what came from elsewhere", () => {
  const content = { ...emptyAnnotation, shapes: [square("a", "fibula")] };
  const drawn = nextEditor(state({}), { type: "visibility", image: AP, to: "easy" });
  const replaced = nextEditor(drawn, { type: "replace", content });
  assert.deepEqual([...replaced.document.shapes.keys()], ["a"]);
  assert.equal(nextEditor(replaced, { type: "undo" }).document, replaced.document);
});
