/**
 * What a large test costs to evaluate: 10,000 patients of three views with every interval, and its report;
 * and three figures beside scikit-learn and pycocotools on the same input: an area, its bootstrap, and
 * COCO's average precision of masks.
 *
 * The peer is any Python with these two, the one that MALLEOLUS_STATISTICS_PYTHON names or the one on
 * the path; it needs no PyTorch. Without one, our side is measured alone. Ours does more in two of the
 * three: an area comes with its interval, and average precision with overlaps of 0.3 and 0.4 too.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  analyzeTest,
  aucOf,
  averagePrecision,
  evaluate,
  evaluationDefaults,
  figureFiles,
  fillChecklists,
  fitDecision,
  htmlReport,
  jsonReport,
  KNOWN_CHECKLISTS,
  type LabeledImage,
  outcomesUnder,
  outlineMeasures,
  type PatientAttributes,
  type ReportContent,
  type ReportedTest,
  type TestPatient,
  type TuningPatient,
  tablesCsv,
} from "@malleolus/evaluation";
import {
  type Box,
  boxArea,
  encodeRuns,
  rasterizePolygons,
  runsToString,
} from "@malleolus/geometry";
import { philox4x32 } from "@malleolus/random";
import type { Finding, View } from "@malleolus/schema";
import type { Bench } from "./bench.ts";
import { measure, type Row, row, timed } from "./measure.ts";
import { openPeer, type Peer } from "./peer.ts";

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
const SCORES = 100_000;
const DRAWN = { scores: 2000, resamples: 1000 } as const;
const IMAGES = 300;
const SIZE = 512;

export const evaluationBench: Bench = {
  name: "evaluation",
  peerModules: [],
  defaultRuns: 3,
  async run({ runs, progress }) {
    const peer = await statisticsPeer(progress);
    progress(`evaluating ${PATIENTS} patients of ${VIEWS.length} views`);
    const rows = [
      ...(await wholeTest(runs)),
      await areas(peer, runs),
      await bootstrapped(peer, runs),
      await precision(peer, runs),
    ];
    peer?.close();
    return rows;
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

async function areas(peer: Peer | null, runs: number): Promise<Row> {
  const { scores, positive } = scored(SCORES);
  await peer?.ask({ action: "prepare", work: "area", scores, positive });
  let own = Number.NaN;
  const ours = {
    name: "ours",
    run: () =>
      timed(() => {
        own = aucOf(scores, positive)?.auc ?? Number.NaN;
      }),
  };
  return beside("area of 100,000 scores", ours, peer, "area", runs, "scikit-learn", () => own);
}

/** The same resamples for both, drawn before either begins. */
async function bootstrapped(peer: Peer | null, runs: number): Promise<Row> {
  const { scores, positive } = scored(DRAWN.scores);
  const resamples = Array.from({ length: DRAWN.resamples }, (_, resample) =>
    scores.map((__, i) => Math.floor(uniform(i, resample, 7) * scores.length)),
  );
  await peer?.ask({ action: "prepare", work: "bootstrap", scores, positive, resamples });
  let own = Number.NaN;
  const ours = {
    name: "ours",
    run: () =>
      timed(() => {
        const found = resamples.map((places) =>
          aucOf(
            places.map((place) => scores[place]),
            places.map((place) => positive[place]),
          ),
        );
        const drawn = Float64Array.from(found, (area) => area?.auc ?? Number.NaN).sort();
        const place = (drawn.length - 1) * 0.025;
        const low = drawn[Math.floor(place)];
        own = low + (drawn[Math.ceil(place)] - low) * (place % 1);
      }),
  };
  const name = `${DRAWN.resamples} resamples of an area of ${DRAWN.scores}`;
  return beside(name, ours, peer, "bootstrap", runs, "scikit-learn", () => own);
}

async function precision(peer: Peer | null, runs: number): Promise<Row> {
  const images = Array.from({ length: IMAGES }, (_, i) => labeledImage(i));
  if (peer !== null) await peer.ask({ action: "prepare", work: "coco", ...cocoOf(images) });
  let own = Number.NaN;
  const ours = {
    name: "ours",
    run: () =>
      timed(() => {
        own =
          averagePrecision(images, CLASSES.slice(0, 3), "mask").averagePrecision.all ?? Number.NaN;
      }),
  };
  return beside(
    `COCO AP of masks, ${IMAGES} images`,
    ours,
    peer,
    "coco",
    runs,
    "pycocotools",
    () => own,
  );
}

/** Ours in turn with the peer's; the note says whether both came to the same. */
async function beside(
  name: string,
  ours: { readonly name: string; run(): number },
  peer: Peer | null,
  work: string,
  runs: number,
  against: string,
  own: () => number,
): Promise<Row> {
  let theirs: number | null = null;
  const contestants = [ours];
  const asked = {
    name: "peer",
    async run() {
      const { ms, value } = (await peer?.ask({ action: "run", work })) ?? {};
      if (typeof ms !== "number" || typeof value !== "number") {
        throw new Error(`internal: the peer gave no time of ${work}`);
      }
      theirs = value;
      return ms;
    },
  };
  const times = await measure(peer === null ? contestants : [...contestants, asked], runs, 1);
  const note =
    theirs === null
      ? `${own().toFixed(6)}`
      : `${own().toFixed(6)}, differs by ${Math.abs(own() - theirs).toExponential(0)}`;
  return row(name, times.get("ours"), times.get("peer"), against, note);
}

async function statisticsPeer(progress: (line: string) => void): Promise<Peer | null> {
  const python = process.env.MALLEOLUS_STATISTICS_PYTHON ?? "python3";
  const probe = spawnSync(python, ["-c", "import sklearn, pycocotools"]);
  if (probe.status === 0) {
    return openPeer(python, 2, fileURLToPath(new URL("peers/evaluation_peer.py", import.meta.url)));
  }
  progress(
    `${python} has no scikit-learn and pycocotools: our side is measured alone; ` +
      "MALLEOLUS_STATISTICS_PYTHON names another",
  );
  return null;
}

/** Uniform in (0, 1), by address. */
function uniform(a: number, b: number, c: number): number {
  return (philox4x32([a, b, c, 0], [20, 26])[0] + 0.5) / 2 ** 32;
}

function scored(count: number) {
  const positive = Array.from({ length: count }, (_, i) => uniform(i, 0, 1) < 0.5);
  const scores = positive.map(
    (is, i) => Math.round(1000 * (uniform(i, 1, 1) + (is ? 0.3 : 0))) / 1000,
  );
  return { scores, positive };
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

function ring([x1, y1, x2, y2]: Box): number[] {
  return [x1, y1, x2, y1, x2, y2, x1, y2];
}

function labeledImage(i: number): LabeledImage {
  const region = (place: number, moved: number) => {
    const [x, y] = [40 + 380 * uniform(i, place, 20), 40 + 380 * uniform(i, place, 21)].map(
      Math.round,
    );
    const [width, height] = [20 + Math.round(60 * uniform(i, place, 22)), 12];
    const box: Box = [x + moved, y, x + moved + width, y + height];
    const mask = encodeRuns(rasterizePolygons([ring(box)], SIZE, SIZE));
    return { class: CLASSES[place % 3], box, boxArea: boxArea(box), mask };
  };
  const places = [0, 1, 2, 3];
  return {
    truths: places.map((place) => {
      const own = region(place, 0);
      return { ...own, area: own.boxArea, isCrowd: false };
    }),
    detections: places.flatMap((place) =>
      [0, 1].map((k) => ({
        ...region(place, Math.round(8 * uniform(i, place, 30 + k))),
        score: Math.round(1e6 * uniform(i, place, 40 + k)) / 1e6,
      })),
    ),
  };
}

function cocoOf(images: readonly LabeledImage[]) {
  const segmentation = (mask: LabeledImage["truths"][number]["mask"]) => ({
    size: mask.size,
    counts: runsToString(mask.counts),
  });
  const xywh = ([x1, y1, x2, y2]: Box) => [x1, y1, x2 - x1, y2 - y1];
  const annotations = images.flatMap(({ truths }, image) =>
    truths.map(({ class: name, box, mask, area }) => ({
      image_id: image + 1,
      category_id: CLASSES.indexOf(name) + 1,
      bbox: xywh(box),
      segmentation: segmentation(mask),
      area,
      iscrowd: 0,
    })),
  );
  return {
    truth: {
      info: {},
      images: images.map((_, i) => ({ id: i + 1, width: SIZE, height: SIZE })),
      categories: CLASSES.slice(0, 3).map((name, i) => ({ id: i + 1, name })),
      annotations: annotations.map((one, i) => ({ ...one, id: i + 1 })),
    },
    found: images.flatMap(({ detections }, image) =>
      detections.map(({ class: name, score, mask }) => ({
        image_id: image + 1,
        category_id: CLASSES.indexOf(name) + 1,
        segmentation: segmentation(mask),
        score,
      })),
    ),
  };
}
