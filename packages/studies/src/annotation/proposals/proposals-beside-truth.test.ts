import assert from "node:assert/strict";
import { test } from "node:test";
import { ANNOTATORS, addCases, imageId, studyWithPeople } from "../../test-people.ts";
import { assignAnnotators } from "../assign-annotators.ts";
import { resolveAnnotations } from "../resolve-annotations.ts";
import { submitAnnotation } from "../submit-annotation.ts";
import { proposalsBesideTruth } from "./proposals-beside-truth.ts";
import { storeProposals } from "./store-proposals.ts";
import { NEWER, prelabelOf, proposedShape } from "./test-prelabels.ts";

const AP = imageId("x", "ap");
const DRAWN = proposedShape("fracture", 20, 80, 50, 90);
const EARLIER = proposedShape("fracture", 5, 5, 9, 9);
const LATER = proposedShape("fracture", 20, 80, 50, 88);

async function drawnStudy(context: Parameters<typeof studyWithPeople>[0], share: number) {
  const study = await studyWithPeople(context, [
    ["unassistedShare = 0.15", `unassistedShare = ${share}`],
  ]);
  await addCases(study, [{ id: "x", state: "agreed", class: "weber_c", views: ["ap"] }]);
  await assignAnnotators(study, ["x"]);
  return study;
}

test("proposalsBesideTruth: the latest model's proposals, of cases that were drawn without seeing them", async (context) => {
  for (const [share, count] of [
    [1, 1],
    [0, 0],
  ]) {
    const study = await drawnStudy(context, share);
    assert.equal(await proposalsBesideTruth(study), null, "nothing was proposed");
    await storeProposals(study, [prelabelOf(AP, { shapes: [EARLIER] })], "me");
    const stored = [prelabelOf(AP, { model: NEWER, shapes: [LATER] })];
    const [prelabel] = (await storeProposals(study, stored, "me")).ids;
    const rejected = { of: "shape", prelabel, structure: "fracture", is: "rejected" } as const;
    for (const annotator of ANNOTATORS) {
      const outlines = [{ structure: "fracture", polygons: DRAWN.polygons }];
      const seen =
        share === 1
          ? { proposals: "never" as const }
          : { proposals: "at once" as const, decisions: [rejected] };
      const drawn = { image: AP, annotator, visibility: "easy", outlines } as const;
      await submitAnnotation(study, { ...drawn, ...seen });
    }
    await resolveAnnotations(study, "me");
    const found = await proposalsBesideTruth(study);
    assert.equal(found?.model.sha256, NEWER.sha256);
    assert.equal(found?.radiographs.length, count, `${share} of the cases without`);
    if (count === 1) {
      const [one] = found?.radiographs ?? [];
      assert.deepEqual(one.shapes[0].polygons, LATER.polygons);
      assert.deepEqual(one.truth.get("fracture"), DRAWN.polygons);
      assert.deepEqual([one.class, one.patient, one.view], ["weber_c", "patient of x", "ap"]);
    }
    // Of a simulation all count, since what was simulated came of no proposal.
    const known = await proposalsBesideTruth(study, () => [
      { structure: "fracture", polygons: EARLIER.polygons },
    ]);
    assert.deepEqual(known?.radiographs[0].truth.get("fracture"), EARLIER.polygons);
    const elsewhere = await proposalsBesideTruth(study, () => null);
    assert.deepEqual(elsewhere?.radiographs, []);
  }
});
