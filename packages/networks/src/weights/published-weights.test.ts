import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import {
  liveTensors,
  manualSeed,
  nn,
  rand,
  readDetectron2Pkl,
  type StateDictFile,
  scope,
  type Tensor,
  tensor,
} from "@malleolus/torch";
import { type MaskRcnn, maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { initializeNetwork } from "./initialize-network.ts";
import { publishedWeights } from "./published-weights.ts";

/** A file of numbered tensors of one element. */
function fileOf(names: readonly string[], metadata: StateDictFile["metadata"] = {}): StateDictFile {
  return { tensors: new Map(names.map((name, i) => [name, tensor([i])])), metadata };
}

const MARK = "layer1.0.conv1.weight";

const torchvisionNames: Readonly<Record<string, string | null>> = {
  "backbone.body.conv1.weight": "backbone.bottom_up.stem.conv1.weight",
  "backbone.body.bn1.running_var": "backbone.bottom_up.stem.conv1.norm.running_var",
  "backbone.body.layer1.0.conv1.weight": "backbone.bottom_up.res2.0.conv1.weight",
  "backbone.body.layer3.22.bn3.bias": "backbone.bottom_up.res4.22.conv3.norm.bias",
  "backbone.body.layer4.0.downsample.0.weight": "backbone.bottom_up.res5.0.shortcut.weight",
  "backbone.body.layer4.0.downsample.1.weight": "backbone.bottom_up.res5.0.shortcut.norm.weight",
  "backbone.fpn.inner_blocks.0.0.weight": "backbone.fpn_lateral2.weight",
  "backbone.fpn.inner_blocks.3.bias": "backbone.fpn_lateral5.bias",
  "backbone.fpn.layer_blocks.1.0.bias": "backbone.fpn_output3.bias",
  "backbone.fpn.layer_blocks.2.weight": "backbone.fpn_output4.weight",
  "rpn.head.conv.0.0.weight": "proposal_generator.rpn_head.conv.weight",
  "rpn.head.conv.bias": "proposal_generator.rpn_head.conv.bias",
  "rpn.head.cls_logits.weight": "proposal_generator.rpn_head.objectness_logits.weight",
  "rpn.head.bbox_pred.bias": "proposal_generator.rpn_head.anchor_deltas.bias",
  "roi_heads.box_head.fc6.weight": "roi_heads.box_head.fc1.weight",
  "roi_heads.box_head.fc7.bias": "roi_heads.box_head.fc2.bias",
  "roi_heads.box_predictor.cls_score.bias": "roi_heads.box_predictor.cls_score.bias",
  "roi_heads.mask_head.0.0.weight": "roi_heads.mask_head.mask_fcn1.weight",
  "roi_heads.mask_head.mask_fcn4.weight": "roi_heads.mask_head.mask_fcn4.weight",
  "roi_heads.mask_predictor.conv5_mask.bias": "roi_heads.mask_head.deconv.bias",
  "roi_heads.mask_predictor.mask_fcn_logits.bias": "roi_heads.mask_head.predictor.bias",
  "roi_heads.keypoint_head.0.weight": null,
};

test("publishedWeights: torchvision's names, new and old, are Detectron2's", () => {
  const before = liveTensors();
  scope(() => {
    const names = Object.keys(torchvisionNames);
    const { tensors, leftOver, convention } = publishedWeights(fileOf(names));
    assert.deepEqual(
      [...tensors.keys()],
      Object.values(torchvisionNames).filter((name) => name !== null),
    );
    assert.deepEqual(leftOver, ["roi_heads.keypoint_head.0.weight"]);
    const { channelOrder, white, strideIn1x1, samplingRatio, aligned } = convention;
    assert.deepEqual(
      [channelOrder, white, strideIn1x1, samplingRatio, aligned],
      ["rgb", 1, false, 2, false],
    );
  });
  assert.equal(liveTensors(), before);
});

test("publishedWeights: a ResNet alone, and one that was trained on several devices", () => {
  scope(() => {
    const plain = publishedWeights(fileOf([MARK, "bn1.num_batches_tracked", "fc.weight"]));
    assert.deepEqual([...plain.tensors.keys()], ["backbone.bottom_up.res2.0.conv1.weight"]);
    assert.deepEqual(plain.leftOver, ["fc.weight"]);
    const wrapped = publishedWeights(fileOf([`module.backbone.body.${MARK}`]));
    assert.deepEqual([...wrapped.tensors.keys()], ["backbone.bottom_up.res2.0.conv1.weight"]);
  });
});

const D2_MARK = "backbone.bottom_up.stem.conv1.weight";
const wrappers = ["module.", "model.", "_orig_mod.", "module._orig_mod.", "ema_model.", "net.a."];
for (const wrapper of wrappers) {
  test(`publishedWeights: names behind ${wrapper} are the network's, what stands beside is left over`, () => {
    const before = liveTensors();
    scope(() => {
      const rest = "roi_heads.box_head.fc1.weight";
      const names = [`${wrapper}${D2_MARK}`, "n_averaged", `${wrapper}${rest}`, "loss.weight"];
      const { tensors, leftOver } = publishedWeights(fileOf(names));
      assert.deepEqual([...tensors.keys()], [D2_MARK, rest]);
      assert.deepEqual(leftOver, ["n_averaged", "loss.weight"]);
      const resNet = publishedWeights(fileOf([`${wrapper}${MARK}`, `${wrapper}fc.weight`]));
      assert.deepEqual([...resNet.tensors.keys()], ["backbone.bottom_up.res2.0.conv1.weight"]);
    });
    assert.equal(liveTensors(), before);
  });
}

test("publishedWeights: names without a wrapper stay, a backbone's own prefix too", () => {
  scope(() => {
    for (const name of [D2_MARK, "bottom_up.stem.conv1.weight", "stem.conv1.weight"]) {
      assert.deepEqual([...publishedWeights(fileOf([name])).tensors.keys()], [name]);
    }
  });
});

test("publishedWeights: two networks in one file are refused", () => {
  const before = liveTensors();
  const names = [`student.${D2_MARK}`, `teacher.${D2_MARK}`];
  assert.throws(() => publishedWeights(fileOf(names)), {
    code: "weights",
    message:
      /^expected one network, got 2 \(student\., teacher\.\); save the one that is meant alone$/,
  });
  assert.equal(liveTensors(), before);
});

test("publishedWeights: what is no number is refused, in every type that has it", () => {
  const before = liveTensors();
  for (const dtype of ["float32", "float64", "float16", "bfloat16"] as const) {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const tensors = new Map([
        [D2_MARK, tensor([1])],
        ["a", tensor([1, value], { dtype })],
        ["b", tensor([value], { dtype })],
      ]);
      assert.throws(() => publishedWeights({ tensors, metadata: {} }), {
        code: "weights",
        message: /^expected numbers, got NaN or infinity in a and 1 more; .*take an earlier one$/,
      });
    }
  }
  assert.equal(liveTensors(), before);
});

test("publishedWeights: the norms say what kind they are", () => {
  scope(() => {
    const norm = `${D2_MARK.replace("weight", "norm")}`;
    const kindOf = (...names: string[]) => publishedWeights(fileOf([D2_MARK, ...names])).norm;
    assert.equal(kindOf(`${norm}.weight`, `${norm}.bias`), "group");
    assert.equal(kindOf(`${norm}.weight`, `${norm}.running_mean`, `${norm}.running_var`), "batch");
    assert.equal(kindOf(), null);
  });
});

test("publishedWeights: of torchvision's second version only the ResNet is taken", () => {
  scope(() => {
    const heads = [
      "backbone.fpn.inner_blocks.0.0.weight",
      "backbone.fpn.inner_blocks.0.1.weight",
      "rpn.head.conv.0.0.weight",
      "roi_heads.box_predictor.cls_score.weight",
    ];
    const { tensors, leftOver } = publishedWeights(fileOf([`backbone.body.${MARK}`, ...heads]));
    assert.deepEqual([...tensors.keys()], ["backbone.bottom_up.res2.0.conv1.weight"]);
    assert.deepEqual(leftOver, heads);
  });
});

test("publishedWeights: classes and background change places, and background's box and mask go", () => {
  scope(() => {
    const file: StateDictFile = {
      tensors: new Map([
        [MARK, tensor([0])],
        ["roi_heads.box_predictor.cls_score.bias", tensor([9, 1, 2])],
        ["roi_heads.box_predictor.bbox_pred.bias", tensor([9, 9, 9, 9, 1, 1, 1, 1, 2, 2, 2, 2])],
        ["roi_heads.mask_predictor.mask_fcn_logits.bias", tensor([9, 1, 2])],
        // As many numbers as a box, but of no class.
        ["rpn.head.bbox_pred.bias", tensor([1, 2, 3, 4, 5, 6, 7, 8])],
      ]),
      metadata: {},
    };
    const { tensors } = publishedWeights(file);
    const values = Object.fromEntries([...tensors].map(([name, t]) => [name, t.toNumbers()]));
    assert.deepEqual(values, {
      "backbone.bottom_up.res2.0.conv1.weight": [0],
      "roi_heads.box_predictor.cls_score.bias": [1, 2, 9],
      "roi_heads.box_predictor.bbox_pred.bias": [1, 1, 1, 1, 2, 2, 2, 2],
      "roi_heads.mask_head.predictor.bias": [1, 2],
      "proposal_generator.rpn_head.anchor_deltas.bias": [1, 2, 3, 4, 5, 6, 7, 8],
    });
  });
});

test("publishedWeights: the first convolution takes our input, whoever changed the names", () => {
  scope(() => {
    const weight = tensor([[[[0.229 * 255]], [[0.224 * 255]], [[0.225 * 255 * 2]]]]); // [1, 3, 1, 1]
    const stem = (name: string, metadata: StateDictFile["metadata"]) => {
      const tensors = new Map([
        [name, weight.clone()],
        ["x", tensor([0])],
      ]);
      if (!name.startsWith("stem")) tensors.set(MARK, tensor([0]));
      const made = publishedWeights({ tensors, metadata }).tensors;
      const found = [...made].find(([key]) => key.endsWith("stem.conv1.weight"));
      return found?.[1].toNumbers().map((value) => Math.round(value * 1e5) / 1e5);
    };
    assert.deepEqual(stem("conv1.weight", {}), [2, 1, 1]);
    assert.deepEqual(stem("stem.conv1.weight", { __author__: "torchvision" }), [2, 1, 1]);
    const same = weight.toNumbers().map((value) => Math.round(value * 1e5) / 1e5);
    assert.deepEqual(stem("stem.conv1.weight", { __author__: "Detectron2 Model Zoo" }), same);
  });
});

test("publishedWeights: MSRA's blobs have Detectron2's names", () => {
  const before = liveTensors();
  scope(() => {
    const path = join(import.meta.dirname, "../../../torch/src/checkpoints/golden/blobs.pkl");
    const { tensors, convention, leftOver } = publishedWeights(readDetectron2Pkl(path));
    assert.equal(convention.name, "msra");
    assert.deepEqual(
      [...tensors.keys()].map((name) => name.replace("backbone.bottom_up.", "")),
      [
        "stem.conv1.weight",
        "stem.conv1.norm.weight",
        "stem.conv1.norm.bias",
        "stem.conv1.norm.running_mean",
        "stem.conv1.norm.running_var",
        "res2.0.shortcut.weight",
        "res2.0.conv1.weight",
      ],
    );
    assert.deepEqual(leftOver, ["res2_0_branch2a_w_momentum", "fc1000_b", "large"]);
  });
  assert.equal(liveTensors(), before);
});

/** A network so narrow that ResNet-101 costs nothing. */
function narrow(depth: 50 | 101, changes: Partial<MaskRcnnConfig> = {}): MaskRcnn {
  const config = detectron2Config(["a", "b"]);
  return maskRcnn({
    ...config,
    backbone: { ...config.backbone, depth, width: 4, fpnChannels: 4 },
    roi: { ...config.roi, box: { ...config.roi.box, fullyConnectedChannels: 4 } },
    ...changes,
  });
}

function stateOf(model: MaskRcnn): Map<string, Tensor> {
  return new Map(nn.stateDict(model));
}

test("initializeNetwork: ResNet-101 whole, and nothing of it in a ResNet-50", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(1);
    const state = stateOf(narrow(101));
    const model = narrow(101);
    const report = initializeNetwork(model, state);
    assert.equal(report.found.length, state.size);
    assert.ok(report.found.includes("backbone.bottom_up.res4.22.conv3.norm.bias"));
    assert.throws(() => initializeNetwork(narrow(50), state), {
      code: "weights",
      message: /res4: expected 6 blocks \(backbone\.depth 50\), got 23; set backbone\.depth/,
    });
    assert.throws(() => initializeNetwork(narrow(101), stateOf(narrow(50))), {
      code: "weights",
      message: /res4: expected 23 blocks/,
    });
  });
  assert.equal(liveTensors(), before);
});

test("initializeNetwork: other anchors begin anew, another head is an error", () => {
  scope(() => {
    const state = stateOf(narrow(50));
    state.set("unknown.weight", rand([1]));
    const { anchors } = detectron2Config([]);
    const longer = { ...anchors, aspectRatios: [0.2, 0.5, 1, 2, 5] };
    const report = initializeNetwork(narrow(50, { anchors: longer }), state);
    assert.deepEqual(report.fresh, [
      "proposal_generator.rpn_head.objectness_logits.weight",
      "proposal_generator.rpn_head.objectness_logits.bias",
      "proposal_generator.rpn_head.anchor_deltas.weight",
      "proposal_generator.rpn_head.anchor_deltas.bias",
    ]);
    assert.deepEqual(report.leftOver, ["unknown.weight"]);
    state.set("roi_heads.box_head.fc1.weight", rand([5, 5]));
    assert.throws(() => initializeNetwork(narrow(50), state), {
      code: "weights",
      message: /roi_heads\.box_head\.fc1\.weight: expected shape \[4, 196\], got \[5, 5\]/,
    });
  });
});

test("initializeNetwork: classes by their names, in another order", () => {
  const before = liveTensors();
  scope(() => {
    manualSeed(3);
    const withImageHead = { imageHead: { hiddenChannels: 3, lossWeight: 1, weighsScores: false } };
    const state = stateOf(narrow(50, withImageHead));
    const model = narrow(50, withImageHead);
    const swapped = narrow(50, withImageHead);
    initializeNetwork(model, state, { classes: ["a", "b"] });
    const report = initializeNetwork(swapped, state, { classes: ["b", "a"] });
    assert.deepEqual([report.fresh, report.missing, report.leftOver], [[], [], []]);
    const rows = (one: MaskRcnn, size: number, of: (model: MaskRcnn) => Tensor) => {
      const all = of(one).flatten().toNumbers();
      const width = (all.length / of(one).shape[0]) * size;
      return Array.from({ length: all.length / width }, (_, i) =>
        all.slice(i * width, (i + 1) * width),
      );
    };
    const ofImages = ({ image_head }: MaskRcnn) => {
      assert.ok(image_head !== undefined);
      return image_head.predictor.weight;
    };
    const predictors: readonly (readonly [number, (model: MaskRcnn) => Tensor])[] = [
      [1, ({ roi_heads }) => roi_heads.box_predictor.cls_score.weight],
      [4, ({ roi_heads }) => roi_heads.box_predictor.bbox_pred.weight],
      [1, ({ roi_heads }) => roi_heads.mask_head.predictor.weight],
      [1, ofImages],
    ];
    for (const [size, of] of predictors) {
      const [a, b, ...background] = rows(model, size, of);
      assert.notDeepEqual(a, b);
      assert.deepEqual(rows(swapped, size, of), [b, a, ...background]);
    }
  });
  assert.equal(liveTensors(), before);
});

test("initializeNetwork: predictors of other classes begin anew, even of as many", () => {
  const before = liveTensors();
  scope(() => {
    const model = narrow(50);
    const own = model.roi_heads.box_predictor.cls_score.weight.toNumbers();
    const state = stateOf(narrow(50));
    const report = initializeNetwork(model, state, { classes: ["a", "c"] });
    assert.deepEqual(report.fresh, [
      "roi_heads.box_predictor.cls_score.weight",
      "roi_heads.box_predictor.cls_score.bias",
      "roi_heads.box_predictor.bbox_pred.weight",
      "roi_heads.box_predictor.bbox_pred.bias",
      "roi_heads.mask_head.predictor.weight",
      "roi_heads.mask_head.predictor.bias",
    ]);
    assert.deepEqual(model.roi_heads.box_predictor.cls_score.weight.toNumbers(), own);
    assert.deepEqual(report.missing, []);
  });
  assert.equal(liveTensors(), before);
});
