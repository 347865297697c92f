import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outline } from "@malleolus/schema";
import { assignAnnotators } from "../annotation/assign-annotators.ts";
import { storeProposals } from "../annotation/proposals/store-proposals.ts";
import { MODEL, prelabelOf } from "../annotation/proposals/test-prelabels.ts";
import { resolveAnnotations } from "../annotation/resolve-annotations.ts";
import { submitAnnotation } from "../annotation/submit-annotation.ts";
import { assignCases } from "../assignment/assign.ts";
import { assignedImages } from "../export/assigned-images.ts";
import type { Study } from "../study.ts";
import { ANNOTATORS, addCases, OBSERVERS, studyWithPeople } from "../test-people.ts";
import { auditSets } from "./audit-sets.ts";

const FIBULA: Outline = { structure: "fibula", polygons: [[10, 10, 40, 10, 40, 200, 10, 200]] };
const FRACTURE: Outline = { structure: "fracture", polygons: [[10, 50, 30, 50, 30, 60, 10, 60]] };
const INTACT: Outline = {
  structure: "no_fracture",
  polygons: [[10, 90, 40, 90, 40, 200, 10, 200]],
};

/** Twelve radiographs train, all annotated and scored; of no test, since none is asked for. */
async function annotatedStudy(context: Parameters<typeof studyWithPeople>[0]): Promise<Study> {
  const study = await studyWithPeople(context, [
    [/internalTestPatientsPerClass = \d+/, "internalTestPatientsPerClass = 0"],
    [/internalTestReservePerClass = \d+/, "internalTestReservePerClass = 0"],
    [/externalTestPatients = \d+/, "externalTestPatients = 0"],
    [
      /(\[splits\.preliminary\]\n)fracture = \d+\nnoFracture = \d+/,
      "$1fracture = 0\nnoFracture = 0",
    ],
    [/(\[splits\.training\]\n)fracture = \d+\nnoFracture = \d+/, "$1fracture = 6\nnoFracture = 6"],
    [/tuningShare = [\d.]+/, "tuningShare = 0"],
  ]);
  await addCases(
    study,
    ["weber_b", "no_fracture"].flatMap((name) =>
      [0, 1, 2, 3, 4, 5].map((i) => ({
        id: `${name}-${i}`,
        state: "agreed" as const,
        class: name,
        ambiguous: 0,
        views: ["ap"] as const,
      })),
    ),
  );
  await assignCases(study, { who: "me" });
  await assignAnnotators(study);
  const images = await assignedImages(study, "training");
  for (const { sha256: image, class: name } of images) {
    const isBroken = name !== study.protocol.noFractureClass;
    const drawn = isBroken
      ? { visibility: "easy" as const, outlines: [FRACTURE, FIBULA] }
      : { visibility: null, outlines: [FIBULA, INTACT] };
    for (const annotator of ANNOTATORS)
      await submitAnnotation(study, { image, annotator, ...drawn });
  }
  await resolveAnnotations(study, "me");
  return study;
}

/** The first of each kind by their hash are the hardest. */
async function scoreAll(study: Study): Promise<void> {
  const images = await assignedImages(study, "training");
  const records = images.map(({ sha256 }, i) => {
    const sure = 0.5 + i / images.length / 2;
    const probabilities = { weber_a: 0, weber_b: sure, weber_c: 0, no_fracture: 1 - sure };
    return prelabelOf(sha256, { model: MODEL, probabilities });
  });
  await storeProposals(study, records, "me");
}

test("auditSets: of each strategy and seed sets that grow, balanced, from what is annotated", async (context) => {
  const study = await annotatedStudy(context);
  const request = { strategies: ["hard", "random"], sizes: [4, 8], seeds: [1, 2], who: "me" };
  await assert.rejects(auditSets(study, request), /got none; run malleolus prelabel first/);
  await scoreAll(study);
  const { model, sets } = await auditSets(study, request);
  assert.deepEqual(model, MODEL);
  assert.deepEqual(
    sets.map(({ strategy, seed, size }) => `${strategy} ${seed} ${size}`),
    [
      "hard 1 4",
      "hard 1 8",
      "hard 2 4",
      "hard 2 8",
      "random 1 4",
      "random 1 8",
      "random 2 4",
      "random 2 8",
    ],
  );
  const classOf = new Map(
    (await assignedImages(study, "training")).map((one) => [one.sha256, one.class]),
  );
  for (const { size, images } of sets) {
    assert.equal(new Set(images).size, size);
    const sound = images.filter((image) => classOf.get(image) === "no_fracture");
    assert.equal(sound.length, size / 2);
  }
  for (let i = 0; i < sets.length; i += 2) {
    const larger = new Set(sets[i + 1].images);
    assert.ok(sets[i].images.every((image) => larger.has(image)));
  }
  const setsOf = (name: string) =>
    sets
      .filter(({ strategy, size }) => strategy === name && size === 4)
      .map(({ images }) => images.toSorted());
  const [first, second] = setsOf("hard");
  assert.deepEqual(first, second);
  const [one, other] = setsOf("random");
  assert.notDeepEqual(one, other);
});

test("auditSets: a reader is refused, and so are a pool that is too small and an unknown strategy", async (context) => {
  const study = await annotatedStudy(context);
  await scoreAll(study);
  const request = { strategies: ["hard"], sizes: [4, 14], seeds: [1], who: "me" };
  await assert.rejects(auditSets(study, request), /with a fracture: 7 asked, 6 there/);
  await assert.rejects(
    auditSets(study, { ...request, strategies: ["best"] }),
    /expected a strategy \(hard, .*\), got "best"; mend the plan/,
  );
  await assert.rejects(auditSets(study, { ...request, sizes: [4], who: OBSERVERS[1] }), {
    name: "StudyError",
    code: "person",
  });
});
