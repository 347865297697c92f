import assert from "node:assert/strict";
import test from "node:test";
import { backward, liveTensors, scope, tensor, zeros } from "@malleolus/torch";
import { labelTensor, segmentationLosses } from "./segmentation-loss.ts";
import { IGNORED } from "./structures.ts";

const softmax = (logits: readonly number[]) => {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

/** Five pixels of two structures and background, one of them not labelled. */
const pixels = [
  [2, 0, -1],
  [0.5, 1, 0],
  [-1, 3, 0.25],
  [0, 0, 2],
  [9, -9, 0],
];
const labels = [0, 0, 2, 2, IGNORED];
const logits = () => tensor([0, 1, 2].map((k) => [pixels.map((pixel) => pixel[k])])).unsqueeze(0);
const truth = () =>
  tensor([[labels]])
    .reshape([1, 1, 5])
    .to("int64");

test("segmentationLosses: cross-entropy and Dice by hand, with a structure that is not there", () => {
  const before = liveTensors();
  scope(() => {
    const config = { classWeights: [2, 5, 0.5], diceWeight: 3 };
    const got = segmentationLosses(logits(), truth(), 4, config);
    const all = pixels.map(softmax);
    const entropy = labels
      .slice(0, 4)
      .reduce((sum, label, i) => sum - config.classWeights[label] * Math.log(all[i][label]), 0);
    // Of the first structure alone: the second is nowhere.
    const own = all.slice(0, 4).reduce((sum, p) => sum + p[0], 0);
    const dice = (2 * (all[0][0] + all[1][0])) / (own + 2);
    assert.ok(Math.abs(got.crossEntropy.item() - entropy / 4) < 1e-6);
    assert.ok(Math.abs(got.dice.item() - 3 * (1 - dice)) < 1e-6);
  });
  assert.equal(liveTensors(), before);
});

test("segmentationLosses: an unlabelled pixel has no gradient, and without structures Dice costs nothing", () => {
  scope(() => {
    const config = { classWeights: [1, 1, 1], diceWeight: 1 };
    const given = logits().requiresGrad_();
    const losses = segmentationLosses(given, truth(), 4, config);
    backward([losses.crossEntropy, losses.dice]);
    const gradient = given.grad?.abs().sum({ dim: 1 }).toNumbers() ?? [];
    assert.deepEqual(
      gradient.map((value) => value > 0),
      [true, true, true, true, false],
    );
    const background = zeros([1, 1, 5]).add(2).to("int64");
    const empty = segmentationLosses(logits().requiresGrad_(), background, 5, config);
    assert.equal(empty.dice.item(), 0);
    backward(empty.dice);
    const nothing = zeros([1, 1, 5]).add(IGNORED).to("int64");
    assert.equal(segmentationLosses(logits(), nothing, 0, config).crossEntropy.item(), 0);
  });
});

test("labelTensor: maps stand at the top left of their slot, and padding is not learned from", () => {
  const before = liveTensors();
  scope(() => {
    const images = {
      tensor: zeros([2, 3, 2, 3]),
      sizes: [
        [2, 2],
        [2, 3],
      ] as const,
    };
    const maps = [
      { width: 2, height: 2, data: Uint8Array.of(1, 2, 0, 1) },
      { width: 3, height: 2, data: Uint8Array.of(0, 1, 2, IGNORED, 0, 1) },
    ];
    const { labels: got, labeled } = labelTensor(maps, images, 2);
    assert.equal(got.dtype, "int64");
    const I = IGNORED;
    assert.deepEqual(got.toNumbers(), [1, 2, I, 0, 1, I, 0, 1, 2, I, 0, 1]);
    assert.equal(labeled, 9);

    const refuse = (given: typeof maps, message: RegExp) =>
      assert.throws(() => labelTensor(given, images, 2), { code: "input", message });
    refuse(maps.toReversed(), /expected labels of 2 x 2 for image 0, got 3 x 2; paint them/);
    refuse(maps.slice(1), /got 3 x 2/);
    refuse(maps.slice(0, 1), /expected labels of 3 x 2 for image 1, got none/);
    refuse([maps[0], { ...maps[1], data: new Uint8Array(5) }], /image 1, got 3 x 2/);
    refuse(
      [{ ...maps[0], data: Uint8Array.of(1, 3, 0, 0) }, maps[1]],
      /up to 2 or 255 in image 0, got 3/,
    );
  });
  assert.equal(liveTensors(), before);
});
