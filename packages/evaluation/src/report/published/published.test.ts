import assert from "node:assert/strict";
import { test } from "node:test";
import { PUBLISHED, PUBLISHED_CLASSES, type PublishedSet } from "./published.ts";
import {
  hanleyMcNeilInterval,
  publishedAccuracy,
  publishedConfusion,
  publishedMeasures,
} from "./published-intervals.ts";

const WITH_COUNTS = ["internal easy", "internal difficult"] as const;

test("the paper's counts give its own accuracy and sensitivities, and 25 patients a class", () => {
  for (const set of WITH_COUNTS) {
    const { accuracy, patients, sensitivity } = PUBLISHED[set];
    const right = publishedAccuracy(set);
    assert.deepEqual([right.count, right.total], [accuracy, patients]);
    for (const name of PUBLISHED_CLASSES) {
      const own = publishedMeasures(set, name).sensitivity;
      assert.ok(typeof own === "object" && own !== null);
      assert.equal(own.total, 25);
      assert.equal(Math.round(100 * (own.share ?? 0)), sensitivity[name], `${set}, ${name}`);
    }
  }
});

test("the paper's specificities follow from its counts but for the one that is named", () => {
  const differing = WITH_COUNTS.flatMap((set) =>
    PUBLISHED_CLASSES.filter((name) => {
      const own = publishedMeasures(set, name).specificity;
      assert.ok(typeof own === "object" && own !== null);
      return Math.round(100 * (own.share ?? 0)) !== PUBLISHED[set].specificity[name];
    }).map((name) => `${set}, ${name}`),
  );
  assert.deepEqual(differing, ["internal difficult, weber_b"]);
});

test("publishedAccuracy: Wilson's intervals of both internal tests and an external one", () => {
  const ends = (set: PublishedSet) =>
    publishedAccuracy(set).interval?.map((end) => Math.round(1000 * end) / 10);
  assert.deepEqual(ends("internal easy"), [81.4, 93.7]);
  assert.deepEqual(ends("internal difficult"), [76.7, 90.7]);
  assert.equal(publishedAccuracy("external easy").count, 150);
});

test("publishedMeasures: a percent without its patients stays a percent, and has no interval", () => {
  assert.equal(publishedConfusion("external easy"), null);
  assert.deepEqual(publishedMeasures("external easy", "weber_c"), {
    sensitivity: 71,
    specificity: null,
    auc: { value: null, interval: null },
  });
});

test("hanleyMcNeilInterval: an example by hand, narrower with more patients, none at the ends", () => {
  // A = 0.8, 3 positives, 2 negatives: Q1 = 2/3, Q2 = 32/45, so the variance is
  // (0.16 + 2 * (2/3 - 0.64) + (32/45 - 0.64)) / 6 = (0.16 + 0.05333 + 0.07111) / 6 = 0.0474074.
  const reach = (1.959963984540054 * Math.sqrt(0.0474074074)) / 0.16;
  const [low, high] = hanleyMcNeilInterval(0.8, 3, 2) ?? [0, 0];
  assert.ok(Math.abs(Math.log(low / (1 - low)) - (Math.log(4) - reach)) < 1e-6);
  assert.ok(Math.abs(Math.log(high / (1 - high)) - (Math.log(4) + reach)) < 1e-6);
  const width = (n: number) => {
    const [from, to] = hanleyMcNeilInterval(0.9, n, n) ?? [0, 0];
    return to - from;
  };
  assert.ok(width(100) < width(25));
  assert.equal(hanleyMcNeilInterval(1, 25, 75), null);
  assert.equal(hanleyMcNeilInterval(0, 25, 75), null);
});

test("the paper's least and greatest areas are those of its classes, and external ones as its text has them", () => {
  for (const set of WITH_COUNTS) {
    const areas = Object.values(PUBLISHED[set].auc).map((area) => area ?? Number.NaN);
    assert.deepEqual(PUBLISHED[set].aucRange, [Math.min(...areas), Math.max(...areas)], set);
  }
  const outside = (set: PublishedSet) => {
    const { patients, accuracy, aucRange, sensitivity } = PUBLISHED[set];
    return [patients, accuracy, ...aucRange, ...Object.values(sensitivity)];
  };
  assert.deepEqual(outside("external easy"), [167, 90, 0.83, 0.95, 64, 92, 71, 99]);
  assert.deepEqual(outside("external difficult"), [167, 89, 0.84, 0.92, null, null, null, null]);
});
