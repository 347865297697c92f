import assert from "node:assert/strict";
import test from "node:test";
import { detectron2Config, type StageName } from "@malleolus/schema";
import {
  allclose,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  rand,
  scope,
  type Tensor,
} from "@malleolus/torch";
import { activationMeans } from "../backbones/activation-means.ts";
import { featurePyramid, resNetOf } from "../backbones/fpn.ts";
import { measureNormStatistics } from "../backbones/norm-statistics.ts";
import { clearFoldedWeightsIn, isBatchNorm } from "../backbones/normed-convolution.ts";
import { blocksOf, convolutionsOf } from "../backbones/resnet.ts";
import { batchImages } from "../input/image-batch.ts";
import { incompleteStages, initializeBackbone } from "./initialize-backbone.ts";

function modelOf(trainedNorms: readonly StageName[], norm: "frozen" | "group" = "frozen") {
  const { backbone } = detectron2Config(["fracture"]);
  const config = { backbone: { ...backbone, norm, trainedNorms, fpnChannels: 16 } };
  return { config, backbone: featurePyramid(config.backbone) };
}

/** As published: names without a prefix, of res5 the norms and one convolution. */
function partialWeights(): Map<string, Tensor> {
  const source = modelOf([]);
  const isKept = (name: string) =>
    !/^res5\..*(conv\d|shortcut)\.weight$/.test(name) || name === "res5.0.conv1.weight";
  return new Map([...nn.stateDict(source.backbone.bottom_up)].filter(([name]) => isKept(name)));
}

test("initializeBackbone: takes convolutions, leaves out norms whose convolutions are missing", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(1);
    const weights = partialWeights();
    weights.set("fc1000.weight", rand([2]));
    const model = modelOf(["res5"]);
    assert.deepEqual(incompleteStages(model, weights), ["res5"]);
    const report = initializeBackbone(model, weights);
    assert.equal(report.found.length, 43 * 5 + 1);
    assert.ok(report.found.includes("bottom_up.res5.0.conv1.weight"));
    assert.equal(report.missing.filter((name) => name.includes("res5")).length, 10 * 5 - 1);
    assert.equal(report.leftOver.length, 10 * 4 + 1);
    assert.ok(report.leftOver.includes("fc1000.weight"));
    const taken = resNetOf(model.backbone).res4[5].conv2.weight;
    const given = weights.get("res4.5.conv2.weight");
    assert.ok(given !== undefined && allclose(taken, given));
  });
  assert.equal(liveTensors(), before);
});

test("initializeBackbone: says what to do about weights that do not fit", () => {
  scope(() => {
    const weights = partialWeights();
    assert.throws(() => initializeBackbone(modelOf([]), weights), {
      code: "weights",
      message: /lack convolutions of res5 or their norms.*trainedNorms to \["res5"\]/,
    });
    assert.throws(() => initializeBackbone(modelOf(["res5"]), new Map([["a", rand([1])]])), {
      code: "weights",
      message: /stem\.conv1\.weight.*got a/,
    });
    weights.set("res3.1.conv2.weight", rand([3, 3]));
    assert.throws(() => initializeBackbone(modelOf(["res5"]), weights), {
      code: "weights",
      message: /expected shape \[128, 128, 3, 3\], got \[3, 3\]/,
    });
  });
});

test("initializeBackbone: group norms are taken over by group norms, and by no others", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(4);
    const source = modelOf([], "group");
    const { norm } = resNetOf(source.backbone).res3[1].conv2;
    noGrad(() => norm.weight.fill_(0.25));
    const weights = nn.stateDict(source.backbone);
    const model = modelOf([], "group");
    const report = initializeBackbone(
      model,
      new Map([...weights].map(([k, v]) => [`backbone.${k}`, v])),
    );
    assert.deepEqual([report.missing, report.leftOver], [[], []]);
    assert.ok(allclose(resNetOf(model.backbone).res3[1].conv2.norm.weight, norm.weight));
    const fixed = modelOf([]);
    assert.throws(() => initializeBackbone(fixed, nn.stateDict(source.backbone)), {
      code: "weights",
      message: /expected norms with statistics.*set backbone\.norm to "group"/,
    });
    // The other way round scales belong to statistics that a group norm does not have.
    const given = initializeBackbone(model, nn.stateDict(fixed.backbone));
    assert.equal(given.leftOver.length, (4 * given.missing.length) / 2);
  });
  assert.equal(liveTensors(), before);
});

test("incompleteStages: a stage without the statistics of its fixed norms is one to be measured", () => {
  scope(() => {
    const weights = new Map(
      [...nn.stateDict(modelOf([]).backbone)].filter(
        ([name]) => !/res4\.2\.conv1\.norm\.running_var/.test(name),
      ),
    );
    assert.deepEqual(incompleteStages(modelOf([]), weights), ["res4"]);
    assert.deepEqual(incompleteStages(modelOf([], "group"), weights), []);
  });
});

test("measureNormStatistics: what comes out of every norm has mean 0 and variance 1", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(2);
    const model = modelOf(["res4", "res5"]);
    const network = resNetOf(model.backbone);
    const image = (width: number, height: number, slope: number) => ({
      width,
      height,
      pixels: Float32Array.from({ length: width * height }, (_, i) => (i * slope) % 255),
    });
    const images = [image(64, 64, 7.3), image(64, 64, 0.71)];
    measureNormStatistics(model, [batchImages(images.slice(0, 1)), batchImages(images.slice(1))]);
    clearFoldedWeightsIn(network);

    let checked = 0;
    noGrad(() => {
      let x = scope(() => {
        const { tensor } = batchImages(images);
        return [network.stem, ...network.res2, ...network.res3].reduce(
          (input, layer) => layer.forward(input),
          tensor,
        );
      });
      for (const { stage, block } of blocksOf(network)) {
        if (stage !== "res4" && stage !== "res5") continue;
        for (const [name, layer] of convolutionsOf(block)) {
          assert.ok(isBatchNorm(layer.norm) && layer.norm.weight.requiresGrad);
          if (name !== "conv1" && name !== "shortcut") continue;
          const output = layer.forward(x);
          const mean = output
            .mean({ dim: [0, 2, 3] })
            .abs()
            .amax()
            .item();
          const variance = output
            .variance({ dim: [0, 2, 3], correction: 0 })
            .mean()
            .item();
          assert.ok(mean < 1e-3, `${stage} ${name}: mean ${mean}`);
          assert.ok(Math.abs(variance - 1) < 0.05, `${stage} ${name}: variance ${variance}`);
          checked++;
        }
        x = block.forward(x);
      }
    });
    assert.equal(checked, 6 + 3 + 2);
    const means = activationMeans(model, batchImages(images));
    for (const stage of ["res4", "res5"]) {
      assert.ok(means[stage] > 0.1 && means[stage] < 10, `${stage} ${means[stage]}`);
    }
    clearFoldedWeightsIn(network);
  });
  assert.equal(liveTensors(), before);
});

test("featurePyramid: group norm trains everywhere but in the frozen stages", () => {
  const before = liveTensors();
  scope(() => {
    const model = modelOf([], "group");
    assert.ok(![...nn.stateDict(model).keys()].some((name) => name.includes("running_")));
    const batch = batchImages([{ width: 32, height: 32, pixels: new Float32Array(1024).fill(9) }]);
    const means = activationMeans(model, batch);
    assert.ok(Object.values(means).every(Number.isFinite), JSON.stringify(means));
  });
  assert.equal(liveTensors(), before);
});
