import assert from "node:assert/strict";
import { test } from "node:test";
import { philox4x32 } from "@malleolus/random";
import { aucOf } from "./roc.ts";
import { meanOf, medianOf } from "./summary.ts";
import {
  clusteredValues,
  rankedScores,
  weightedArea,
  weightedMean,
  weightedMedian,
} from "./weighted-statistics.ts";

const draw = (run: number, which: number, count: number, most: number) =>
  Array.from({ length: count }, (_, i) => philox4x32([i, run, which, 0], [5, 5])[0] % most);

const near = (actual: number | null, expected: number | null, what: string) =>
  assert.ok(
    actual === expected || Math.abs((actual ?? 9e9) - (expected ?? -9e9)) < 1e-12,
    `${what}: expected ${expected}, got ${actual}`,
  );

test("weighted statistics: those of the values, each repeated as its weight says", () => {
  for (let run = 0; run < 200; run++) {
    const count = 1 + (run % 12);
    const values = draw(run, 0, count, 6);
    const clusterOf = draw(run, 1, count, 4);
    const weights = Uint32Array.from(draw(run, 2, 4, 3));
    const repeated = values.flatMap((value, i) =>
      new Array<number>(weights[clusterOf[i]]).fill(value),
    );
    const clustered = clusteredValues(values, clusterOf);
    near(weightedMean(clustered, weights), meanOf(repeated), `mean ${run}`);
    near(weightedMedian(clustered, weights), medianOf(repeated), `median ${run}`);
    const own = Uint32Array.from(draw(run, 3, count, 3));
    const positive = draw(run, 4, count, 2).map((one) => one === 1);
    const places = values.flatMap((_, i) => new Array<number>(own[i]).fill(i));
    const area = aucOf(
      places.map((i) => values[i]),
      places.map((i) => positive[i]),
    );
    near(weightedArea(rankedScores(values, positive), own), area?.auc ?? null, `area ${run}`);
  }
});

test("weighted statistics: nothing with a weight has neither mean nor median nor area", () => {
  const none = clusteredValues([1, 2], [0, 0]);
  assert.equal(weightedMean(none, Uint32Array.of(0)), null);
  assert.equal(weightedMedian(none, Uint32Array.of(0)), null);
  assert.equal(weightedArea(rankedScores([1, 2], [true, false]), Uint32Array.of(1, 0)), null);
  assert.equal(weightedArea(rankedScores([], []), Uint32Array.of()), null);
});
