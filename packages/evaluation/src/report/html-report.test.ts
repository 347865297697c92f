import assert from "node:assert/strict";
import { test } from "node:test";
import type { Box } from "@malleolus/geometry";
import type { HospitalFlow } from "@malleolus/schema";
import { readerAgreement } from "../agreement.ts";
import { evaluate, evaluationDefaults } from "../evaluate.ts";
import type { TestPatient } from "../patient.ts";
import { type AcceptanceThreshold, type ReportContent, thresholdsReached } from "./content.ts";
import { htmlReport, NOTICE } from "./html-report.ts";
import { jsonReport } from "./json-report.ts";

const EVIL = `<script>alert("&'")</script>`;
const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 250);
const box: Box = [4, 4, 12, 9];
const ring = [4, 4, 12, 4, 12, 9, 4, 9];

/** Of `count` patients of each class, the last fracture is taken for none. */
function patients(count: number): TestPatient[] {
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

const options = {
  ...evaluationDefaults,
  classes: ["weber-b", "none"],
  noFractureClass: "none",
  resamples: 50,
};
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

const threshold = { direction: "at least", limit: 0.85, intervalLimit: 0.6 } as const;

const full: ReportContent = {
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
    { ...threshold, name: "AUC", value: 0.849, interval: [0.7, 0.95] },
    { ...threshold, name: "IoU", value: 0.85, interval: [0.65, 0.95] },
  ],
  flow: { refusedFiles: { "not-dicom": 4 }, hospitals: [hospital] },
  tests: [{ name: EVIL, description: EVIL, evaluation: evaluate(patients(10), options) }],
  readers: [
    {
      name: EVIL,
      agreement: readerAgreement(
        [EVIL, "second"],
        [
          ["a", "a"],
          ["a", "b"],
        ],
        options,
      ),
    },
  ],
  gallery: [
    {
      title: EVIL,
      chosen: EVIL,
      items: [
        {
          png,
          width: 32,
          height: 40,
          caption: EVIL,
          truth: "weber-b",
          prediction: "none",
          scores: { "weber-b": 0.25, none: 1.5 },
          boxIou: null,
        },
      ],
    },
  ],
  training: {
    description: EVIL,
    points: Array.from({ length: 1000 }, (_, i) => ({ step: i + 1, loss: 3 / (1 + i / 50) })),
  },
  timings: [
    { stage: EVIL, seconds: 133 },
    { stage: "import", seconds: 7.25 },
  ],
  commands: [{ command: "./malleolus predict 'a b'", effect: EVIL }],
};
const page = htmlReport(full);
/** The words of the page, one space between them. */
const words = page
  .replace(/<style>.*?<\/style>/s, "")
  .replace(/<[^>]+>/g, " ")
  .replace(/\s+/g, " ");

/** What stands in nothing, so that a parser of a few lines can follow the rest. */
const VOID = new Set(["meta", "img", "br", "path", "rect", "circle"]);

test("htmlReport: every element is closed in its order", () => {
  const open: string[] = [];
  for (const [, end, tag] of page.matchAll(/<(\/?)([a-zA-Z0-9]+)[^>]*>/g)) {
    if (VOID.has(tag)) continue;
    if (end === "") open.push(tag);
    else assert.equal(open.pop(), tag);
  }
  assert.deepEqual(open, []);
});

test("htmlReport: nothing that is put in becomes markup", () => {
  assert.ok(!page.includes("<script"));
  const said = "&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;";
  // Title twice, subtitle, seed, software twice, and every other place at least once.
  assert.ok(page.split(said).length - 1 >= 20);
});

test("htmlReport: the file needs nothing else", () => {
  const sources = [...page.matchAll(/(?:src|href|url)\s*[=(]\s*"?([^")\s]+)/g)].map(([, to]) => to);
  assert.deepEqual(sources, [`data:image/png;base64,${Buffer.from(png).toString("base64")}`]);
  assert.ok(!/https?:|@import/.test(page));
});

test("htmlReport: says what it is and what it is not", () => {
  assert.ok(words.includes(`${NOTICE} Everything here is simulated`));
  assert.match(
    page,
    /@page\{[^}]*content:"Research software, not a medical device. Everything here/,
  );
  const real = htmlReport({ ...full, simulated: null });
  assert.ok(real.includes(NOTICE) && !/simulated/i.test(real));
});

test("htmlReport: a threshold missed by a thousandth is missed, and does not look reached", () => {
  assert.ok(words.includes("Not reached: 1 of 2 thresholds"));
  assert.ok(
    words.includes("0.849 0.700–0.950 AUC at least 0.85, interval above 0.60: not reached"),
  );
  assert.ok(words.includes("0.850 0.650–0.950 IoU at least 0.85, interval above 0.60: reached"));
  const passed = htmlReport({ ...full, thresholds: full.thresholds.slice(1) });
  assert.ok(passed.includes("Reached: all 1 thresholds"));
});

test("thresholdsReached: by the figure and by the far end of its interval, in both directions", () => {
  const reached = (change: Partial<AcceptanceThreshold>) =>
    thresholdsReached([{ ...threshold, name: "x", value: 0.9, interval: [0.7, 0.95], ...change }]);
  assert.equal(reached({}), true);
  assert.equal(reached({ value: 0.84 }), false);
  assert.equal(reached({ interval: [0.59, 0.95] }), false);
  assert.equal(reached({ value: null }), false);
  assert.equal(reached({ interval: null }), false);
  const atMost = { direction: "at most", limit: 0.5, intervalLimit: 0.75 } as const;
  assert.equal(reached({ ...atMost, value: 0.5, interval: [0.4, 0.7] }), true);
  assert.equal(reached({ ...atMost, value: 0.51, interval: [0.4, 0.7] }), false);
  assert.equal(reached({ ...atMost, value: 0.5, interval: [0.4, 0.76] }), false);
  assert.equal(thresholdsReached([]), true);
});

test("htmlReport: the figures of a test with their intervals", () => {
  // 9 of 10 fractures; Wilson's interval is 59.6 to 98.2 %.
  assert.ok(words.includes("Sensitivity for a fracture 90% 60–98"));
  assert.ok(words.includes("Accuracy 95% (19/20, 76–99)"));
  assert.ok(words.includes("Accuracy is 94% (17/18, 74–99) in the patients on whom"));
  assert.ok(words.includes("Weber B 9 1 10"));
  // The mean IoU is exactly 1, of the nine that are found.
  assert.ok(words.includes("Mean box IoU is 1.00 ± 0.00 (mean 1.00–1.00) of the found fractures"));
});

test("htmlReport: found is defined where it stands, beside its false positives", () => {
  assert.match(
    words,
    /Findings are shown from a score of 0\.50 on\. A fracture is found where the box/,
  );
  assert.match(words, /overlaps its box with an IoU of at least 0\.30, whatever its class/);
  assert.ok(words.includes("There are 0.00 0.00–0.00 false positives a radiograph"));
  assert.match(words, /allowed found share from score .* 0\.1 9\/10 90% \d+–\d+ 0\.60 0\.00 \(all/);
});

test("htmlReport: the flow of a hospital, large numbers grouped, long names on two lines", () => {
  for (const said of [
    "files 12 345 radiographs 90 patients 30 cases 31",
    "Excluded by keyword: 8 cast 7 Other fracture or pathology 1",
    "Left out by readers: 1 cast 1 undecided 2",
    "Weber B 9",
    "by agreement 17 by adjudication 3",
    "training 13 / 37 internal test 6 / 18",
    "not-dicom 4",
  ]) {
    assert.ok(words.includes(said), said);
  }
  assert.ok(!words.includes("never"), "codes that nobody has are left out");
  assert.ok(/<text[^>]*>Other fracture or<\/text>/.test(page));
});

test("htmlReport: figures draw numbers, also of an empty test", () => {
  const empty = htmlReport({
    ...full,
    tests: [{ name: "t", description: "", evaluation: evaluate([], options) }],
    training: { description: "", points: [] },
    timings: [],
  });
  const diverged = [3, 2, Number.NaN, Number.POSITIVE_INFINITY, 1];
  const points = diverged.map((loss, i) => ({ step: i + 1, loss }));
  const broken = htmlReport({ ...full, training: { description: "", points } });
  for (const text of [page, empty, broken]) assert.ok(!/NaN|Infinity|undefined/.test(text));
});

test("jsonReport: the same content without the bytes of images", () => {
  const record = JSON.parse(jsonReport(full));
  assert.equal(record.passed, false);
  assert.equal(record.notice, NOTICE);
  assert.deepEqual(record.tests, full.tests);
  const { png: _png, ...item } = full.gallery[0].items[0];
  assert.deepEqual(record.gallery[0].items, [item]);
  assert.equal(JSON.parse(jsonReport({ ...full, thresholds: [] })).passed, null);
});
