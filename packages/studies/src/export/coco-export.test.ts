import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cocoText, parseCoco } from "@malleolus/data";
import type { Outline, Visibility } from "@malleolus/schema";
import { assignAnnotators } from "../annotation/assign-annotators.ts";
import { resolveAnnotations } from "../annotation/resolve-annotations.ts";
import { submitAnnotation } from "../annotation/submit-annotation.ts";
import { assignCases } from "../assignment/assign.ts";
import { readFlow } from "../cases/flow.ts";
import type { Study } from "../study.ts";
import { ANNOTATORS, addCases, imageId, studyWithPeople } from "../test-people.ts";
import { assignedImages } from "./assigned-images.ts";
import { cocoExport } from "./coco-export.ts";
import { freezeData, frozenChanges, frozenFile, listFrozen } from "./frozen-data.ts";

/** Two radiographs of each kind train; nothing else is drawn but one external patient. */
const SIZES = [
  [/internalTestPatientsPerClass = \d+/, "internalTestPatientsPerClass = 0"],
  [/internalTestReservePerClass = \d+/, "internalTestReservePerClass = 0"],
  [/externalTestPatients = \d+/, "externalTestPatients = 1"],
  [/(\[splits\.preliminary\]\n)fracture = \d+\nnoFracture = \d+/, "$1fracture = 0\nnoFracture = 0"],
  [/(\[splits\.training\]\n)fracture = \d+\nnoFracture = \d+/, "$1fracture = 3\nnoFracture = 2"],
  [/tuningShare = [\d.]+/, "tuningShare = 0"],
] as const;

const FRACTURE: Outline = { structure: "fracture", polygons: [[-10, 50, 30, 50, 30, 60, -10, 60]] };
const FIBULA: Outline = { structure: "fibula", polygons: [[10, 10, 40, 10, 40, 200, 10, 200]] };
const INTACT: Outline = {
  structure: "no_fracture",
  polygons: [[10, 90, 40, 90, 40, 200, 10, 200]],
};

async function draw(
  study: Study,
  image: string,
  visibility: Visibility | null,
  outlines: readonly Outline[],
): Promise<void> {
  for (const annotator of ANNOTATORS) {
    await submitAnnotation(study, { image, annotator, visibility, outlines: [...outlines] });
  }
}

async function annotatedStudy(context: Parameters<typeof studyWithPeople>[0]): Promise<Study> {
  const study = await studyWithPeople(context, SIZES);
  await addCases(study, [
    { id: "broken", state: "adjudicated", class: "weber_c", ambiguous: 1 },
    { id: "whole", state: "agreed", class: "no_fracture", ambiguous: 0, views: ["ap", "lateral"] },
    { id: "abroad", hospital: "b", state: "agreed", class: "weber_a", views: ["ap", "lateral"] },
  ]);
  await assignCases(study, { who: "me" });
  await assignAnnotators(study);
  await draw(study, imageId("broken", "ap"), "easy", [FRACTURE, FIBULA]);
  await draw(study, imageId("broken", "mortise"), "difficult", [FRACTURE]);
  await draw(study, imageId("broken", "lateral"), "impossible", [FIBULA]);
  await draw(study, imageId("whole", "ap"), null, [FIBULA, INTACT]);
  return study;
}

test("cocoExport: the instance that each class means, and nothing of what cannot be seen", async (context) => {
  const study = await annotatedStudy(context);
  await resolveAnnotations(study, "me");
  await assert.rejects(
    cocoExport(study, "training"),
    /truth, got 1 of 5 without; assign and annotate/,
  );
  await draw(study, imageId("whole", "lateral"), null, [FIBULA]);
  await resolveAnnotations(study, "me");
  const set = await cocoExport(study, "training");
  assert.deepEqual([set.impossible, set.withoutInstance], [1, 1]);
  const read = parseCoco(cocoText(set.dataset), "training.json");
  assert.deepEqual(read, set.dataset);
  assert.deepEqual(
    read.categories.map(({ id, name }) => [id, name]),
    [
      [1, "weber_a"],
      [2, "weber_b"],
      [3, "weber_c"],
      [4, "no_fracture"],
    ],
  );
  const instances = new Map(
    read.images.map(({ id, fileName }) => [
      fileName,
      (read.annotationsByImage.get(id) ?? []).map(({ categoryId, box, area }) => [
        categoryId,
        box,
        area,
      ]),
    ]),
  );
  const file = (caseId: string, view: "ap" | "mortise" | "lateral") =>
    `${imageId(caseId, view).slice(0, 2)}/${imageId(caseId, view)}.dcm`;
  assert.deepEqual(
    instances,
    new Map([
      [file("broken", "ap"), [[3, [0, 50, 30, 60], 300]]],
      [file("broken", "mortise"), [[3, [0, 50, 30, 60], 300]]],
      [file("whole", "ap"), [[4, [10, 90, 40, 200], 3300]]],
      [file("whole", "lateral"), []],
    ]),
  );
  const { extra } =
    read.images.find(({ fileName }) => fileName === file("broken", "mortise")) ?? {};
  assert.deepEqual(extra, {
    case: "broken",
    patient: "patient of broken",
    hospital: "a",
    view: "mortise",
    class: "weber_c",
    visibility: "difficult",
    ambiguous: true,
    annotated: true,
  });
});

test("cocoExport: a test keeps what is not annotated, and nothing assigned is an error", async (context) => {
  const study = await annotatedStudy(context);
  const { dataset, withoutInstance } = await cocoExport(study, "external test");
  assert.deepEqual(
    dataset.images.map(({ extra }) => extra.annotated),
    [false, false],
  );
  assert.equal(withoutInstance, 2);
  const rows = await assignedImages(study, "external test");
  assert.deepEqual(
    rows
      .map(({ view, annotated, instance, class: name }) => [view, annotated, instance, name])
      .toSorted(),
    [
      ["ap", false, null, "weber_a"],
      ["lateral", false, null, "weber_a"],
    ],
  );
  await assert.rejects(
    cocoExport(study, "tuning"),
    /expected radiographs assigned to tuning.*none/,
  );
});

test("readFlow: annotated and assigned cases count after a draw", async (context) => {
  const study = await annotatedStudy(context);
  await resolveAnnotations(study, "me");
  await addCases(study, [
    { id: "waits", state: "read" },
    { id: "new", state: "imported" },
  ]);
  const { refusedFiles, hospitals } = await readFlow(study);
  assert.deepEqual(refusedFiles, {});
  const [inside, outside] = hospitals;
  assert.deepEqual(
    [inside.cases, inside.patients, inside.images, inside.readUndecided, inside.annotated],
    [4, 4, 11, 1, 1],
  );
  assert.deepEqual(inside.assigned.training, { patients: 2, cases: 2, images: 5 });
  assert.deepEqual(inside.assigned.tuning, { patients: 0, cases: 0, images: 0 });
  assert.deepEqual(outside.assigned["external test"], { patients: 1, cases: 1, images: 2 });
});

test("freezeData: the same content is frozen once, and what is said later is a difference from it", async (context) => {
  const study = await annotatedStudy(context);
  await draw(study, imageId("whole", "lateral"), null, [FIBULA]);
  await assert.rejects(freezeData(study, "me"), /without; assign and annotate/);
  assert.deepEqual(listFrozen(study), []);
  await resolveAnnotations(study, "me");
  const frozen = await freezeData(study, "me");
  assert.deepEqual([frozen.sets.training?.images, frozen.sets.tuning], [4, null]);
  assert.deepEqual(await freezeData(study, "somebody else"), frozen);
  const none = { added: 0, removed: 0, changed: 0, radiographs: [] };
  assert.deepEqual(await frozenChanges(study, frozen.id), none);

  const { database } = study;
  const truth = (outlines: readonly Outline[], visibility: Visibility | null) =>
    database.updateTable("image_truths").set({ outlines: JSON.stringify(outlines), visibility });
  const moved = [{ ...FRACTURE, polygons: [[-10, 70, 30, 70, 30, 80, -10, 80]] }];
  await truth(moved, "easy").where("image_sha256", "=", imageId("broken", "ap")).execute();
  await truth([FIBULA], "impossible")
    .where("image_sha256", "=", imageId("broken", "mortise"))
    .execute();
  const later = await freezeData(study, "me");
  assert.notEqual(later.id, frozen.id);
  assert.equal(listFrozen(study).length, 2);
  const { radiographs, ...counts } = await frozenChanges(study, frozen.id);
  assert.deepEqual(counts, { added: 0, removed: 1, changed: 1 });
  assert.deepEqual(
    radiographs.map((one) => [one.what, one.case]),
    [
      ["changed", "broken"],
      ["removed", "broken"],
    ],
  );
  const path = frozenFile(study, frozen.id, "training") ?? "";
  assert.equal(parseCoco(readFileSync(path, "utf8"), path).images.length, 4);
  await assert.rejects(frozenChanges(study, "0".repeat(12)), /no frozen data set/);
});
