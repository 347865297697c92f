import assert from "node:assert/strict";
import test from "node:test";
import { histogramOf, percentile } from "./histogram.ts";
import { dragWindow, greyOf, presetWindow, sharesOfWindow, windowOfShares } from "./window.ts";

/** Values 1 to 1000 once each, between a black frame and what the detector could not tell apart. */
const pixels = Uint16Array.from([
  ...Array.from({ length: 500 }, () => 0),
  ...Array.from({ length: 1000 }, (_, i) => i + 1),
  ...Array.from({ length: 300 }, () => 4095),
]);
const histogram = histogramOf(pixels);

test("percentile: the frame of black and what is saturated do not count", () => {
  assert.deepEqual([histogram.min, histogram.max], [0, 4095]);
  assert.equal(percentile(histogram, 0.5), 500);
  assert.equal(percentile(histogram, 0.001), 1);
  assert.equal(percentile(histogram, 1), 1000);
});

test("percentile: of radiographs with one value or two there are still a low and a high one", () => {
  const flat = histogramOf(new Uint16Array(10).fill(7));
  assert.deepEqual([percentile(flat, 0), percentile(flat, 1)], [7, 7]);
  const two = histogramOf(Uint16Array.from([3, 90, 90]));
  assert.deepEqual([percentile(two, 0.001), percentile(two, 0.999)], [3, 90]);
  assert.ok(presetWindow(flat, "default").width > 0);
});

test("preset: the default spans the 0.1 to 99.9 percentiles, bone begins in the middle", () => {
  const { level, width } = presetWindow(histogram, "default");
  assert.deepEqual([level - width / 2, level + width / 2], [1, 999]);
  assert.equal(greyOf({ level, width, inverted: false }, 1), 0);
  assert.equal(greyOf({ level, width, inverted: false }, 999), 255);
  assert.equal(greyOf({ level, width, inverted: true }, 999), 0);
  const bone = presetWindow(histogram, "bone");
  assert.equal(bone.level - bone.width / 2, 400);
});

test("drag: 1024 pixels span the range; right is wider, down is darker, a width stays above zero", () => {
  const start = presetWindow(histogram, "default");
  assert.equal(dragWindow(start, histogram, 1024, 0).width, 2 * start.width);
  const darker = dragWindow(start, histogram, 0, 100);
  assert.ok(greyOf(darker, 500) < greyOf(start, 500));
  assert.equal(dragWindow(start, histogram, -5000, 0).width, 2);
  assert.equal(dragWindow(start, histogram, 0, 1e6).level, histogram.max);
});

test("mine: a window kept as shares is the same window on the same radiograph", () => {
  const window = { level: 450, width: 300, inverted: false };
  const again = windowOfShares(histogram, sharesOfWindow(histogram, window));
  assert.ok(Math.abs(again.level - 450) <= 1, `${again.level}`);
  assert.ok(Math.abs(again.width - 300) <= 2, `${again.width}`);
});
