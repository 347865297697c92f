/** A report of a few patients, and with everything that could break a page in it: for tests alone. */
import type { Box } from "@malleolus/geometry";
import type { HospitalFlow } from "@malleolus/schema";
import { readerAgreement } from "../agreement.ts";
import { type Evaluation, evaluate, evaluationDefaults } from "../evaluate.ts";
import { intraObserverAgreement, observerAgreement } from "../observers/observer-agreement.ts";
import type { TestPatient } from "../patient.ts";
import type { ReportContent, ReportedReaders } from "./content.ts";
import type { Provenance } from "./provenance.ts";
import { annotatorsOnTest, readerResult } from "./reader-results.ts";
import { describeSet } from "./set-description.ts";
import { figureAnchors } from "./thresholds.ts";

export const EVIL = `<script>alert("&'")</script>`;
export const picture = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 250);
const box: Box = [4, 4, 12, 9];
const ring = [4, 4, 12, 4, 12, 9, 4, 9];

export const testOptions = {
  ...evaluationDefaults,
  classes: ["weber-b", "none"],
  noFractureClass: "none",
  resamples: 50,
};

/** Of `count` patients of each class, the last fracture is taken for none. */
export function testPatients(count: number): TestPatient[] {
  return ["weber-b", "none"].flatMap((name) =>
    Array.from({ length: count }, (_, i) => ({
      id: `${name} ${i}`,
      class: name,
      ambiguous: i === 0,
      images: [
        {
          id: `${name} ${i} ap`,
          view: "ap" as const,
          width: 32,
          height: 32,
          truths: [{ class: name, box, polygons: [ring] }],
          findings: [
            {
              class: name === "weber-b" && i === count - 1 ? "none" : name,
              score: 0.6 + i / 100,
              box,
              polygons: [ring],
              areaMm2: null,
              lengthMm: null,
              calibration: "none" as const,
            },
          ],
        },
      ],
    })),
  );
}

export function testEvaluation(count: number): Evaluation {
  return evaluate(testPatients(count), testOptions);
}

const unassigned = { patients: 0, cases: 0, images: 0 };
const hospital: HospitalFlow = {
  hospital: "one",
  files: 12345,
  images: 90,
  patients: 30,
  cases: 31,
  withReport: 31,
  screened: {
    "candidate fracture": 11,
    "candidate no fracture": 12,
    "excluded by keyword": 8,
  },
  excluded: { cast: 7, pathology: 1, never: 0 },
  read: 23,
  readUndecided: 2,
  excludedByReading: { cast: 1 },
  agreed: 17,
  adjudicated: 3,
  classes: { "weber-b": 9, none: 11 },
  annotated: 19,
  assigned: {
    "preliminary training": unassigned,
    training: { patients: 13, cases: 13, images: 37 },
    tuning: unassigned,
    "internal test": { patients: 6, cases: 6, images: 18 },
    "external test": unassigned,
  },
  excludedByReference: {},
};

const TEST = "internal-difficult";
const threshold = { direction: "at least", limit: 0.85, intervalLimit: 0.6 } as const;
const anchors = figureAnchors(TEST);

export const testProvenance: Provenance = {
  study: {
    name: EVIL,
    pictures: 0,
    protocolSha256: "1".repeat(64),
    splitSeed: 1,
    hospitals: [{ id: "one", role: "internal" }],
    annotationIou: 0.5,
    fractureLineMm: 3,
    people: { observers: 3, seniors: 1, surgeons: 3, annotators: 2 },
    dates: ["2019-01-02", "2020-03-04"],
    languages: ["en"],
  },
  data: [{ set: "Internal test", sha256: "2".repeat(64) }],
  code: { version: "0.1.0", sha256: "3".repeat(64) },
  detector: { sha256: "4".repeat(64), dtype: "float32" },
  training: {
    recipe: "quick",
    network: null,
    recipeSha256: "5".repeat(64),
    seed: 7,
    steps: 3,
    stepsPlanned: 4,
    batchSize: 2,
    weightsSha256: null,
    seenTraining: 10,
    seenTuning: 4,
  },
  separation: { patientsChecked: 6, againstRun: true },
};

function repeated(repeats: ReportedReaders["repeats"]) {
  return { repeats, intra: intraObserverAgreement(repeats, ["a", "b"]) };
}

export const fullReport: ReportContent = {
  title: `Ankles ${EVIL}`,
  subtitle: EVIL,
  generatedAt: "2026-11-23T15:58:12.123Z",
  simulated: { version: "1", seed: EVIL },
  software: [{ name: EVIL, version: EVIL }],
  names: {
    "weber-b": "Weber B",
    none: EVIL,
    one: EVIL,
    pathology: "Other fracture or pathology",
  },
  thresholds: [
    { ...threshold, name: "AUC", value: 0.849, interval: [0.7, 0.95], anchor: anchors.auc },
    { ...threshold, name: "IoU", value: 0.85, interval: [0.65, 0.95], anchor: anchors.boxIou },
  ],
  flow: { refusedFiles: { "not-dicom": 4 }, hospitals: [hospital] },
  sets: [
    describeSet(EVIL, [
      {
        patient: "weber-b 0",
        hospital: "one",
        class: "weber-b",
        ambiguous: true,
        age: 40,
        sex: "F",
        machine: EVIL,
        radiographs: [
          { view: "ap", visibility: "subtle" },
          { view: null, visibility: null },
        ],
      },
      {
        patient: "of no test",
        hospital: "one",
        class: null,
        ambiguous: null,
        age: null,
        sex: null,
        machine: null,
        radiographs: [],
      },
    ]),
  ],
  tests: [
    {
      id: TEST,
      name: EVIL,
      description: EVIL,
      evaluation: testEvaluation(10),
      people: {
        readers: [
          readerResult(
            EVIL,
            true,
            [
              { patient: "weber-b 0", truth: "weber-b", said: "weber-b", certainty: null },
              { patient: "weber-b 1", truth: "weber-b", said: "none", certainty: null },
              { patient: "none 0", truth: "none", said: "none", certainty: null },
            ],
            "none",
          ),
        ],
        annotators: annotatorsOnTest(
          [
            { patient: "a", iou: 0.5 },
            { patient: "b", iou: 0.7 },
          ],
          testOptions,
        ),
        agreement: {
          "weber-b 0": { agreeing: 2, readings: 3, said: ["weber-b", "weber-b", EVIL] },
        },
      },
      analyses: null,
      outlines: null,
      levels: null,
      published: null,
    },
  ],
  readers: [
    {
      name: EVIL,
      agreement: readerAgreement(
        [EVIL, "second"],
        [
          ["a", "a"],
          ["a", EVIL],
        ],
        testOptions,
      ),
      observers: observerAgreement(
        [EVIL, "second"],
        [
          ["a", "a"],
          ["a", EVIL],
        ],
        ["a", "b"],
        [EVIL],
      ),
      rows: [
        { patient: "weber-b 0", said: ["a", "a"] },
        { patient: "of no test", said: ["a", EVIL] },
      ],
      measurements: [],
      ...repeated([
        { patient: "weber-b 0", reader: EVIL, first: "a", second: "a" },
        { patient: "none 3", reader: EVIL, first: "a", second: "b" },
        { patient: "none 4", reader: EVIL, first: "b", second: "b" },
      ]),
    },
  ],
  readerStudy: null,
  preliminary: null,
  gallery: [
    {
      test: "internal-difficult",
      title: EVIL,
      chosen: EVIL,
      items: [
        {
          picture,
          pictureType: "image/png",
          width: 32,
          height: 40,
          patient: "weber-b 9",
          caption: EVIL,
          truth: "weber-b",
          prediction: "none",
          scores: { "weber-b": 0.25, none: 1.5 },
          boxIou: null,
          agreement: { agreeing: 2, readings: 3, said: ["weber-b", "weber-b", EVIL] },
        },
      ],
    },
  ],
  training: {
    description: EVIL,
    points: Array.from({ length: 1000 }, (_, i) => ({ step: i + 1, loss: 3 / (1 + i / 50) })),
  },
  provenance: null,
  checklists: [],
  timings: [
    { stage: EVIL, seconds: 133 },
    { stage: "import", seconds: 7.25 },
  ],
  commands: [{ command: "./malleolus predict 'a b'", effect: EVIL }],
};
