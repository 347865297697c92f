import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Mask } from "@malleolus/geometry";
import { philox4x32 } from "@malleolus/random";
import { distancesTo, type PixelSpacing } from "./distance-transform.ts";
import { maskAgreement } from "./mask-agreement.ts";
import { skeletonOf } from "./skeleton.ts";

interface Golden {
  skeletons: { mask: string[]; skeleton: string[] }[];
  distances: { mask: string[]; spacing: [number, number]; distances: number[] }[];
  compared: {
    first: string[];
    second: string[];
    spacing: [number, number];
    tolerance: number;
    band: number;
    iou: number;
    dice: number;
    centerLineDice: number;
    normalizedSurfaceDistance: number;
    boundaryIou: number | null;
    surfaceDistance95: number;
    meanSurfaceDistance: number;
  }[];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/mask-agreement.json", import.meta.url), "utf8"),
);

/** Of rows in which `1` or `#` is set. */
function maskOf(rows: readonly string[]): Mask {
  const data = Uint8Array.from(rows.join(""), (one) => (one === "1" || one === "#" ? 1 : 0));
  return { width: rows[0].length, height: rows.length, data };
}

function rowsOf({ width, data }: Mask): string[] {
  return [...data].join("").match(new RegExp(`.{${width}}`, "g")) ?? [];
}

const near = (actual: number | null, expected: number, what: string) =>
  assert.ok(
    actual !== null && Math.abs(actual - expected) < 1e-9,
    `${what}: ${actual}, ${expected}`,
  );

const pixels = { spacing: [1, 1] as PixelSpacing, tolerance: 1, band: 1 };

for (const [i, { mask, skeleton }] of golden.skeletons.entries()) {
  test(`skeletonOf: the lines of scikit-image, shape ${i}`, () => {
    assert.deepEqual(rowsOf(skeletonOf(maskOf(mask))), skeleton);
  });
}

for (const { mask, spacing, distances } of golden.distances) {
  test(`distancesTo: SciPy's exact distances, ${spacing.join(" by ")}`, () => {
    for (const [i, distance] of distancesTo(maskOf(mask), spacing).entries()) {
      near(distance, distances[i], `pixel ${i}`);
    }
  });
}

for (const [i, expected] of golden.compared.entries()) {
  test(`maskAgreement: the figures of MetricsReloaded, case ${i}`, () => {
    const { spacing, tolerance, band } = expected;
    const [first, second] = [maskOf(expected.first), maskOf(expected.second)];
    const ours = maskAgreement(first, second, { spacing, tolerance, band });
    near(ours.iou, expected.iou, "iou");
    near(ours.dice, expected.dice, "dice");
    near(ours.centerLineDice, expected.centerLineDice, "centre lines");
    near(ours.normalizedSurfaceDistance, expected.normalizedSurfaceDistance, "surfaces");
    if (expected.boundaryIou !== null) near(ours.boundaryIou, expected.boundaryIou, "boundary");
    near(ours.surfaceDistance95, expected.surfaceDistance95, "95 %");
    near(ours.meanSurfaceDistance, expected.meanSurfaceDistance, "mean distance");
    assert.deepEqual(maskAgreement(second, first, { spacing, tolerance, band }), ours);
  });
}

test("distancesTo: as far as looking at every pixel says, whatever is set", () => {
  for (let run = 0; run < 30; run++) {
    const [width, height] = [3 + (run % 9), 2 + (run % 7)];
    const data = Uint8Array.from({ length: width * height }, (_, i) =>
      philox4x32([i, run, 0, 0], [1, 1])[0] % (2 + (run % 11)) === 0 ? 1 : 0,
    );
    const spacing: PixelSpacing = [0.5 + (run % 3), 1 + (run % 2)];
    const ours = distancesTo({ width, height, data }, spacing);
    for (const [i, distance] of ours.entries()) {
      let nearest = Number.POSITIVE_INFINITY;
      for (const [j, set] of data.entries()) {
        if (set === 0) continue;
        const rows = (Math.floor(i / width) - Math.floor(j / width)) * spacing[0];
        const columns = ((i % width) - (j % width)) * spacing[1];
        nearest = Math.min(nearest, Math.hypot(rows, columns));
      }
      const isSame = distance === nearest || Math.abs(distance - nearest) < 1e-9;
      assert.ok(isSame, `run ${run}, pixel ${i}: ${distance}, ${nearest}`);
    }
  }
});

test("skeletonOf: what is one pixel wide stays, and nothing vanishes", () => {
  const line = maskOf([".......", ".#####.", "......."]);
  assert.deepEqual(skeletonOf(line).data, line.data);
  const shapes = [
    ["##", "##"],
    ["#"],
    ["###", "###", "###"],
    ["####", "####"],
    ["#.#", ".#.", "#.#"],
  ];
  for (const shape of shapes) {
    const thin = skeletonOf(maskOf(shape));
    assert.ok(thin.data.includes(1), shape.join(" "));
  }
  assert.ok(!skeletonOf(maskOf(["...", "..."])).data.includes(1));
});

test("skeletonOf: of every part something is left, and nothing is added", () => {
  for (let run = 0; run < 300; run++) {
    const [width, height] = [2 + (run % 9), 2 + (run % 7)];
    const data = Uint8Array.from({ length: width * height }, (_, i) =>
      philox4x32([i, run, 1, 0], [2, 2])[0] % 10 < 6 ? 1 : 0,
    );
    const mask = { width, height, data };
    const thin = skeletonOf(mask);
    const parts = partsOf(mask);
    assert.equal(partsOf(thin).length, parts.length, rowsOf(mask).join("\n"));
    for (const part of parts) assert.ok(part.some((place) => thin.data[place] === 1));
    assert.ok(thin.data.every((set, i) => set <= data[i]));
  }
});

/** Places that hang together by sides or corners. */
function partsOf({ width, height, data }: Mask): number[][] {
  const seen = new Set<number>();
  return [...data.keys()].flatMap((start) => {
    if (data[start] === 0 || seen.has(start)) return [];
    const part = [start];
    seen.add(start);
    for (const place of part) {
      const [x, y] = [place % width, Math.floor(place / width)];
      for (const [dx, dy] of [-1, 0, 1].flatMap((a) => [-1, 0, 1].map((b) => [a, b]))) {
        const next = (y + dy) * width + x + dx;
        const isInside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
        if (!isInside || data[next] === 0 || seen.has(next)) continue;
        seen.add(next);
        part.push(next);
      }
    }
    return [part];
  });
}

test("maskAgreement: a square and the same moved by one, by hand", () => {
  const first = maskOf(["####...", "####...", "####...", "####..."]);
  const second = maskOf([".####..", ".####..", ".####..", ".####.."]);
  const {
    iou,
    dice,
    normalizedSurfaceDistance,
    surfaceDistance95,
    meanSurfaceDistance,
    boundaryIou,
  } = maskAgreement(first, second, pixels);
  near(iou, 12 / 20, "iou");
  near(dice, 24 / 32, "dice");
  // Twelve pixels of border each; the columns at the far ends lie a pixel away, and two each inside.
  assert.equal(normalizedSurfaceDistance, 1);
  assert.equal(surfaceDistance95, 1);
  near(meanSurfaceDistance, 12 / 24, "mean distance");
  near(boundaryIou, 6 / 18, "boundary");
  const strict = maskAgreement(first, second, { ...pixels, tolerance: 0 });
  near(strict.normalizedSurfaceDistance, 12 / 24, "surfaces at 0");
  const inMm = maskAgreement(first, second, { spacing: [0.2, 0.2], tolerance: 0.1, band: 0.2 });
  near(inMm.surfaceDistance95, 0.2, "95 % in millimetres");
  near(inMm.normalizedSurfaceDistance, 12 / 24, "surfaces in millimetres");
});

test("maskAgreement: a line that lies beside another has no overlap and near borders", () => {
  const first = maskOf([".....", "#####", ".....", "....."]);
  const second = maskOf([".....", ".....", "#####", "....."]);
  const beside = maskAgreement(first, second, pixels);
  assert.deepEqual(
    [beside.iou, beside.dice, beside.centerLineDice, beside.normalizedSurfaceDistance],
    [0, 0, 0, 1],
  );
  const same = maskAgreement(first, first, pixels);
  assert.deepEqual([same.iou, same.centerLineDice, same.boundaryIou], [1, 1, 1]);
  assert.deepEqual([same.surfaceDistance95, same.meanSurfaceDistance], [0, 0]);
});

test("maskAgreement: empty against empty agrees, against anything else it does not", () => {
  const empty = maskOf(["...", "..."]);
  const full = maskOf(["###", "###"]);
  assert.deepEqual(maskAgreement(empty, empty, pixels), {
    iou: 1,
    dice: 1,
    centerLineDice: 1,
    normalizedSurfaceDistance: 1,
    boundaryIou: 1,
    surfaceDistance95: 0,
    meanSurfaceDistance: 0,
  });
  for (const [one, other] of [
    [empty, full],
    [full, empty],
  ]) {
    const { surfaceDistance95, meanSurfaceDistance, ...shares } = maskAgreement(one, other, pixels);
    assert.deepEqual([surfaceDistance95, meanSurfaceDistance], [null, null]);
    assert.deepEqual(Object.values(shares), [0, 0, 0, 0, 0]);
  }
});

test("maskAgreement: what lies around both masks changes nothing", () => {
  const rows = ["##..", ".##.", "..##"];
  const other = [".##.", ".##.", "####"];
  const around = (some: string[]) => [
    ".........",
    ...some.map((row) => `..${row}...`),
    ".........",
    ".........",
  ];
  assert.deepEqual(
    maskAgreement(maskOf(around(rows)), maskOf(around(other)), pixels),
    maskAgreement(maskOf(rows), maskOf(other), pixels),
  );
});

test("maskAgreement: masks of unlike size, and distances that are none, are refused", () => {
  const mask = maskOf(["##", "##"]);
  const cases: [Mask, Partial<typeof pixels>, RegExp][] = [
    [maskOf(["###", "###"]), {}, /got 2 x 2 and 3 x 2/],
    [maskOf(["##", "##", "##"]), {}, /got 2 x 2 and 2 x 3/],
    [mask, { spacing: [0, 1] }, /spacing above 0, got 0 and 1/],
    [mask, { spacing: [1, Number.POSITIVE_INFINITY] }, /got 1 and Infinity/],
    [mask, { tolerance: -1 }, /tolerance from 0 on, got -1/],
    [mask, { band: 0 }, /band above 0, got 0/],
  ];
  for (const [other, changed, message] of cases) {
    assert.throws(() => maskAgreement(mask, other, { ...pixels, ...changed }), message);
  }
});
