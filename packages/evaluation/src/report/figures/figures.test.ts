/**
 * Every figure against a file that was looked at. `UPDATE_GOLDEN=1` writes the files anew: then look at
 * each of them again, in `golden/`.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { HospitalFlow, Proportion } from "@malleolus/schema";
import { reliabilityOf } from "../../calibration/reliability.ts";
import { decisionCurve } from "../../decision/decision-curve.ts";
import { proportionOf } from "../../proportion.ts";
import { rocPoints } from "../../roc.ts";
import { rocBand } from "../../roc-band.ts";
import { standaloneSvg } from "../figure-files.ts";
import type { Markup } from "../markup.ts";
import { calibrationFigure } from "./calibration-figure.ts";
import { decisionFigure } from "./decision-figure.ts";
import { flowDiagram } from "./flow-diagram.ts";
import { forestFigure } from "./forest-figure.ts";
import { lossFigure } from "./loss-figure.ts";
import { overlapFigure } from "./overlap-figure.ts";
import { rocFigure } from "./roc-figure.ts";
import { shareMark } from "./share-mark.ts";

const folder = join(import.meta.dirname, "golden");
const options = { seed: 1, resamples: 200 };

/** 40 patients, every other with a fracture; those tend to score higher. */
const positive = Array.from({ length: 40 }, (_, i) => i % 2 === 0);
const probabilities = positive.map((is, i) => ((i * 37) % 41) / 60 + (is ? 0.3 : 0.02));
const coarse = probabilities.map((one) => Math.round(3 * one) / 3);

const unassigned = { patients: 0, cases: 0, images: 0 };
const hospital: HospitalFlow = {
  hospital: "one",
  files: 12345,
  images: 9012,
  patients: 3001,
  cases: 3004,
  withReport: 2990,
  screened: {
    "candidate fracture": 901,
    "candidate no fracture": 1176,
    "excluded by keyword": 927,
  },
  excluded: { cast: 700, pathology: 127, never: 0, hardware: 100 },
  read: 2077,
  readUndecided: 2,
  excludedByReading: { cast: 10, "poor-quality": 5 },
  agreed: 1700,
  adjudicated: 360,
  classes: { "weber-b": 884, none: 1176 },
  annotated: 1900,
  assigned: {
    "preliminary training": unassigned,
    training: { patients: 600, cases: 600, images: 1790 },
    tuning: { patients: 200, cases: 200, images: 599 },
    "internal test": { patients: 100, cases: 100, images: 300 },
    "external test": unassigned,
  },
  excludedByReference: { cast: 1 },
};
const names: Readonly<Record<string, string>> = {
  one: "One",
  "weber-b": "Weber B",
  none: "No fracture",
  pathology: "Other fracture or pathology",
  cast: "Cast",
  hardware: "Plates or screws",
  "poor-quality": "Poor quality",
};

const figures: Readonly<Record<string, Markup>> = {
  roc: rocFigure(
    [
      { name: "any", points: rocPoints(probabilities, positive) ?? [] },
      { name: "ties", points: rocPoints(coarse, positive) ?? [] },
    ],
    rocBand(probabilities, positive, options),
    [
      { falsePositiveRate: 0.1, truePositiveRate: 0.9 },
      { falsePositiveRate: 0, truePositiveRate: 1 },
    ],
  ),
  calibration: calibrationFigure(
    reliabilityOf(
      probabilities.map((one) => Math.min(1, one)),
      positive,
    ),
    reliabilityOf(
      coarse.map((one) => Math.min(1, one)),
      positive,
    ),
  ),
  decision: decisionFigure(
    decisionCurve(
      probabilities.map((one) => Math.min(1, one)),
      positive,
      {
        ...options,
        thresholds: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
        prevalence: null,
      },
    ),
  ),
  overlap: overlapFigure("mask", [0, 0.049, 0.05, 0.31, 0.33, 0.62, 0.999, 1], 3, 0.32),
  "overlap-none-missed": overlapFigure("box", [0.5, 0.52], 0, null),
  forest: forestFigure(
    "accuracy",
    [
      {
        name: "Sex",
        rows: [
          { label: "F", count: 12, value: 0.75, interval: [0.47, 0.91] },
          { label: "M", count: 1, value: 1, interval: null },
        ],
      },
      { name: "Age", rows: [{ label: "under 18", count: 0, value: null, interval: null }] },
    ],
    0.8,
  ),
  loss: lossFigure({
    description: "",
    points: Array.from({ length: 900 }, (_, i) => ({
      step: i + 1,
      loss: i === 3 ? Number.NaN : 2.6 / (1 + i / 90) + ((i * 7) % 11) / 40,
    })),
  }),
  flow: flowDiagram(hospital, (id) => names[id] ?? id),
};

for (const [name, figure] of Object.entries(figures)) {
  test(`figure ${name}: is the one that was looked at`, () => {
    const path = join(folder, `${name}.svg`);
    const svg = standaloneSvg(figure);
    if (process.env.UPDATE_GOLDEN === "1") {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, svg);
    }
    assert.ok(existsSync(path), `${path}: run with UPDATE_GOLDEN=1 and look at it`);
    assert.equal(svg, readFileSync(path, "utf8"));
  });
}

test("every file in golden/ is some figure's, and none draws what is no number", () => {
  const files = readdirSync(folder);
  assert.deepEqual(
    files.toSorted(),
    Object.keys(figures)
      .map((name) => `${name}.svg`)
      .toSorted(),
  );
  for (const file of files) {
    assert.ok(!/NaN|Infinity|undefined/.test(readFileSync(join(folder, file), "utf8")), file);
  }
});

test("shareMark: the share as a dot on the whisker of its interval, from 4 to 96", () => {
  const half: Proportion = { count: 1, total: 2, share: 0.5, interval: [0.25, 1] };
  const { markup } = shareMark(half);
  assert.ok(markup.includes('<path class="whisker" d="M27.0 6H96.0"/><circle cx="50.0" cy="6"'));
});

const empty: Proportion = proportionOf(0, 0);
test("shareMark: draws nothing where there is nothing to count", () => {
  assert.equal(shareMark(empty).markup, "");
});

test("standaloneSvg: a legend stands below the figure, in its own words and nobody's markup", () => {
  const svg = standaloneSvg(figures.forest, [
    { style: "curve main", text: "ours & <theirs>" },
    { style: "reader", text: "readers" },
  ]);
  const [, , height] = standaloneSvg(figures.forest).match(/width="(\d+)" height="(\d+)"/) ?? [];
  const [, width, taller] = svg.match(/width="(\d+)" height="(\d+)"/) ?? [];
  assert.equal(Number(taller), Number(height) + 2 * 18 + 8);
  assert.ok(svg.includes(`viewBox="0 0 ${width} ${taller}"`));
  assert.ok(svg.includes('<path class="curve main" d="M46 '));
  assert.ok(svg.includes("ours &amp; &lt;theirs&gt;</text>"));
  assert.ok(svg.endsWith("</svg>\n"));
});

test("decisionFigure: without intervals the values themselves set the height, without values nothing does", () => {
  const point = (threshold: number, model: number | null, everybody: number | null) => {
    const of = (value: number | null) => ({ value, interval: null });
    return { threshold, model: of(model), everybody: of(everybody), gain: of(null) };
  };
  const ticks = (points: Parameters<typeof decisionFigure>[0]) =>
    [...decisionFigure(points).markup.matchAll(/text-anchor="end">([^<]+)</g)].map(([, tick]) =>
      Number(tick),
    );
  assert.equal(Math.max(...ticks([point(0.1, 0.3, 0.1), point(0.5, 0.2, null)])), 0.3);
  assert.equal(Math.max(...ticks([point(0.1, 0.1, 0.7)])), 0.8);
  assert.ok(!/NaN|Infinity/.test(decisionFigure([point(0.1, null, null)]).markup));
  // Everybody's line is drawn to its end where it never falls to the floor.
  const high = decisionFigure([point(0.1, 0.9, 1), point(0.9, 0.9, 1)]).markup;
  const [, path = ""] = high.match(/class="curve dash1" d="([^"]*)"/) ?? [];
  assert.equal(path.split("L").length, 2);
  const falling = [point(0.1, 0.9, 1), point(0.5, 0.9, -1), point(0.9, 0.9, -9)];
  assert.equal(
    decisionFigure(falling)
      .markup.match(/class="curve dash1" d="([^"]*)"/)?.[1]
      .split("L").length,
    2,
  );
});

test("lossFigure: a run that has made no step yet has axes, and no line", () => {
  const { markup } = lossFigure({ description: "", points: [] });
  assert.ok(!/NaN|Infinity|undefined/.test(markup));
  const most = (anchor: string) => {
    const ticks = [
      ...markup.matchAll(new RegExp(`class="tick"[^>]*text-anchor="${anchor}">([^<]+)<`, "g")),
    ];
    return Math.max(...ticks.map(([, tick]) => Number(tick)));
  };
  assert.deepEqual([most("end"), most("middle")], [1, 1]);
});
