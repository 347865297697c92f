import assert from "node:assert/strict";
import test from "node:test";
import type { NetworkImage } from "@malleolus/imaging";
import { type ClassificationConfig, classifierConfig } from "@malleolus/schema";
import { backward, liveTensors, manualSeed, nn, optim, scope } from "@malleolus/torch";
import { batchImages } from "../input/image-batch.ts";
import { randomFrom } from "../test-heads.ts";
import { imageClassifier } from "./classifier.ts";

function scratchConfig(): ClassificationConfig {
  const config = classifierConfig(["A", "B", "C", "none"]);
  return { ...config, backbone: { ...config.backbone, norm: "group" } };
}

/** A bright bar, with a dark band at a third, at two thirds, at both or at neither of its height. */
function bar(kind: number, shift: number): NetworkImage {
  const side = 64;
  const bands = [[20], [40], [20, 40], []][kind];
  const pixels = Float32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    const isInside = x >= 20 + shift && x < 40 + shift && y >= 6 && y < 58;
    const isBroken = bands.some((from) => y >= from && y < from + 6);
    return (isInside && !isBroken ? 200 : 30) + ((i * 37) % 11);
  });
  return { width: side, height: side, pixels };
}

test("imageClassifier: a few images are learned by heart", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(1);
    const model = imageClassifier(scratchConfig());
    const kinds = [0, 1, 2, 3];
    const batch = batchImages(kinds.map((kind, i) => bar(kind, 4 * i - 8)));
    const adam = optim.adam(nn.parameters(model), { learningRate: 1e-3 });
    for (let step = 0; step < 40; step++) {
      scope(() => {
        backward(model.losses(batch, kinds, randomFrom(step)).class);
        adam.step();
        adam.zeroGrad();
      });
    }
    adam.free();
    model.classify(batch).forEach((probabilities, i) => {
      assert.equal(probabilities.length, 4);
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
      assert.ok(probabilities[kinds[i]] > 0.9, `${i}: ${probabilities}`);
    });
  });
  assert.equal(liveTensors(), before);
});

/** Looks where a segmentation of its own finds something: here one that knows nothing. */
function whereFoundConfig(): ClassificationConfig {
  const structures = [{ name: "bar", within: null }];
  const aspp = { channels: 16, rates: [2], separable: true };
  const decoder = { lowChannels: 8, channels: 16, convolutions: 1 };
  return {
    ...scratchConfig(),
    dropout: 0,
    pooling: { kind: "structures", structures, aspp, decoder },
  };
}

test("imageClassifier: one that looks where structures are found learns, and keeps its segmentation", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(1);
    const model = imageClassifier(whereFoundConfig());
    const segmentation = model.whereFound?.segmentation;
    assert.ok(segmentation !== undefined);
    // It finds something somewhere: a mean over all of a normalised map says nothing.
    nn.normal(segmentation.predictor.weight, 3);
    const values = () =>
      [...nn.stateDict(segmentation).values()].map((one) => one.toFloat32Array());
    const was = values();
    const plain = { ...bar(0, 0), pixels: new Float32Array(64 * 64).fill(90) };
    const batch = batchImages([bar(2, 0), plain]);
    model.whereFound?.measureStandard([batch]);
    const kinds = [2, 3];
    const adam = optim.adam(nn.parameters(model), { learningRate: 1e-2 });
    const losses = Array.from({ length: 60 }, (_, step) =>
      scope(() => {
        const { class: loss } = model.losses(batch, kinds, randomFrom(step));
        backward(loss);
        adam.step();
        adam.zeroGrad();
        return loss.item();
      }),
    );
    adam.free();
    assert.ok(losses[59] < losses[0] / 4, `${losses}`);
    assert.deepEqual(values(), was);
    assert.ok(was.length > 0);
    // In a file it stands under its own name alone.
    const names = [...nn.stateDict(model).keys()];
    assert.ok(
      names.every((name) => /^(segmentation|standard|classifier)\./.test(name)),
      `${names}`,
    );
    assert.equal(model.features.length, 18);
  });
  assert.equal(liveTensors(), before);
});

test("imageClassifier: a class weighs what it is given, in a batch of one too; dropout is the draw's", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(3);
    const config = scratchConfig();
    const model = imageClassifier(config);
    const batch = batchImages([bar(0, 0)]);
    const held = liveTensors();
    const lossOf = (config: ClassificationConfig, seed: number, own: number) =>
      scope(() => {
        // The same tensors under another configuration.
        const other = imageClassifier(config);
        nn.loadStateDict(other, nn.stateDict(model));
        return other.losses(batch, [own], randomFrom(seed)).class.item();
      });
    const one = lossOf(config, 1, 1);
    assert.ok(Math.abs(lossOf({ ...config, classWeights: [1, 7, 1, 1] }, 1, 1) - 7 * one) < 1e-4);
    assert.ok(Math.abs(lossOf({ ...config, classWeights: [7, 1, 1, 1] }, 1, 1) - one) < 1e-6);
    assert.equal(lossOf(config, 1, 1), one);
    assert.notEqual(lossOf(config, 2, 1), one);
    const without = { ...config, dropout: 0 };
    assert.equal(lossOf(without, 1, 1), lossOf(without, 2, 1));
    assert.equal(liveTensors(), held);
    const loss = model.losses(batch, [1], randomFrom(1)).class;
    assert.equal(liveTensors() - held, 1, "only the graph holds what gradients need");
    loss.free();
  });
  assert.equal(liveTensors(), before);
});

test("imageClassifier: the average is over an image's own cells, not its batch's padding", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(3);
    const model = imageClassifier(scratchConfig());
    const wide = { width: 128, height: 64, pixels: new Float32Array(128 * 64).fill(255) };
    const { tensor, sizes } = batchImages([bar(2, 0), wide]);
    assert.deepEqual(sizes, [
      [64, 64],
      [64, 128],
    ]);
    const [own, all] = [sizes, [sizes[1], sizes[1]]].map((sizes) =>
      model.logits({ tensor, sizes }).toNumbers(),
    );
    assert.notDeepEqual(own.slice(0, 4), all.slice(0, 4));
    assert.deepEqual(own.slice(4), all.slice(4));
  });
  assert.equal(liveTensors(), before);
});

test("imageClassifier: what does not fit is refused", () => {
  const config = classifierConfig(["A", "none"]);
  const refuse = (changed: Partial<ClassificationConfig>, message: RegExp) =>
    assert.throws(() => imageClassifier({ ...config, ...changed }), { code: "config", message });
  refuse({ classes: ["A"] }, /classes: expected two or more, each once, got A; name them all/);
  refuse({ classes: ["A", "A"] }, /each once, got A, A/);
  refuse({ classWeights: [1] }, /classWeights: expected 2, one a class, got 1; name each/);
  scope(() => {
    const model = imageClassifier(config);
    const batch = batchImages([bar(0, 0)]);
    for (const classes of [[], [0, 1], [2], [-1], [0.5]]) {
      assert.throws(() => model.losses(batch, classes, randomFrom(1)), {
        code: "input",
        message: /expected 1 classes from 0 to 1, got/,
      });
    }
  });
});
