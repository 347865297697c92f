import assert from "node:assert/strict";
import { test } from "node:test";
import { type Polygon, polygonBounds } from "@malleolus/geometry";
import { ankleClassification, type Finding } from "@malleolus/schema";
import { evaluate, evaluationDefaults } from "../evaluate.ts";
import type { TestPatient } from "../patient.ts";
import { levelGroups } from "../report/case-groups.ts";
import { levelsOfTest, type OutlinedBones } from "./levels-of-test.ts";
import { across, drawnAnkle, PLAIN } from "./test-ankle.ts";

const zones = ankleClassification.zonesMm;
const [a, b, c, none] = ankleClassification.classes.map(({ id }) => id);
const options = {
  ...evaluationDefaults,
  classes: [a, b, c, none],
  noFractureClass: none,
  resamples: 20,
};

const finding = (name: string, polygon: Polygon, score: number): Finding => ({
  class: name,
  score,
  box: polygonBounds(polygon),
  polygons: [polygon],
  areaMm2: null,
  lengthMm: null,
  calibration: "none",
});

const lineAt = (level: number) => drawnAnkle(across(level, level)).fracture ?? assert.fail();

/** With a fracture that is found at each of the levels, one a view, and called `called`. */
function patient(
  id: string,
  truth: string,
  called: string,
  levels: readonly number[],
): TestPatient {
  return {
    id,
    class: truth,
    ambiguous: null,
    images: levels.map((level, i) => ({
      id: `${id} ${i}`,
      view: "ap" as const,
      width: 320,
      height: 420,
      truths: null,
      // A second finding of a lower score lies elsewhere.
      findings: [finding(called, lineAt(80), 0.6), finding(called, lineAt(level), 0.9)],
    })),
  };
}

const { tibia, fibula } = drawnAnkle([]);
const bones = (changes: Partial<OutlinedBones> = {}): OutlinedBones => ({
  tibia: [tibia],
  fibula: [fibula],
  by: "annotators",
  spacingMm: PLAIN.spacing,
  ...changes,
});
const patients = [
  patient("below", a, a, [-8, -6]),
  patient("between", b, a, [4, 6]),
  patient("wrong by millimetres", b, b, [20]),
  patient("above", c, c, [30]),
  patient("without a tibia", b, b, [5]),
  { ...patient("not shown", c, c, [30]), images: [] },
  patient("sound", none, a, [5]),
];
const outlined = new Map<string, OutlinedBones>(
  patients.flatMap(({ images }) => images.map(({ id }) => [id, bones()] as const)),
);
outlined.set("without a tibia 0", bones({ tibia: [] }));
outlined.set("above 0", bones({ by: "model" }));
const evaluation = evaluate(patients, options);
const levels = levelsOfTest(patients, evaluation, outlined, zones) ?? assert.fail();

test("levelsOfTest: the class of the best finding's level, averaged over the views", () => {
  assert.deepEqual(
    levels.patients.map(({ place, class: name, missing }) => [patients[place].id, name, missing]),
    [
      ["below", a, null],
      ["between", b, null],
      ["wrong by millimetres", c, null],
      ["above", c, null],
      ["without a tibia", null, "no tibia"],
      ["not shown", null, "no fracture"],
    ],
  );
  const mean = levels.patients[1].level?.lowestMm ?? 9;
  assert.ok(Math.abs(mean - 5) < 0.8, `${mean}`);
  assert.deepEqual(levels.bonesBy, { model: 1, annotators: 5 });
  assert.deepEqual(levels.missing, { "no tibia": 1, "no fracture": 1 });
});

test("levelsOfTest: who is right by millimetres and by the network, of the same patients", () => {
  const { geometry, network, comparison } = levels;
  assert.deepEqual([geometry.count, geometry.total], [3, 4]);
  assert.deepEqual([network.count, network.total], [3, 4]);
  assert.deepEqual(comparison.rescuedByGeometry, ["between"]);
  assert.deepEqual(comparison.rescuedByNetwork, ["wrong by millimetres"]);
});

test("levelGroups: the cases behind each figure, by their places in the evaluation", () => {
  const groups = levelGroups(evaluation, levels);
  assert.deepEqual(
    groups.map(({ key, counted, others }) => [key, counted, others]),
    [
      ["level-determinable", [0, 1, 2, 3], [4, 5]],
      ["level-geometry", [0, 1, 3], [2]],
      ["level-network", [0, 2, 3], [1]],
      ["level-rescued-by-geometry", [1], []],
      ["level-rescued-by-network", [2], []],
    ],
  );
  assert.deepEqual(levelGroups(evaluation, null), []);
});

test("levelsOfTest: a patient lacks what most of the radiographs lack", () => {
  const [own] = [patient("p", b, b, [5, 5, 5])];
  const known = new Map([
    ["p 0", bones({ fibula: [] })],
    ["p 1", bones({ tibia: [] })],
    ["p 2", bones({ tibia: [] })],
  ]);
  const found = levelsOfTest([own], evaluate([own], options), known, zones);
  assert.deepEqual(found?.missing, { "no tibia": 1 });
});

test("levelsOfTest: says of each radiograph what it lacks first", () => {
  const lacking = (changes: Partial<OutlinedBones> | null, score = 0.9) => {
    const [one] = [patient("p", b, b, [5])];
    const images = one.images.map((image) => ({
      ...image,
      findings: image.findings.map((own) => ({ ...own, score: Math.min(own.score, score) })),
    }));
    const own = [{ ...one, images }];
    const known = new Map(changes === null ? [] : [["p 0", bones(changes)] as const]);
    return levelsOfTest(own, evaluate(own, options), known, zones)?.patients[0].missing;
  };
  assert.equal(lacking({}), null);
  assert.equal(lacking(null), "no fibula");
  assert.equal(lacking({ fibula: [] }), "no fibula");
  assert.equal(lacking({ tibia: [] }), "no tibia");
  assert.equal(lacking({ spacingMm: null }), "no millimetres");
  assert.equal(lacking({}, 0.49), "no fracture", "below the operating score nothing is shown");
  const sound = [patient("q", none, b, [5])];
  assert.equal(levelsOfTest(sound, evaluate(sound, options), new Map(), zones), null);
});
