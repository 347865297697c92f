/**
 * The page in a real browser: axe finds nothing, in light and in dark, and a telephone shows it without
 * scrolling sideways; and it becomes a PDF. Skipped, with a message, where there is no Chromium.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  analyzeTest,
  evaluate,
  evaluationDefaults,
  figureAnchors,
  htmlReport,
  levelsOfTest,
  outcomesUnder,
  proportionOf,
  type ReportContent,
  readerResult,
  readerStudyResult,
  type TestPatient,
} from "@malleolus/evaluation";
import { ankleClassification, type PatientDecision } from "@malleolus/schema";
import { z } from "zod";
import { withChecklists } from "./filled-checklists.ts";
import { findChromium, printPage, requireChromium } from "./print-page.ts";

const chromium = findChromium(process.env.PATH ?? "");
const skip = chromium === null ? "no Chromium on the path" : false;

const classes = ["weber_a", "weber_b", "weber_c", "no_fracture"];

/** Ten patients of each of the ankle's classes, every fifth of them wrong. */
const patients = classes.flatMap((name, place) =>
  Array.from({ length: 10 }, (_, i): TestPatient => {
    const called = i % 5 === 4 ? (place === 0 ? "weber_b" : "weber_a") : name;
    const box = [4, 4, 12 + i, 9] as const;
    return {
      id: `PATIENT-${name}-${i}`,
      class: name,
      ambiguous: i % 4 === 0,
      images: [
        {
          id: `${name}-${i}`,
          view: "ap",
          width: 32,
          height: 32,
          classScores: Object.fromEntries(
            classes.map((one) => [one, one === called ? 0.5 + i / 25 : 0.1]),
          ),
          imageProbabilities: null,
          truths: [{ class: name, box: [4, 4, 14, 9], polygons: [[4, 4, 14, 4, 14, 9, 4, 9]] }],
          findings: [
            {
              class: called,
              score: 0.5 + i / 25,
              box,
              polygons: [[4, 4, 12 + i, 4, 12 + i, 9, 4, 9]],
              areaMm2: null,
              lengthMm: null,
              calibration: "none",
            },
          ],
        },
      ],
    };
  }),
);

const weights = { objectMean: 1, objectMax: 0, imageMean: 0, imageMax: 0 };
const decision: PatientDecision = {
  format: "malleolus-decision-1",
  classes,
  noFractureClass: "no_fracture",
  usesImageHead: false,
  weights: { fracture: weights, noFracture: weights },
  bias: Object.fromEntries(classes.map((name) => [name, 0])),
  findingThreshold: 0.5,
  operatingPoints: (["specificity", "sensitivity"] as const).map((atLeast) => ({
    wanted: { atLeast, share: 0.95 },
    probability: atLeast === "specificity" ? 0.8 : 0.3,
    sensitivity: proportionOf(27, 30),
    specificity: proportionOf(19, 20),
  })),
  fittedOn: {
    patients: Object.fromEntries(classes.map((name) => [name, 10])),
    radiographs: 40,
    sha256: "ab",
    penalty: 1,
    leaveOneOut: { logLoss: 0.5, accuracy: 0.8 },
  },
};
const evaluation = evaluate(patients, {
  ...evaluationDefaults,
  classes,
  noFractureClass: "no_fracture",
  resamples: 100,
  decision,
});
/** Everyone is wrong of others, and two of them had no part in the truth. */
const readers = [0, 1, 2].map((reader) =>
  readerResult(
    `Reader ${reader + 1}`,
    reader < 2,
    patients.map(({ id, class: truth }, i) => ({
      patient: id,
      truth,
      said: i % 7 === reader ? classes[(classes.indexOf(truth) + 1) % 4] : truth,
      certainty: 1 + (i % 5),
    })),
    "no_fracture",
  ),
);
const agreement = Object.fromEntries(
  patients.map(({ id, class: truth }, i) => {
    const said = readers.map(({ readings }) => readings[i].said);
    return [id, { agreeing: said.filter((one) => one === truth).length, readings: 3, said }];
  }),
);
const people = { readers, annotators: null, agreement };
const attributes = Object.fromEntries(
  patients.map(({ id }, i) => [id, { Sex: i % 2 === 0 ? "F" : "M", Age: "18 to 39" }]),
);
const readerScores = ["alone", "with the detector"].flatMap((condition, c) =>
  readers.flatMap(({ name: reader, readings }) =>
    readings.map(({ patient, truth, said }, i) => {
      const isRight = said === truth || (c === 1 && i % 2 === 0);
      const sure = (truth === "no_fracture") === isRight ? -1 : 1;
      return { patient, reader, condition, score: sure * (1 + (i % 5)) };
    }),
  ),
);

const picture = {
  picture: Uint8Array.of(0),
  pictureType: "image/webp",
  width: 240,
  height: 300,
  caption: "lateral, patient 000001",
  lines: ["fracture: Dice 0.61"],
} as const;
const found = { count: 9, total: 12, share: 0.75, interval: [0.5, 0.9] } as const;
const mean = { value: 0.61, interval: [0.5, 0.7] } as const;
const some = ["0123456789", "9876543210"];
const arms = { assisted: mean, unassisted: mean, difference: mean };
const preliminary: ReportContent["preliminary"] = {
  model: { sha256: "ab".repeat(32), name: "preliminary", version: "0123abcd+4567cdef" },
  radiographs: 123,
  patients: 45,
  judged: ["a patient of the preliminary networks"],
  against: "what was simulated",
  measures: ["fibula", "tibia", "fracture"].map((structure) => ({
    structure,
    dice: mean,
    proposed: found,
    inVain: found,
    patients: { there: some, proposed: some, missed: some, inVain: some },
  })),
  pictures: { chosen: "Evenly spaced.", items: [picture, picture] },
  selection: {
    strategy: "hard",
    picked: 20,
    passedOver: 40,
    rows: [
      {
        trait: { of: "mistaken" },
        picked: found,
        passedOver: found,
        patients: { picked: some, passedOver: some },
      },
    ],
    patients: { picked: some, passedOver: some },
    pictures: { chosen: "The first.", items: [picture] },
  },
  assistance: {
    patients: { assisted: 17, unassisted: 3 },
    drawings: { assisted: 34, unassisted: 6 },
    seconds: arms,
    agreement: arms,
    decisions: { accepted: found, mended: found, rejected: found },
    editDistanceMm: mean,
    anchoring: { wrongShapesAccepted: found, wrongClassesAccepted: found, pull: arms },
  },
  assistancePatients: {
    assisted: some,
    unassisted: some,
    accepted: some,
    mended: some,
    rejected: some,
    wrongShapesAccepted: some,
    wrongClassesAccepted: some,
    timed: { assisted: some, unassisted: some },
    drawnTwice: { assisted: some, unassisted: some },
    wrongShapes: { assisted: some, unassisted: some },
  },
  selectionAudit: null,
};

const content: ReportContent = {
  preliminary,
  title: "Ankles",
  subtitle: "Of a test.",
  generatedAt: "2026-11-23T15:58:12.123Z",
  simulated: { version: "1", seed: "1" },
  software: [{ name: "Malleolus", version: "0.1.0" }],
  names: {
    weber_a: "Weber A",
    weber_b: "Weber B",
    weber_c: "Weber C",
    no_fracture: "No fracture",
  },
  thresholds: [
    {
      name: "AUC",
      value: 0.8,
      interval: [0.7, 0.9],
      direction: "at least",
      limit: 0.9,
      intervalLimit: 0.6,
      anchor: figureAnchors("internal-difficult").auc,
    },
  ],
  flow: null,
  sets: [],
  tests: [
    {
      id: "internal-difficult",
      name: "Internal test, difficult",
      description: "Forty patients.",
      evaluation,
      people,
      analyses: analyzeTest(
        evaluation,
        attributes,
        people,
        outcomesUnder("mean", patients, evaluation.settings),
      ),
      outlines: null,
      levels: levelsOfTest(patients, evaluation, new Map(), ankleClassification.zonesMm),
      published: "internal difficult",
    },
  ],
  readers: [],
  readerStudy: readerStudyResult(
    readerScores,
    new Map(patients.map(({ id, class: name }) => [id, name !== "no_fracture"])),
  ),
  gallery: [],
  training: {
    description: "Some steps.",
    points: [
      { step: 1, loss: 2 },
      { step: 2, loss: 1 },
    ],
  },
  provenance: null,
  checklists: [],
  timings: [{ stage: "all", seconds: 3 }],
  commands: [{ command: "./malleolus cases", effect: "lists the cases" }],
};

function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-page-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const seenSchema = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.string()) })),
  /** By how many pixels the page is wider than the window. */
  overflow: z.number(),
  ground: z.string(),
});

/**
 * What axe says of a page in a window of some width. Scripts are let in, which the page itself forbids;
 * axe's and the few lines that leave its answer in the document.
 */
function seen(context: TestContext, width: number, dark: boolean): z.infer<typeof seenSchema> {
  const folder = scratch(context);
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const page = htmlReport(withChecklists({ folder }, content))
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "")
    .replace("<details", "<details open");
  const script = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => {
    const seen = {
      violations: violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })),
      overflow: document.documentElement.scrollWidth - innerWidth,
      ground: getComputedStyle(document.body).backgroundColor,
    };
    document.documentElement.innerHTML = "<pre></pre>";
    document.querySelector("pre").textContent = "SEEN" + btoa(unescape(encodeURIComponent(JSON.stringify(seen)))) + "NEES";
  });`;
  const path = join(folder, "page.html");
  writeFileSync(
    path,
    page.replace("</body>", `<script>${axe}</script><script>${script}</script></body>`),
  );
  const dom = execFileSync(
    requireChromium(),
    [
      "--headless",
      "--disable-gpu",
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      `--user-data-dir=${join(folder, "profile")}`,
      `--window-size=${width},900`,
      // Blink's number of the scheme that a reader prefers: 0 is dark, 1 is light.
      `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
      "--virtual-time-budget=60000",
      "--dump-dom",
      pathToFileURL(path).href,
    ],
    { encoding: "utf8", maxBuffer: 2 ** 26, stdio: ["ignore", "pipe", "ignore"] },
  );
  const [, found] = dom.match(/SEEN([A-Za-z0-9+/=]+)NEES/) ?? [];
  assert.ok(found !== undefined, "axe has answered");
  return seenSchema.parse(JSON.parse(Buffer.from(found, "base64").toString("utf8")));
}

for (const [where, width, dark, ground] of [
  ["on a screen, in light", 1100, false, "rgb(255, 255, 255)"],
  ["on a screen, in dark", 1100, true, "rgb(20, 23, 27)"],
  ["on a narrow screen", 500, false, "rgb(255, 255, 255)"],
] as const) {
  test(`the page ${where}: axe finds nothing, and nothing is wider than the window`, {
    skip,
  }, (context) => {
    const found = seen(context, width, dark);
    assert.deepEqual(found.violations, []);
    assert.ok(found.overflow <= 0, `${found.overflow} pixels too wide`);
    assert.equal(found.ground, ground);
  });
}

test("the page says all that is asked of a test", () => {
  const page = htmlReport(content);
  for (const said of [
    "Operating points",
    "Calibration slope, 1 where right",
    "Readers beside the detector",
    "The Weber class by millimetres",
    "The reader study",
    "Every way to combine the views",
  ]) {
    assert.ok(page.includes(said), said);
  }
});

test("printPage: a PDF of the page", { skip }, async (context) => {
  const folder = scratch(context);
  const page = join(folder, "index.html");
  writeFileSync(page, htmlReport(content));
  const pdf = await printPage(page, join(folder, "report.pdf"));
  const bytes = readFileSync(pdf);
  assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
  assert.ok(bytes.length > 20_000);
});

test("requireChromium: without one it says what to do", (context) => {
  const folder = scratch(context);
  assert.equal(findChromium(folder), null);
  assert.throws(
    () => requireChromium(folder),
    /--pdf: expected Chromium on the path, .*apt-get install chromium/,
  );
  writeFileSync(join(folder, "chromium-browser"), "");
  assert.equal(findChromium(`/nowhere:${folder}`), join(folder, "chromium-browser"));
});
