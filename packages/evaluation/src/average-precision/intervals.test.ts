import assert from "node:assert/strict";
import { test } from "node:test";
import { philox4x32 } from "@malleolus/random";
import type { CocoMeasures } from "@malleolus/schema";
import { bootstrap } from "../bootstrap.ts";
import { averagePrecision, classSweeps } from "./average-precision.ts";
import { averagePrecision50, averagePrecisionIntervals } from "./intervals.ts";
import type { LabeledImage } from "./labeled-image.ts";
import { AREA_RANGES } from "./settings.ts";
import { detectionAt, truthAt, type Xywh } from "./test-objects.ts";

const SIZE = 120;
const options = { seed: 3, resamples: 300 };

/** An object an image, found in most, with false positives of all scores; of two classes in turn. */
const images = Array.from({ length: 60 }, (_, i): LabeledImage => {
  const [a, b, c, d] = philox4x32([i, 0, 0, 0], [7, 0]).map((word) => word / 2 ** 32);
  const here: Xywh = [10 + Math.floor(20 * a), 20, 30, 20];
  const name = i % 2 === 0 ? "one" : "other";
  const right = detectionAt(SIZE, [here[0] + Math.floor(6 * b), 20, 30, 20], 0.3 + 0.7 * c, {
    class: name,
  });
  const wrong = detectionAt(SIZE, [70, 70, 20, 20], d, { class: name });
  return {
    truths: [truthAt(SIZE, here, { class: name })],
    detections: a < 0.85 ? [right, wrong] : [wrong],
  };
});
const alone = images.map((_, i) => `${i}`);
const classes = ["one", "other"];

test("averagePrecisionIntervals: around the figures, wider for a class than for all", () => {
  const measured = averagePrecision(images, classes, "box");
  const intervals = averagePrecisionIntervals(images, alone, classes, "box", options);
  const widths = [measured, ...measured.classes].map((figures, i) => {
    const own = [intervals, ...intervals.classes][i];
    const value = figures.averagePrecision.iou50 ?? Number.NaN;
    const [low, high] = own.averagePrecision.iou50 ?? [1, 0];
    assert.ok(low < value && value < high, `${low} ${value} ${high}`);
    return high - low;
  });
  assert.ok(widths[0] < Math.min(widths[1], widths[2]));
  // Nothing is as large as a large truth.
  assert.equal(intervals.averagePrecision.large, null);
  assert.ok(intervals.averageRecall.best100 !== null);
});

test("averagePrecisionIntervals: images of one group are not more than one", () => {
  const twice = images.flatMap((one) => [one, one]);
  const groups = alone.flatMap((name) => [name, name]);
  const interval = (some: readonly LabeledImage[], names: readonly string[]) =>
    averagePrecisionIntervals(some, names, ["one"], "box", options).averagePrecision.iou50;
  // Drawn together they are an image counted twice, which changes no figure.
  assert.deepEqual(interval(twice, groups), interval(images, alone));
  const [low, high] = interval(images, alone) ?? [0, 0];
  const [lower, higher] = interval(twice, [...groups.keys()].map(String)) ?? [0, 0];
  assert.ok(higher - lower < high - low);
});

test("averagePrecisionIntervals: what is no object has an interval of its own and no part in all", () => {
  const without = averagePrecisionIntervals(images, alone, classes, "box", options, ["other"]);
  assert.deepEqual(without.averagePrecision, without.classes[0].averagePrecision);
  assert.notDeepEqual(without.averagePrecision, without.classes[1].averagePrecision);
  const measured = averagePrecision(images, classes, "box", ["other"]);
  assert.equal(measured.averagePrecision.all, measured.classes[0].averagePrecision.all);
  assert.equal(measured.recall50.total, 30);
});

test("averagePrecision50: the value of all figures, and its interval", () => {
  const sweeps = classSweeps(images, classes, "box").map(({ best100 }) => best100);
  const { value, interval } = averagePrecision50(sweeps, alone, options);
  const measured = averagePrecision(images, classes, "box");
  assert.ok(Math.abs((value ?? 0) - (measured.averagePrecision.iou50 ?? 1)) < 1e-12);
  assert.deepEqual(
    interval,
    averagePrecisionIntervals(images, alone, classes, "box", options).averagePrecision.iou50,
  );
});

test("averagePrecision: looser overlaps have no lower figure", () => {
  const { averagePrecision: at } = averagePrecision(images, classes, "box");
  const falling = [at.iou30, at.iou40, at.iou50, at.iou60, at.iou75].map((value) => value ?? -1);
  assert.deepEqual(
    falling,
    falling.toSorted((a, b) => b - a),
  );
  assert.ok(falling[0] > falling[4]);
});

test("averagePrecisionIntervals: each figure has its own, as images drawn one by one give it", () => {
  // Twelve detections an image, of three sizes: no two figures are alike.
  const many = Array.from({ length: 12 }, (_, i): LabeledImage => {
    const draw = (place: number) => philox4x32([i, place, 1, 0], [7, 0])[0] / 2 ** 32;
    const side = [14, 50, 100][i % 3];
    const here: Xywh = [0, 0, side, side];
    const at = (place: number): Xywh => [Math.floor(0.35 * side * draw(place)), 0, side, side];
    return {
      truths: [truthAt(160, here), truthAt(160, [0, 110, 30, 30])],
      detections: Array.from({ length: 12 }, (_, k) =>
        detectionAt(160, k % 4 === 3 ? [120, 120, 30, 30] : at(k), draw(100 + k)),
      ),
    };
  });
  const small = { seed: 3, resamples: 40 };
  const { classes: _, ...intervals } = averagePrecisionIntervals(
    many,
    many.map((_, i) => `${i}`),
    ["fracture"],
    "box",
    small,
  );
  const figures = ({
    averagePrecision: ap,
    averageRecall: ar,
  }: Pick<CocoMeasures, "averagePrecision" | "averageRecall">) => ({
    ...ap,
    ...Object.fromEntries(Object.entries(ar).map(([key, value]) => [`${key} recall`, value])),
  });
  const named = {
    ...intervals.averagePrecision,
    ...Object.fromEntries(
      Object.entries(intervals.averageRecall).map(([key, value]) => [`${key} recall`, value]),
    ),
  };
  const keys = Object.keys(figures(averagePrecision(many, ["fracture"], "box")));
  const drawn = bootstrap(
    many,
    (sample) => Object.values(figures(averagePrecision(sample, ["fracture"], "box"))),
    small,
  );
  const seen = new Set<string>();
  for (const [i, key] of keys.entries()) {
    const own = Object.entries(named).find(([name]) => name === key)?.[1];
    const expected = drawn[i].interval;
    assert.ok(own != null && expected !== null, key);
    for (const end of [0, 1])
      assert.ok(Math.abs(own[end] - expected[end]) < 1e-9, `${key}: ${own} ${expected}`);
    seen.add(own.join());
  }
  assert.ok(seen.size >= 12, `${seen.size} different intervals of ${keys.length}`);
});

test("AREA_RANGES: pycocotools', with what has no area among the small", () => {
  assert.deepEqual(AREA_RANGES, {
    all: [0, 10_000_000_000],
    small: [0, 1024],
    medium: [1024, 9216],
    large: [9216, 10_000_000_000],
  });
});
