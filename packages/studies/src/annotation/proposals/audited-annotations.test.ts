import assert from "node:assert/strict";
import { test } from "node:test";
import type { Annotation } from "@malleolus/schema";
import { ANNOTATORS, addCases, imageId, studyWithPeople } from "../../test-people.ts";
import { assignAnnotators } from "../assign-annotators.ts";
import { adjudicateAnnotation, resolveAnnotations } from "../resolve-annotations.ts";
import { submitAnnotation } from "../submit-annotation.ts";
import { auditedAnnotations } from "./audited-annotations.ts";
import { storeProposals } from "./store-proposals.ts";
import { NEWER, prelabelOf, proposedShape } from "./test-prelabels.ts";

const [ONE, TWO] = ANNOTATORS;
const AP = imageId("x", "ap");
const PROBABILITIES = { weber_a: 0.1, weber_b: 0.6, weber_c: 0.2, no_fracture: 0.1 };
const FRACTURE = proposedShape("fracture", 20, 80, 50, 90);
/** Twice as high as it should be: half an overlap with what is there. */
const WRONG = proposedShape("fracture", 20, 60, 50, 84);

function drawn(annotator: string, polygons: number[][], more: Partial<Annotation>): Annotation {
  const outlines = [{ structure: "fracture", polygons }];
  return { image: AP, annotator, visibility: "easy", outlines, ...more };
}

async function studyOf(context: Parameters<typeof studyWithPeople>[0], share: number) {
  const study = await studyWithPeople(context, [
    ["unassistedShare = 0.15", `unassistedShare = ${share}`],
  ]);
  await addCases(study, [
    { id: "x", state: "agreed", class: "weber_c", views: ["ap"] },
    { id: "bare", state: "agreed", class: "weber_c", views: ["ap"] },
  ]);
  await assignAnnotators(study, ["x", "bare"]);
  return study;
}

test("auditedAnnotations: decisions, distances, times, and what was right, of assisted annotations", async (context) => {
  const study = await studyOf(context, 0);
  const shapes = [WRONG];
  const [id] = (
    await storeProposals(study, [prelabelOf(AP, { shapes, probabilities: PROBABILITIES })], "me")
  ).ids;
  const on = (is: "accepted" | "rejected") =>
    ({ of: "shape", prelabel: id, structure: "fracture", is }) as const;
  await submitAnnotation(
    study,
    drawn(ONE, WRONG.polygons, {
      seconds: 20,
      decisions: [on("accepted"), { of: "class", prelabel: id, is: "accepted", class: "weber_b" }],
    }),
  );
  await submitAnnotation(
    study,
    drawn(ONE, WRONG.polygons, { visibility: "difficult", seconds: 5 }),
  );
  const anew = { seconds: 60, decisions: [on("rejected")] };
  await submitAnnotation(study, drawn(TWO, FRACTURE.polygons, anew));
  // What comes later was not seen.
  await storeProposals(study, [prelabelOf(AP, { model: NEWER, shapes: [FRACTURE] })], "me");
  const before = await auditedAnnotations(study);
  assert.deepEqual(
    before.annotations.map(({ shapes: [{ isRight }] }) => isRight),
    [null, null],
  );
  assert.deepEqual((await resolveAnnotations(study, "me")).disagreements, [AP]);
  const outlines = [{ structure: "fracture", polygons: FRACTURE.polygons }];
  const decided = {
    image: AP,
    who: "senior",
    visibility: "easy",
    outlines,
    why: "seen",
  } as const;
  await adjudicateAnnotation(study, { ...decided, outlines: [...outlines] });
  const { annotations, agreements } = await auditedAnnotations(study);
  const [first, second] = annotations;
  assert.deepEqual(
    annotations.map(({ annotator, arm, seconds }) => [annotator, arm, seconds]),
    [
      [ONE, "assisted", 25],
      [TWO, "assisted", 60],
    ],
  );
  // 30 x 4 pixels of 30 x 30 are shared.
  const overlap = 4 / 30;
  const said = {
    structure: "fracture",
    decision: "accepted",
    overlap: 1,
    distanceMm: 0,
    isRight: false,
  };
  assert.deepEqual(first.shapes, [said]);
  assert.deepEqual(first.class, { decision: "accepted", isRight: false });
  assert.equal(second.class, null);
  const [{ distanceMm, ...rest }] = second.shapes;
  const wanted = { structure: "fracture", decision: "rejected", overlap, isRight: false };
  assert.deepEqual(rest, wanted);
  assert.ok(distanceMm !== null && distanceMm > 2 && distanceMm < 10, `${distanceMm}`);
  assert.deepEqual(agreements, [
    {
      image: AP,
      patient: "patient of x",
      arm: "assisted",
      agreement: [{ structure: "fracture", iou: overlap }],
    },
  ]);
  // A reference of one's own: what was simulated.
  const simulated = await auditedAnnotations(study, () => [
    { structure: "fracture", polygons: WRONG.polygons },
  ]);
  assert.deepEqual(
    simulated.annotations.map(({ shapes: [{ isRight }] }) => isRight),
    [true, true],
  );
});

test("auditedAnnotations: what was proposed for a case drawn without is compared, though nobody saw it", async (context) => {
  const study = await studyOf(context, 1);
  await storeProposals(study, [prelabelOf(AP, { shapes: [WRONG] })], "me");
  await submitAnnotation(study, drawn(ONE, FRACTURE.polygons, { proposals: "never" }));
  const bare = { ...drawn(ONE, FRACTURE.polygons, {}), image: imageId("bare", "ap") };
  await submitAnnotation(study, bare);
  const { annotations, agreements } = await auditedAnnotations(study);
  assert.deepEqual(agreements, []);
  assert.deepEqual(
    annotations.map(({ image, arm, shapes: [{ decision, overlap }] }) => [
      image,
      arm,
      decision,
      overlap,
    ]),
    [[AP, "unassisted", null, 4 / 30]],
  );
});
