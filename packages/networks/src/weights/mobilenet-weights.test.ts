import assert from "node:assert/strict";
import test from "node:test";
import { classifierConfig, type MobileNetV2Config } from "@malleolus/schema";
import {
  fromTypedArray,
  keep,
  liveTensors,
  nn,
  noGrad,
  rand,
  type StateDictFile,
  scope,
  type Tensor,
  tensor,
} from "@malleolus/torch";
import { mobileNetV2 } from "../backbones/mobilenet-v2.ts";
import { imageClassifier } from "../classifier/classifier.ts";
import { fillByName } from "../test-golden.ts";
import { gluonName } from "./gluon-names.ts";
import { initializeMobileNetV2, isMobileNetV2, mobileNetV2Weights } from "./mobilenet-weights.ts";

const config: MobileNetV2Config = {
  norm: "fixed",
  outputStride: 32,
  firstExpansion: false,
  freezeAt: 0,
};

function fileOf(tensors: ReadonlyMap<string, Tensor>): StateDictFile {
  return { tensors: new Map(tensors), metadata: {} };
}

/** Weights of a network as torchvision would save them, behind a prefix. */
function saved(module: object, prefix = ""): Map<string, Tensor> {
  return new Map(
    [...nn.stateDict(module)].map(([name, value]) => [`${prefix}${name}`, value.detach().clone()]),
  );
}

test("mobileNetV2Weights: torchvision's see our input as they saw theirs", () => {
  const before = liveTensors();
  scope(() => {
    const theirs = mobileNetV2(config);
    fillByName(theirs);
    const file = saved(theirs, "module.");
    file.set("module.features.0.1.num_batches_tracked", tensor([3]));
    file.set("module.features.18.0.weight", rand([1280, 320, 1, 1]));
    file.set("module.classifier.1.weight", rand([1000, 1280]));
    file.set("module.classifier.1.bias", rand([1000]));
    file.set("epoch", tensor([7]));
    const weights = mobileNetV2Weights(fileOf(file));
    assert.equal(weights.firstExpansion, false);
    assert.deepEqual(weights.leftOver, ["epoch"]);

    const ours = mobileNetV2(config);
    const report = initializeMobileNetV2(ours, config, weights);
    assert.equal(report.found.length, nn.stateDict(ours).size);
    assert.deepEqual(report.fresh, []);
    assert.deepEqual(report.leftOver, [
      "features.18.0.weight",
      "classifier.1.weight",
      "classifier.1.bias",
    ]);

    const image = rand([1, 3, 64, 64]); // red, green, blue, 0 to 1
    const perChannel = (values: readonly number[]) =>
      fromTypedArray(Float32Array.from(values), [1, 3, 1, 1]);
    const theirInput = image
      .sub(perChannel([0.485, 0.456, 0.406]))
      .div(perChannel([0.229, 0.224, 0.225]));
    const ourInput = image
      .flip([1])
      .mul(255)
      .sub(perChannel([103.53, 116.28, 123.675]));
    const [expected, got] = noGrad(() => [
      theirs.forward(theirInput).deep,
      ours.forward(ourInput).deep,
    ]);
    const largest = expected.abs().amax().item();
    assert.ok(largest > 0.1 && got.sub(expected).abs().amax().item() < 1e-4 * largest);
  });
  assert.equal(liveTensors(), before);
});

test("initializeMobileNetV2: a classifier for as many classes is taken over, another begins anew", () => {
  const before = liveTensors();
  scope(() => {
    const four = imageClassifier(classifierConfig(["A", "B", "C", "none"]));
    const weights = mobileNetV2Weights(fileOf(saved(four)));
    const same = imageClassifier(four.config);
    const report = initializeMobileNetV2(same, four.config.backbone, weights);
    assert.deepEqual([report.fresh, report.leftOver], [[], []]);
    const { weight } = same.classifier[1];
    assert.deepEqual(weight.toNumbers(), four.classifier[1].weight.toNumbers());

    const two = imageClassifier(classifierConfig(["fracture", "none"]));
    const begun = two.classifier[1].weight.toNumbers();
    const fresh = initializeMobileNetV2(two, two.config.backbone, weights);
    assert.deepEqual(fresh.fresh, ["classifier.1.weight", "classifier.1.bias"]);
    assert.deepEqual(two.classifier[1].weight.toNumbers(), begun);
    assert.equal(fresh.found.length, report.found.length - 2);
  });
  assert.equal(liveTensors(), before);
});

test("isMobileNetV2: told by its first layer, but not where that is an EfficientNet-Lite2's under a pyramid", () => {
  scope(() => {
    const first = "features.0.0.weight";
    for (const prefix of ["", "module.", "backbone.", "model.backbone."]) {
      assert.ok(isMobileNetV2(fileOf(new Map([[`${prefix}${first}`, tensor([1])]]))), prefix);
    }
    for (const prefix of ["bottom_up.", "backbone.bottom_up.", "model.backbone.bottom_up."]) {
      assert.ok(!isMobileNetV2(fileOf(new Map([[`${prefix}${first}`, tensor([1])]]))), prefix);
    }
  });
});

test("initializeMobileNetV2: group norm takes the convolutions and no norm", () => {
  scope(() => {
    const file = fileOf(saved(mobileNetV2(config)));
    const grouped = { ...config, norm: "group" } as const;
    const report = initializeMobileNetV2(mobileNetV2(grouped), grouped, mobileNetV2Weights(file));
    assert.ok(report.found.length === 51 && report.found.every((name) => name.endsWith("weight")));
    assert.equal(report.leftOver.length, 4 * 51);
    // Group norm's own scales are its weights like others.
    const own = mobileNetV2Weights(fileOf(saved(mobileNetV2(grouped))));
    const again = initializeMobileNetV2(mobileNetV2(grouped), grouped, own);
    assert.deepEqual([again.found.length, again.leftOver], [3 * 51, []]);
  });
});

const gluonNames: Readonly<Record<string, string | null>> = {
  features_conv0_weight: "features.0.0.weight",
  mobilenetv20_features_batchnorm0_gamma: "features.0.1.weight",
  features_batchnorm1_running_mean: "features.18.1.running_mean",
  features_conv1_weight: "features.18.0.weight",
  features_linearbottleneck0_conv0_weight: "features.1.conv.0.0.weight",
  features_linearbottleneck0_batchnorm0_beta: "features.1.conv.0.1.bias",
  features_linearbottleneck7_conv1_weight: "features.8.conv.1.0.weight",
  features_linearbottleneck7_batchnorm1_running_var: "features.8.conv.1.1.running_var",
  mobilenetv20_features_linearbottleneck16_conv2_weight: "features.17.conv.2.weight",
  features_linearbottleneck16_batchnorm2_gamma: "features.17.conv.3.weight",
  features_linearbottleneck16_conv3_weight: null,
  mobilenetv20_output_pred_weight: null,
};

test("gluonName: Gluon's names are torchvision's", () => {
  for (const [name, expected] of Object.entries(gluonNames)) {
    assert.equal(gluonName(name), expected, name);
  }
});

test("mobileNetV2Weights: Gluon's need the expansion of their first block", () => {
  const before = liveTensors();
  scope(() => {
    const expanded = { ...config, firstExpansion: true };
    const theirs = mobileNetV2(expanded);
    const torchvisions = saved(theirs);
    const places = [...torchvisions.keys()];
    const gluons = new Map<string, Tensor>();
    for (const [name, value] of torchvisions) {
      const block = Number(name.split(".")[1]) - 1;
      const found = gluonNamesOf(block).find((gluon) => gluonName(gluon) === name);
      assert.ok(found !== undefined, name);
      gluons.set(found, value);
    }
    gluons.set("output_pred_weight", rand([1000, 1280, 1, 1]));
    const weights = mobileNetV2Weights(fileOf(gluons));
    assert.deepEqual([weights.firstExpansion, weights.leftOver], [true, ["output_pred_weight"]]);
    const report = initializeMobileNetV2(mobileNetV2(expanded), expanded, weights);
    assert.deepEqual(report.found, places);
    assert.throws(() => initializeMobileNetV2(mobileNetV2(config), config, weights), {
      code: "weights",
      message: /expected no expansion .* got an expansion .*; set backbone.firstExpansion to true$/,
    });
  });
  assert.equal(liveTensors(), before);
});

/** All names that Gluon has for a block, or for what stands around the blocks (-1). */
function gluonNamesOf(block: number): string[] {
  const before = block < 0 ? "features_" : `features_linearbottleneck${block}_`;
  const parts = ["gamma", "beta", "running_mean", "running_var"];
  return [0, 1, 2].flatMap((i) => [
    `${before}conv${i}_weight`,
    ...parts.map((part) => `${before}batchnorm${i}_${part}`),
  ]);
}

test("mobileNetV2Weights: another network, a damaged file and a part of a network are refused", () => {
  const before = liveTensors();
  scope(() => {
    const refuse = (names: readonly string[], values: number, message: RegExp) => {
      const tensors = new Map(names.map((name) => [name, tensor([values])]));
      const held = liveTensors() - tensors.size;
      assert.throws(() => mobileNetV2Weights({ tensors, metadata: {} }), {
        code: "weights",
        message,
      });
      assert.equal(liveTensors(), held, "the file's tensors are freed");
    };
    refuse(["layer1.0.conv1.weight"], 1, /expected weights of a MobileNetV2 .* got layer1/);
    refuse([], 1, /got nothing; give another file/);
    refuse(
      ["features.0.0.weight"],
      Number.NaN,
      /expected numbers, got NaN or infinity in features/,
    );
    refuse(["a.features.0.0.weight", "b.features.0.0.weight"], 1, /expected one network, got 2/);

    const whole = saved(mobileNetV2(config));
    const refuseFit = (change: (tensors: Map<string, Tensor>) => void, message: RegExp) => {
      const tensors = new Map([...whole].map(([name, value]) => [name, keep(value.clone())]));
      change(tensors);
      const weights = mobileNetV2Weights(fileOf(tensors));
      const model = mobileNetV2(config);
      const first = model.features[0][0].weight.toNumbers();
      assert.throws(() => initializeMobileNetV2(model, config, weights), {
        code: "weights",
        message,
      });
      assert.deepEqual(model.features[0][0].weight.toNumbers(), first, "nothing was copied");
      for (const value of weights.tensors.values()) value.free();
    };
    refuseFit((tensors) => {
      tensors.get("features.9.conv.2.weight")?.free();
      tensors.delete("features.9.conv.2.weight");
    }, /^features.9.conv.2.weight: expected shape \[64, 384, 1, 1\], got none; use weights of a whole/);
    refuseFit((tensors) => {
      tensors.get("features.17.conv.3.weight")?.free();
      tensors.set("features.17.conv.3.weight", keep(rand([240])));
    }, /^features.17.conv.3.weight: expected shape \[320\], got \[240\]; use weights of a whole/);
    refuseFit((tensors) => {
      tensors.get("features.0.1.running_var")?.free();
      tensors.delete("features.0.1.running_var");
    }, /^features.0.1.running_var: .* got none; set backbone.norm to "group", or use weights with/);
  });
  assert.equal(liveTensors(), before);
});
