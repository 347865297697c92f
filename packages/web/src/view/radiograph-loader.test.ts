/** The worker here is the test itself: it sees what is asked and answers when it likes. */
import assert from "node:assert/strict";
import test from "node:test";
import type { LoadedRadiograph } from "../render/load-radiograph.ts";
import { makeLevels } from "../render/pixel-levels.ts";
import type { FromWorker, ToWorker } from "../render/radiograph-worker.ts";
import { histogramOf } from "./histogram.ts";
import { createRadiographLoader, type LoadingWorker } from "./radiograph-loader.ts";

const size = { width: 2, height: 2 };
const [a, b, c] = ["a", "b", "c"].map((url) => ({ url, ...size }));

function loaded(shift: number): LoadedRadiograph {
  const pixels = new Uint16Array(4);
  const window = { low: 0, high: 1 };
  const levels = makeLevels(2, 2, shift, { ...size, levels: pixels, top: 1, window });
  return { levels, histogram: histogramOf(pixels), low: 0, high: 1 };
}

function begin() {
  const asked: ToWorker[] = [];
  let tell: (event: { readonly data: FromWorker }) => void = () => {};
  const worker: LoadingWorker = {
    postMessage: (message) => void asked.push(message),
    addEventListener: (_, listener) => {
      tell = listener;
    },
  };
  const loader = createRadiographLoader(worker);
  return {
    loader,
    /** What was asked since the last look, as `a/half` or `cancel 3`. */
    look: () =>
      asked.splice(0).map((one) => (one.kind === "load" ? one.request.url : `cancel ${one.id}`)),
    answer: (data: FromWorker) => tell({ data }),
  };
}

test("loader: halves of what is shown first, then full sizes, then the next case", () => {
  const { loader, look, answer } = begin();
  loader.want([a, b], [c]);
  assert.deepEqual(look(), ["a/half", "b/half", "a/full"]);
  answer({ kind: "loaded", id: 1, radiograph: loaded(1) });
  assert.equal(loader.stateOf("a").radiograph?.levels.levels[0].shift, 1);
  assert.deepEqual(look(), ["b/full"]);
  answer({ kind: "loaded", id: 2, radiograph: loaded(1) });
  assert.deepEqual(look(), ["c/full"]);
});

test("loader: a preview that comes late does not replace the full size", () => {
  const { loader, answer } = begin();
  loader.want([a], []);
  answer({ kind: "loaded", id: 2, radiograph: loaded(0) });
  answer({ kind: "loaded", id: 1, radiograph: loaded(1) });
  assert.equal(loader.stateOf("a").radiograph?.levels.levels[0].shift, 0);
});

test("loader: what is no longer wanted is given up, what was ready stays", () => {
  const { loader, look, answer } = begin();
  loader.want([a], [b]);
  assert.deepEqual(look(), ["a/half", "a/full", "b/full"]);
  answer({ kind: "loaded", id: 3, radiograph: loaded(0) });
  loader.want([b], [c]);
  assert.deepEqual(look(), ["cancel 1", "cancel 2", "c/full"]);
  assert.ok(loader.stateOf("b").radiograph !== null);
  assert.equal(loader.stateOf("a").radiograph, null);
});

test("loader: a failure names its status, is tried again when asked, and a lost answer harms nobody", () => {
  const { loader, look, answer } = begin();
  loader.want([a], []);
  look();
  answer({ kind: "progress", id: 2, done: 3, total: 9 });
  assert.deepEqual(loader.stateOf("a").progress, { done: 3, total: 9 });
  answer({ kind: "failed", id: 1, status: 404, reason: "half" });
  assert.equal(loader.stateOf("a").failure, null);
  answer({ kind: "failed", id: 2, status: 404, reason: "gone" });
  assert.deepEqual(loader.stateOf("a").failure, { status: 404, reason: "gone" });
  loader.retry("a");
  assert.deepEqual([look(), loader.stateOf("a").failure], [["a/full"], null]);
  answer({ kind: "failed", id: 99, status: 0, reason: "of a job that was cancelled" });
  assert.equal(loader.stateOf("a").failure, null);
});
