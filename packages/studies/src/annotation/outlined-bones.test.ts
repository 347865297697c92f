import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outline } from "@malleolus/schema";
import { ANNOTATORS, addCases, imageId, studyWithPeople } from "../test-people.ts";
import { assignAnnotators } from "./assign-annotators.ts";
import { outlinedBones } from "./outlined-bones.ts";
import { storeProposals } from "./proposals/store-proposals.ts";
import { MODEL, NEWER, prelabelOf, proposedShape } from "./proposals/test-prelabels.ts";
import { resolveAnnotations } from "./resolve-annotations.ts";
import { submitAnnotation } from "./submit-annotation.ts";

const [AP, LATERAL] = [imageId("x", "ap"), imageId("x", "lateral")];
const box = (structure: string, left: number): Outline => ({
  structure,
  polygons: [[left, 0, left + 20, 0, left + 20, 200, left, 200]],
});

test("outlinedBones: the latest model's, else the annotators'; of the assignment that is asked for", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x", state: "agreed", class: "weber_b", views: ["ap", "lateral"] }]);
  const { patient_id } = await study.database
    .selectFrom("cases")
    .select("patient_id")
    .executeTakeFirstOrThrow();
  const partition = "internal test";
  await study.database
    .insertInto("patient_partitions")
    .values({ patient_id, partition, at: "2026-01-01T00:00:00Z", who: "me" })
    .execute();
  await study.database
    .insertInto("assigned_images")
    .values(
      [AP, LATERAL].map((image_sha256) => ({
        image_sha256,
        case_id: "x",
        patient_id,
        assignment: partition,
        partition,
      })),
    )
    .execute();
  assert.deepEqual(await outlinedBones(study, "internal test"), []);
  await assignAnnotators(study);
  const outlines = [box("fibula", 40), box("fracture", 42), box("tibia", 10)];
  for (const annotator of ANNOTATORS) {
    for (const image of [AP, LATERAL]) {
      await submitAnnotation(study, { image, annotator, visibility: "easy", outlines });
    }
  }
  await resolveAnnotations(study, "me");
  const shape = (left: number) => [proposedShape("fibula", left, 0, left + 20, 200)];
  await storeProposals(study, [prelabelOf(LATERAL, { model: MODEL, shapes: shape(1) })], "me");
  await storeProposals(study, [prelabelOf(LATERAL, { model: NEWER, shapes: shape(2) })], "me");
  const found = await outlinedBones(study, "internal test");
  const byImage = new Map(found.map((one) => [one.fileName.match(/[0-9a-f]{64}/)?.[0], one]));
  const leftOf = (image: string, bone: "fibula" | "tibia") =>
    byImage.get(image)?.[bone].map(([x]) => x);
  assert.deepEqual(
    [AP, LATERAL].map((image) => [
      byImage.get(image)?.by,
      leftOf(image, "fibula"),
      leftOf(image, "tibia"),
    ]),
    [
      ["annotators", [40], [10]],
      ["model", [2], []],
    ],
  );
  assert.deepEqual(await outlinedBones(study, "external test"), []);
});
