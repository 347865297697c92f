import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { normalQuantile } from "../normal.ts";
import * as beta from "./beta.ts";
import * as gamma from "./gamma.ts";

const golden: Record<string, number[][]> = JSON.parse(
  readFileSync(new URL("../golden/distributions.json", import.meta.url), "utf8"),
);

const ours: Readonly<Record<string, (...given: number[]) => number>> = {
  logGamma: gamma.logGamma,
  normalQuantile,
  chiSquareTail: gamma.chiSquareTail,
  chiSquareQuantile: gamma.chiSquareQuantile,
  studentTails: beta.studentTails,
  studentWithin: beta.studentWithin,
  fTail: beta.fTail,
  fQuantile: beta.fQuantile,
  nonCentralFTail: beta.nonCentralFTail,
  binomialAtMost: beta.binomialAtMost,
  binomialExactly: beta.binomialExactly,
};

for (const [name, rows] of Object.entries(golden)) {
  test(`${name}: SciPy's values`, () => {
    for (const row of rows) {
      const given = row.slice(0, -1);
      const expected = row[row.length - 1];
      const actual = ours[name](...given);
      const away = Math.abs(actual - expected);
      // Quantiles beyond 10^5, of t and F with one degree of freedom, are known to fewer digits.
      const isNear = away <= 1e-11 + 2e-9 * Math.abs(expected);
      assert.ok(isNear, `${name}(${given.join(", ")}): expected ${expected}, got ${actual}`);
    }
  });
}

test("distributions: at the ends of what they are defined for", () => {
  assert.equal(gamma.chiSquareTail(0, 3), 1);
  assert.equal(beta.fTail(0, 2, 3), 1);
  assert.equal(beta.nonCentralFTail(0, 2, 3, 1), 1);
  assert.equal(beta.betaShare(0, 2, 3), 0);
  assert.equal(beta.betaShare(1, 2, 3), 1);
  assert.equal(beta.binomialAtMost(-1, 3, 0.5), 0);
  assert.equal(beta.binomialAtMost(3, 3, 0.5), 1);
  assert.equal(beta.binomialExactly(4, 3, 0.5), 0);
  assert.equal(beta.binomialExactly(-1, 3, 0.5), 0);
  assert.deepEqual(
    [0, 1].map((share) => beta.binomialExactly(0, 3, share)),
    [1, 0],
  );
});
