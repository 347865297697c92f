import assert from "node:assert/strict";
import { test } from "node:test";
import { philox4x32 } from "@malleolus/random";
import { weightedResamples } from "./bootstrap.ts";
import { effectiveWilson } from "./effective-wilson.ts";
import { standings } from "./found.ts";
import { foundAt, frocOf, type MarkedImage } from "./froc.ts";

const options = { seed: 2, resamples: 400 };
const hit = (score: number) => ({ score, is: "hit" }) as const;
const falsePositive = (score: number) => ({ score, is: "false positive" }) as const;
const image = (group: string, objects: number, ...marks: MarkedImage["marks"][number][]) => ({
  group,
  objects,
  marks,
});

test("standings: the best finding takes what it overlaps most, a further one is a repeat", () => {
  const objects = [
    [0, 0, 10, 10],
    [0, 4, 10, 14],
  ] as const;
  const findings = [
    { score: 0.9, box: [0, 3, 10, 13] },
    { score: 0.8, box: [0, 3, 10, 13] },
    { score: 0.7, box: [0, 3, 10, 13] },
    { score: 0.6, box: [30, 30, 40, 40] },
    { score: 0.5, box: [50, 50, 60, 60] },
  ] as const;
  assert.deepEqual(standings(findings, objects, [[45, 45, 90, 90]], 0.3), [
    { is: "hit", object: 1 },
    { is: "hit", object: 0 },
    { is: "repeat" },
    { is: "false positive" },
    { is: "in a crowd" },
  ]);
});

test("standings: of two objects that it overlaps alike a finding takes the first", () => {
  const two = [
    [0, 0, 10, 4],
    [0, 6, 10, 10],
  ] as const;
  const between = { score: 0.9, box: [0, 0, 10, 10] } as const;
  assert.deepEqual(standings([between, { ...between, score: 0.8 }], two, [], 0.3), [
    { is: "hit", object: 0 },
    { is: "hit", object: 1 },
  ]);
});

test("standings: an overlap of exactly the least is enough", () => {
  const half = [{ score: 1, box: [0, 0, 10, 5] }] as const;
  assert.equal(standings(half, [[0, 0, 10, 10]], [], 0.5)[0].is, "hit");
  assert.equal(standings(half, [[0, 0, 10, 10]], [], 0.51)[0].is, "false positive");
});

test("standings: in a crowd is what lies in it by half or more", () => {
  const crowd = [0, 0, 20, 10] as const;
  const cases = [
    [[15, 0, 25, 10], "in a crowd"],
    [[16, 0, 26, 10], "false positive"],
    [[19, 0, 29, 10], "false positive"],
  ] as const;
  for (const [box, is] of cases) {
    assert.deepEqual(standings([{ score: 0.9, box }], [], [crowd], 0.3), [{ is }], `${box}`);
  }
});

const four = [
  image("a", 2, hit(0.9), falsePositive(0.8), hit(0.3)),
  image("a", 1, hit(0.7), { score: 0.95, is: "repeat" }),
  image("b", 0, falsePositive(0.6), falsePositive(0.5)),
  image("c", 1, falsePositive(0.5), hit(0.5)),
];

test("frocOf: as far down as the false positives allow, those of one score together", () => {
  const points = frocOf(four, [0, 0.25, 0.5, 0.75, 1, 2], options);
  assert.deepEqual(
    points.map(({ sensitivity, score, falsePositivesPerImage, isAll }) => [
      sensitivity.count,
      score,
      falsePositivesPerImage,
      isAll,
    ]),
    [
      [1, 0.9, 0, false],
      [2, 0.7, 0.25, false],
      [2, 0.6, 0.5, false],
      // Three findings score 0.5, two of them false: all or none.
      [2, 0.6, 0.5, false],
      [4, 0.3, 1, true],
      [4, 0.3, 1, true],
    ],
  );
  assert.deepEqual([points[0].sensitivity.total, points[0].allowed], [4, 0]);
});

test("frocOf: without a score that keeps to them nothing is found", () => {
  const [point] = frocOf([image("a", 1, falsePositive(0.9), hit(0.8))], [0.5], options);
  assert.deepEqual(
    [point.sensitivity.count, point.score, point.falsePositivesPerImage],
    [0, null, 0],
  );
  const [empty] = frocOf([], [0.5], options);
  assert.equal(empty.sensitivity.share, null);
});

test("foundAt: objects found and false positives an image, at one score", () => {
  const { sensitivity, falsePositivesPerImage } = foundAt(four, 0.5, options);
  assert.deepEqual([sensitivity.count, sensitivity.total], [3, 4]);
  assert.equal(falsePositivesPerImage.value, 1);
  const [low, high] = falsePositivesPerImage.interval ?? [];
  assert.ok(low !== undefined && high !== undefined && 0 <= low && low < 1 && high > 1);
  assert.equal(foundAt([], 0.5, options).falsePositivesPerImage.value, null);
});

test("frocOf: finding everything is no certainty, and repeated images make it none the more", () => {
  const some = (views: number) =>
    Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: views }, () => image(`${i}`, 1, hit(0.9))),
    ).flat();
  const interval = (views: number) => frocOf(some(views), [0.5], options)[0].sensitivity.interval;
  assert.equal(interval(1)?.[1], 1);
  assert.ok((interval(1)?.[0] ?? 1) < 0.78);
  assert.deepEqual(interval(3), interval(1));
});

test("frocOf: where all findings are shown, the interval is Wilson's with the spread of the resamples", () => {
  const found = [2, 1, 1, 0, 2, 1, 2, 2];
  const images = found.map((hits, i) =>
    image(`${i}`, 2, ...Array.from({ length: hits }, () => hit(0.9))),
  );
  const [{ sensitivity, isAll }] = frocOf(images, [1], options);
  assert.ok(isAll);
  assert.deepEqual([sensitivity.count, sensitivity.total], [11, 16]);
  const { resampled } = weightedResamples(
    found.length,
    (weights) => [found.reduce((sum, hits, i) => sum + hits * weights[i], 0) / 16],
    options,
  );
  const [shares] = resampled;
  const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const variance = shares.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (shares.length - 1);
  const expected = effectiveWilson(11 / 16, {
    variance,
    degreesOfFreedom: found.length - 1,
    most: 16,
    least: found.length,
  });
  for (const [i, end] of expected.entries()) {
    assert.ok(Math.abs((sensitivity.interval?.[i] ?? 9) - end) < 1e-12, `${sensitivity.interval}`);
  }
});

test("frocOf: the interval covers, the choice of the score in it", () => {
  // Each image has an object, found with a score that is uniform above 0.3 in eight of ten, and an
  // false positive with a score that is uniform: one in ten images allowed is a score of 0.9.
  const truth = (0.8 * 0.1) / 0.7;
  const runs = 300;
  let covered = 0;
  for (let run = 0; run < runs; run++) {
    const images = Array.from({ length: 80 }, (_, i) => {
      const [found, right, wrong] = philox4x32([i, run, 0, 0], [9, 0]).map((n) => n / 2 ** 32);
      const marks =
        found < 0.8 ? [hit(0.3 + 0.7 * right), falsePositive(wrong)] : [falsePositive(wrong)];
      return image(`${i}`, 1, ...marks);
    });
    const [{ sensitivity }] = frocOf(images, [0.1], { seed: run, resamples: 200 });
    const [low, high] = sensitivity.interval ?? [1, 0];
    if (low <= truth && truth <= high) covered++;
  }
  assert.ok(covered / runs > 0.92, `covers in ${covered} of ${runs}`);
});
