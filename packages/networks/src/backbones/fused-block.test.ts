/** A MobileNetV2 block in one pass against the same layers one by one. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  autocast,
  fusesBlocks,
  invertedResidual,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  packBlock,
  randn,
  scope,
  setThreads,
  type Tensor,
  threads,
} from "@malleolus/torch";
import { fillByName } from "../test-golden.ts";
import { invertedResidual as invertedResidualBlock } from "./inverted-residual.ts";
import { mobileNetV2 } from "./mobilenet-v2.ts";
import { clearFoldedWeightsIn } from "./normed-convolution.ts";

const skip = fusesBlocks() ? false : "this processor has no AVX2";
const config = { norm: "fixed", outputStride: 16, firstExpansion: true } as const;
const BLOCKS = 18;

function most(a: Tensor, b: Tensor): number {
  return a.sub(b).abs().amax().div(b.abs().amax()).item();
}

test("fusedBlock: maps of any size are those of the layers, whatever the number of threads", {
  skip,
}, () => {
  const before = liveTensors();
  const was = threads();
  scope(() => {
    const [trained, frozen] = [0, BLOCKS].map((freezeAt) => mobileNetV2({ ...config, freezeAt }));
    for (const model of [trained, frozen]) fillByName(model);
    manualSeed(3);
    for (const [height, width] of [
      [32, 32],
      [96, 64],
      [160, 224],
    ]) {
      for (const images of [1, 2]) {
        const input = randn([images, 3, height, width]).to({ memoryFormat: "channelsLast" });
        const expected = noGrad(() => trained.forward(input));
        const [one, three] = [1, 3].map((count) => {
          setThreads(count);
          return frozen.forward(input);
        });
        for (const map of ["low", "deep"] as const) {
          assert.deepEqual(one[map].shape, expected[map].shape);
          assert.ok(one[map].isContiguous("channelsLast"));
          assert.ok(most(one[map], expected[map]) < 1e-5, `${map} of ${height} x ${width}`);
          // Which way a 3x3 convolution of LibTorch's takes may hang on the threads; the blocks do not.
          assert.ok(most(one[map], three[map]) < 1e-6, `${map} of ${height} x ${width}, threads`);
        }
      }
    }
    clearFoldedWeightsIn(frozen);
  });
  setThreads(was);
  assert.equal(liveTensors(), before);
});

test("fusedBlock: a block of any kernel, stride and border is that of the layers", { skip }, () => {
  const before = liveTensors();
  const was = threads();
  scope(() => {
    manualSeed(4);
    for (const kernel of [3, 5] as const) {
      for (const padding of ["centered", "same"] as const) {
        for (const stride of [1, 2]) {
          const plan = {
            in: 8,
            wide: 45,
            out: 8,
            expands: true,
            kernel,
            stride,
            dilation: 1,
            padding,
          };
          const [trained, frozen] = [0, 1].map(() => invertedResidualBlock(plan, "frozen"));
          for (const block of [trained, frozen]) fillByName(block);
          nn.freeze(frozen);
          for (const [height, width] of [
            [1, 1],
            [2, 5],
            [12, 9],
            [15, 40],
          ]) {
            const name = `${kernel}, ${padding}, stride ${stride}, ${height} x ${width}`;
            const input = randn([2, 8, height, width]).to({ memoryFormat: "channelsLast" });
            const expected = noGrad(() => trained.forwardWide(input));
            const [one, three] = [1, 3].map((count) => {
              setThreads(count);
              return frozen.forwardWide(input);
            });
            for (const part of ["output", "wide"] as const) {
              assert.deepEqual(one[part].shape, expected[part].shape, name);
              assert.ok(most(one[part], expected[part]) < 1e-5, `${part}, ${name}`);
              assert.equal(most(one[part], three[part]), 0, `${part}, ${name}, threads`);
            }
          }
          // Of three layers a weight and a bias each, folded; as many packed tell that the fused way ran.
          const held = liveTensors();
          frozen.clearFoldedWeights();
          assert.equal(held - liveTensors(), 12, `${kernel}, ${padding}, stride ${stride}`);
        }
      }
    }
  });
  setThreads(was);
  assert.equal(liveTensors(), before);
});

test("fusedBlock: weights that are written to are packed again", { skip }, () => {
  scope(() => {
    const [model, other] = [0, 1].map(() => mobileNetV2({ ...config, freezeAt: BLOCKS }));
    for (const one of [model, other]) fillByName(one);
    const input = randn([1, 3, 32, 32]).to({ memoryFormat: "channelsLast" });
    const first = model.forward(input).deep;
    for (const one of [model, other]) {
      const [, tensor] = [...nn.stateDict(one)].find(([name]) =>
        name.endsWith("features.5.conv.1.0.weight"),
      ) ?? ["", null];
      assert(tensor !== null);
      noGrad(() => tensor.mul_(2));
    }
    const second = model.forward(input).deep;
    assert.ok(most(second, first) > 1e-3);
    assert.equal(most(second, other.forward(input).deep), 0);
    for (const one of [model, other]) clearFoldedWeightsIn(one);
  });
});

test("fusedBlock: with a gradient through the input, and in bfloat16, layers run one by one", {
  skip,
}, () => {
  scope(() => {
    const model = mobileNetV2({ ...config, freezeAt: BLOCKS });
    fillByName(model);
    const [, block] = model.features;
    const input = randn([1, 32, 8, 8]).to({ memoryFormat: "channelsLast" });
    const plain = block.forward(input);
    const asked = block.forward(input.detach().requiresGrad_());
    assert.equal(asked.requiresGrad, true);
    assert.ok(most(asked.detach(), plain) < 1e-5);
    const lowered = autocast("bfloat16", () => block.forward(input.to("bfloat16")));
    assert.equal(lowered.dtype, "bfloat16");
    assert.ok(most(lowered.to("float32"), plain) < 0.05);
    clearFoldedWeightsIn(model);
  });
});

test("invertedResidual: refuses what does not fit, and a derivative", { skip }, () => {
  scope(() => {
    const packed = packBlock(randn([20, 1, 3, 3]), randn([20]), randn([8, 20, 1, 1]), randn([8]), {
      expansion: randn([20, 5, 1, 1]),
      expansionBias: randn([20]),
    });
    const run = (input: Tensor, outputs: number, isResidual: boolean) =>
      invertedResidual(input, ...packed, outputs, 1, 1, false, isResidual, false);
    const input = randn([1, 5, 4, 6]);
    assert.deepEqual(run(input, 8, false)[0].shape, [1, 8, 4, 6]);
    assert.throws(() => run(randn([1, 6, 4, 6]), 8, false), /expected an expansion of 6 channels/);
    assert.throws(() => run(input, 40, false), /expected weights as pack_block makes them/);
    assert.throws(() => run(input, 8, true), /expected a block that can be added to its input/);
    assert.throws(() => run(input.detach().requiresGrad_(), 8, false), /has no derivative/);
    assert.throws(
      () => packBlock(randn([20, 1, 7, 7]), randn([20]), randn([8, 20, 1, 1]), randn([8])),
      /expected a depthwise weight \[W, 1, 3, 3\] or \[W, 1, 5, 5\], got \[20, 1, 7, 7\]/,
    );
    assert.throws(
      () => packBlock(randn([20, 1, 3, 3]), randn([20]), randn([8, 21, 1, 1]), randn([8])),
      /expected a linear weight \[O, 20, 1, 1\], got \[8, 21, 1, 1\]/,
    );
  });
});
