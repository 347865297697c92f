/**
 * A report of the ankle's four classes with everything that a small one lacks: a fitted decision with its
 * operating points, the paper beside it, classes by millimetres, readers with certainty, a reader study and a
 * second test. For tests alone.
 */
import { type Polygon, polygonBounds } from "@malleolus/geometry";
import {
  ankleClassification,
  type Finding,
  type PatientDecision,
  type View,
} from "@malleolus/schema";
import { readerAgreement } from "../agreement.ts";
import { evaluate, evaluationDefaults, outcomesUnder } from "../evaluate.ts";
import { observerAgreement } from "../observers/observer-agreement.ts";
import type { TestPatient } from "../patient.ts";
import { proportionOf } from "../proportion.ts";
import { levelsOfTest, type OutlinedBones } from "../weber/levels-of-test.ts";
import { across, drawnAnkle, PLAIN } from "../weber/test-ankle.ts";
import { analyzeTest } from "./analyses-of-test.ts";
import type { ReportContent, ReportedTest } from "./content.ts";
import { measurementAgreement } from "./measurement-agreement.ts";
import { outlineMeasures, type TwoOutlines } from "./outline-measures.ts";
import type { PublishedSet } from "./published/published.ts";
import { annotatorsOnTest, readerResult } from "./reader-results.ts";
import { readerStudyResult } from "./reader-study-result.ts";
import { describeSet } from "./set-description.ts";
import { testProvenance } from "./test-report.ts";

const classes = ankleClassification.classes.map(({ id }) => id);
const [WEBER_A, , , NONE] = classes;
/** In millimetres above the plafond, by class; that of a sound ankle is where one is shown in vain. */
const LEVELS = [-8, 5, 30, 12];

const line = (level: number): Polygon => drawnAnkle(across(level, level)).fracture ?? [];

function reversed(polygon: Polygon): Polygon {
  return Array.from({ length: polygon.length / 2 }, (_, i) =>
    polygon.slice(polygon.length - 2 * i - 2, polygon.length - 2 * i),
  ).flat();
}

function finding(name: string, level: number, score: number): Finding {
  const polygon = line(level);
  return {
    class: name,
    score,
    box: polygonBounds(polygon),
    // A ring that turns the other way would be a hole.
    polygons: [reversed(polygon)],
    areaMm2: 90,
    lengthMm: 15,
    calibration: "calibrated",
  };
}

/** Of each class `count`; the fourth is called another, the fifth is shown nothing. */
function ankles(prefix: string, count: number, views: readonly (View | null)[]): TestPatient[] {
  return classes.flatMap((name, place) =>
    Array.from({ length: count }, (_, i): TestPatient => {
      const called = i === 3 ? classes[(place + 1) % 4] : name;
      const score = 0.95 - 0.05 * i - 0.02 * place;
      const isSilent = i === 4;
      return {
        id: `${prefix}-${name}-${i}`,
        class: name,
        ambiguous: i === 5 ? null : i % 2 === 1,
        images: views.map((view, v) => ({
          id: `${prefix}-${name}-${i}-${v}`,
          view,
          width: 320,
          height: 420,
          classScores: Object.fromEntries(
            classes.map((one) => [one, isSilent ? 0.1 : one === called ? score : 0.05 * (v + 1)]),
          ),
          imageProbabilities: null,
          truths:
            i === 2 && v === 1
              ? null
              : name === NONE
                ? []
                : [
                    {
                      class: name,
                      box: polygonBounds(line(LEVELS[place])),
                      polygons: [line(LEVELS[place])],
                    },
                  ],
          findings:
            isSilent || called === NONE
              ? []
              : [
                  finding(called, LEVELS[place] + 0.5 * v + 0.25 * i, score),
                  finding(WEBER_A, 60, score / 2),
                ],
        })),
      };
    }),
  );
}

const weights = { objectMean: 1, objectMax: 0.5, imageMean: 0, imageMax: 0 };
const decision: PatientDecision = {
  format: "malleolus-decision-1",
  classes,
  noFractureClass: NONE,
  usesImageHead: false,
  weights: { fracture: weights, noFracture: weights },
  bias: Object.fromEntries(classes.map((name, i) => [name, 0.1 * i])),
  prevalence: 0.4,
  findingThreshold: 0.6,
  operatingPoints: (["specificity", "sensitivity"] as const).map((atLeast) => ({
    wanted: { atLeast, share: 0.95 },
    probability: atLeast === "specificity" ? 0.9 : 0.3,
    sensitivity: proportionOf(27, 30),
    specificity: proportionOf(19, 20),
  })),
  fittedOn: {
    patients: Object.fromEntries(classes.map((name, i) => [name, 10 + i])),
    radiographs: 138,
    sha256: "ab",
    penalty: 1,
    leaveOneOut: { logLoss: 0.5, accuracy: 0.8 },
  },
};

const options = {
  ...evaluationDefaults,
  classes,
  noFractureClass: NONE,
  resamples: 50,
  decision,
};

const { tibia, fibula } = drawnAnkle([]);

function reported(
  id: string,
  name: string,
  published: PublishedSet,
  patients: readonly TestPatient[],
): ReportedTest {
  const evaluation = evaluate(patients, options);
  const readers = [0, 1, 2].map((reader) =>
    readerResult(
      `Reader ${reader + 1}`,
      reader < 2,
      patients.map(({ id: patient, class: truth }, i) => ({
        patient,
        truth,
        said: i % 7 === 2 * reader ? classes[(classes.indexOf(truth) + 3) % 4] : truth,
        certainty: 1 + ((i + reader) % 5),
      })),
      NONE,
    ),
  );
  const agreement = Object.fromEntries(
    patients.map(({ id: patient, class: truth }, i) => {
      const said = readers.map(({ readings }) => readings[i].said);
      return [patient, { agreeing: said.filter((one) => one === truth).length, readings: 3, said }];
    }),
  );
  const images = patients.flatMap((patient) => patient.images);
  const attributes = Object.fromEntries(
    patients.map(({ id: patient }, i) => [
      patient,
      {
        Sex: i % 3 === 2 ? null : i % 3 === 0 ? "F" : "M",
        Age: i % 2 === 0 ? "18 to 39" : "65 and over",
      },
    ]),
  );
  const visibility = Object.fromEntries(
    images.map((image, i) => [image.id, { Visibility: i % 4 === 0 ? "difficult" : "easy" }]),
  );
  const bones = new Map<string, OutlinedBones>(
    images.map((image, i) => [
      image.id,
      {
        tibia: i % 5 === 4 ? [] : [tibia],
        fibula: [fibula],
        by: i % 2 === 0 ? "model" : "annotators",
        spacingMm: PLAIN.spacing,
      },
    ]),
  );
  const twice = patients.slice(0, 4).map(
    ({ id: patient, images: [{ width, height }] }, i): TwoOutlines => ({
      patient,
      width,
      height,
      spacingMm: i === 3 ? null : PLAIN.spacing,
      drawings: [[line(5)], [line(5 + 0.5 * i)]],
    }),
  );
  return {
    id,
    name,
    description: "Ankles drawn with a ruler.",
    evaluation,
    people: {
      readers,
      annotators: annotatorsOnTest(
        twice.map(({ patient }, i) => ({ patient, iou: i / 4 })),
        options,
      ),
      agreement,
    },
    analyses: analyzeTest(
      evaluation,
      attributes,
      { agreement, readers },
      outcomesUnder("mean", patients, options),
      visibility,
    ),
    outlines: outlineMeasures(
      patients,
      new Map(images.filter((_, i) => i % 9 !== 8).map((image) => [image.id, PLAIN.spacing])),
      twice,
      options,
    ),
    levels: levelsOfTest(patients, evaluation, bones, ankleClassification.zonesMm),
    published,
  };
}

/** Made anew by each call, since it takes a second. */
export function ankleReport(): ReportContent {
  const inside = ankles("in", 6, ["ap", "lateral"]);
  const outside = ankles("out", 4, ["mortise", null]);
  const [one] = inside;
  const scores = ["alone", "with the detector"].flatMap((condition, c) =>
    ["A", "B", "C"].flatMap((reader, r) =>
      inside.map(({ id: patient, class: name }, i) => ({
        patient,
        reader,
        condition,
        score: (name === NONE ? -1 : 1) * ((i + r) % (5 + 3 * c) === 0 ? -2 : 1 + ((i + c) % 3)),
      })),
    ),
  );
  const said = inside.map(({ class: name }, i) => [name, i % 5 === 0 ? "cast" : name]);
  return {
    title: "Ankles",
    subtitle: "Of two hospitals.",
    generatedAt: "2026-11-23T15:58:12.123Z",
    simulated: null,
    software: [{ name: "Malleolus", version: "0.1.0" }],
    names: Object.fromEntries(ankleClassification.classes.map(({ id, name }) => [id, name])),
    thresholds: [],
    flow: null,
    sets: [
      describeSet(
        "Internal test",
        inside.map(({ id: patient, class: name, ambiguous, images }, i) => ({
          patient,
          hospital: "one",
          class: name,
          ambiguous,
          age: i === 0 ? null : 20 + 2 * i,
          sex: i % 2 === 0 ? "F" : "M",
          machine: i % 3 === 0 ? null : "Maker, model",
          radiographs: images.map(({ view }) => ({ view, visibility: "easy" })),
        })),
      ),
    ],
    tests: [
      reported("internal-difficult", "Internal test, difficult", "internal difficult", inside),
      reported("external-easy", "External test, easy", "external easy", outside),
    ],
    readers: [
      {
        name: "Observers",
        agreement: readerAgreement(["A", "B"], said, options),
        observers: observerAgreement(["A", "B"], said, classes, ["cast"]),
        rows: inside.map(({ id: patient }, i) => ({ patient, said: said[i] })),
        measurements: [
          measurementAgreement({
            name: "Medial clear space",
            unit: "mm",
            readers: ["A", "B"],
            rows: inside.slice(0, 6).map(({ id: patient }, i) => ({
              patient,
              values: [3 + 0.5 * i, i === 2 ? null : 3.25 + 0.45 * i],
            })),
          }),
        ],
        intra: [],
        repeats: [],
      },
    ],
    readerStudy: readerStudyResult(
      scores,
      new Map(inside.map(({ id, class: name }) => [id, name !== NONE])),
    ),
    gallery: [
      {
        test: "internal-difficult",
        title: "Right",
        chosen: "The first.",
        items: [
          {
            picture: Uint8Array.of(1),
            pictureType: "image/webp",
            width: 32,
            height: 40,
            patient: one.id,
            caption: "ap",
            truth: one.class,
            prediction: one.class,
            scores: { [one.class]: 0.9 },
            boxIou: 0.5,
            agreement: null,
          },
        ],
      },
    ],
    preliminary: null,
    training: null,
    provenance: testProvenance,
    checklists: [],
    timings: [],
    commands: [],
  };
}
