/**
 * What a large test costs to evaluate: 10,000 patients of three views with every interval, and its report;
 * and some of its figures beside other programs: `statistics-beside.ts`.
 */
import {
  analyzeTest,
  evaluate,
  evaluationDefaults,
  figureFiles,
  fillChecklists,
  fitDecision,
  htmlReport,
  jsonReport,
  KNOWN_CHECKLISTS,
  outcomesUnder,
  outlineMeasures,
  type PatientAttributes,
  type ReportContent,
  type ReportedTest,
  type TestPatient,
  type TuningPatient,
  tablesCsv,
} from "@malleolus/evaluation";
import type { Box } from "@malleolus/geometry";
import type { Finding, View } from "@malleolus/schema";
import type { Bench } from "./bench.ts";
import { measure, type Row, row, timed } from "./measure.ts";
import { ring, statisticsBeside, uniform } from "./statistics-beside.ts";

const PATIENTS = 10_000;
const VIEWS: readonly View[] = ["ap", "mortise", "lateral"];
const CLASSES = ["weber_a", "weber_b", "weber_c", "no_fracture"];
const RESAMPLES = 2000;
/** Whose decision is fitted beforehand. */
const TUNING = 200;
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  Age: ["18 to 39", "40 to 64", "65 and over"],
  Sex: ["F", "M"],
  Hospital: ["one", "two", "three"],
  Machine: ["a", "b", "c", "d"],
  Visibility: ["easy", "difficult"],
};
const SIZE = 512;

export const evaluationBench: Bench = {
  name: "evaluation",
  peerModules: [],
  defaultRuns: 3,
  async run({ runs, progress }) {
    progress(`evaluating ${PATIENTS} patients of ${VIEWS.length} views`);
    return [...(await wholeTest(runs)), ...(await statisticsBeside(runs, progress))];
  },
};

/** All that `malleolus report` says of a test, from findings to intervals, and then its files in memory. */
async function wholeTest(runs: number): Promise<Row[]> {
  const patients = Array.from({ length: PATIENTS }, (_, i) => patientOf(i));
  const tuning = Array.from({ length: TUNING }, (_, i) => patientOf(PATIENTS + i));
  const fitted = { classes: CLASSES, noFractureClass: "no_fracture" };
  const options = {
    ...evaluationDefaults,
    ...fitted,
    decision: fitDecision(tuning, fitted),
    resamples: RESAMPLES,
  };
  const attributes: PatientAttributes = Object.fromEntries(
    patients.map(({ id }, i) => [
      id,
      Object.fromEntries(
        Object.entries(ATTRIBUTES).map(([key, values], k) => [
          key,
          values[Math.floor(values.length * uniform(i, k, 50))],
        ]),
      ),
    ]),
  );
  const spacings = new Map(
    patients.flatMap(({ images }) => images.map(({ id }) => [id, [0.15, 0.15] as const])),
  );
  const nobody = { agreement: {}, readers: [] };
  const reported = (): ReportedTest => {
    const evaluation = evaluate(patients, options);
    const scores = outcomesUnder("mean", patients, options);
    return {
      id: "test",
      name: "The test",
      description: "Simulated scores.",
      evaluation,
      people: null,
      analyses: analyzeTest(evaluation, attributes, nobody, scores),
      outlines: outlineMeasures(patients, spacings, [], options),
      levels: null,
      published: "internal difficult",
    };
  };
  const tests: ReportedTest[] = [];
  let bytes = 0;
  const [whole, files] = [`${PATIENTS} patients, everything`, `their report: HTML, CSV, SVG, JSON`];
  const times = await measure(
    [
      { name: whole, run: () => timed(() => void tests.push(reported())) },
      {
        name: files,
        run: () =>
          timed(() => {
            bytes = filesOf(tests[0]).reduce((sum, text) => sum + text.length, 0);
          }),
      },
    ],
    runs,
    0,
  );
  return [
    row(whole, times.get(whole), undefined, null, `${RESAMPLES} resamples; target 60 s`),
    row(files, times.get(files), undefined, null, `${(bytes / 1e6).toFixed(0)} MB; target 10 s`),
  ];
}

function filesOf(test: ReportedTest): string[] {
  const content: ReportContent = {
    title: "A large test",
    subtitle: "",
    generatedAt: "2026-01-01T00:00:00.000Z",
    simulated: { version: null, seed: null },
    software: [],
    names: {},
    thresholds: [],
    flow: null,
    sets: [],
    tests: [test],
    readers: [],
    readerStudy: null,
    gallery: [],
    preliminary: null,
    training: null,
    provenance: null,
    checklists: [],
    timings: [],
    commands: [],
  };
  const checklists = fillChecklists(KNOWN_CHECKLISTS, content, [], "retrospective evaluation");
  const whole = { ...content, checklists };
  return [
    htmlReport(whole),
    tablesCsv(whole),
    jsonReport(whole),
    ...figureFiles(whole).map(({ svg }) => svg),
  ];
}

function patientOf(i: number): TestPatient & TuningPatient {
  const name = CLASSES[i % CLASSES.length];
  const box: Box = [100, 100, 160, 130];
  const images = VIEWS.map((view, k) => {
    const shift = 20 * uniform(i, k, 2);
    const findings = CLASSES.filter((_, place) => uniform(i, k, 3 + place) < 0.6).map((found) =>
      findingOf(found, uniform(i, k, 8) * (found === name ? 1 : 0.6), [
        100 + shift,
        100,
        160 + shift,
        130,
      ]),
    );
    const truths = [{ class: name, box, polygons: [ring(box)] }];
    const classScores = Object.fromEntries(
      CLASSES.map((one) => [one, findings.find((found) => found.class === one)?.score ?? 0]),
    );
    const size = { width: SIZE, height: SIZE };
    const said = { findings, classScores, imageProbabilities: null };
    return { id: `${i}-${view}`, view, ...size, ...said, truths };
  });
  return { id: `${i}`, class: name, ambiguous: i % 5 === 0, images };
}

function findingOf(name: string, score: number, box: Box): Finding {
  return {
    class: name,
    score,
    box,
    polygons: [ring(box)],
    areaMm2: null,
    lengthMm: null,
    calibration: "none",
  };
}
