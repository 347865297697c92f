import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dropout,
  libtorchVersion,
  manualSeed,
  rand,
  randn,
  setThreads,
  threads,
  zeros,
} from "./index.ts";
import { assertTorchError, tensorTest } from "./test-tensors.ts";

test("libtorchVersion: which LibTorch this suite runs on", (context) => {
  assert.match(libtorchVersion(), /^\d+\.\d+\.\d+/);
  context.diagnostic(`LibTorch ${libtorchVersion()}, ${threads()} threads`);
});

test("setThreads: sets how many threads an operator uses", () => {
  const before = threads();
  assert(before >= 1);
  setThreads(1);
  assert.equal(threads(), 1);
  for (const count of [0, -1, 1025, 1.5, Number.NaN]) {
    assertTorchError(() => setThreads(count), "argument");
  }
  assert.equal(threads(), 1);
  setThreads(before);
});

tensorTest("manualSeed: the same seed gives the same numbers, another seed others", () => {
  const draw = (seed: number) => {
    manualSeed(seed);
    return [
      ...rand([3]).toNumbers(),
      ...randn([3]).toNumbers(),
      ...zeros([3]).normal_().toNumbers(),
      ...zeros([3]).uniform_({ from: -1, to: 1 }).toNumbers(),
      ...dropout(zeros([20]).add(1), 0.5, true).toNumbers(),
    ];
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  assertTorchError(() => manualSeed(0.5), "argument", /integer/);
});
