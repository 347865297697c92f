/**
 * A Mask R-CNN that torchvision wrote gives here what it gives there. Needs Debian's
 * python3-torchvision, or the Python of MALLEOLUS_PEER_PYTHON with one.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import {
  cat,
  fromTypedArray,
  liveTensors,
  nn,
  noGrad,
  readPth,
  scope,
  type Tensor,
  zeros,
} from "@malleolus/torch";
import { clearFoldedWeightsIn } from "../backbones/normed-convolution.ts";
import { maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { initializeNetwork } from "./initialize-network.ts";
import { publishedWeights } from "./published-weights.ts";

const python = process.env.MALLEOLUS_PEER_PYTHON ?? "/usr/bin/python3";
const script = join(import.meta.dirname, "test-torchvision.py");
const hasTorchvision = spawnSync(python, ["-c", "import torchvision"]).status === 0;
const skip = hasTorchvision ? false : `${python} has no torchvision`;

/** Ours for torchvision's weights, with the little heads of the script. */
function configOf(classes: readonly string[]): MaskRcnnConfig {
  const config = detectron2Config(classes);
  return {
    ...config,
    backbone: { ...config.backbone, strideIn1x1: false },
    roi: { ...config.roi, box: { ...config.roi.box, fullyConnectedChannels: 8 } },
  };
}

/** As `batchImages` makes it: blue, green, red, 0 to 255, less the mean, then padded with zeros. */
function inputOf(image: Tensor): Tensor {
  const mean = fromTypedArray(Float32Array.of(103.53, 116.28, 123.675), [3, 1, 1]);
  const input = image.flip([0]).mul(255).sub(mean); // [3, 60, 90]
  const wide = cat([input, zeros([3, 60, 6])], { dim: 2 });
  return cat([wide, zeros([3, 4, 96])], { dim: 1 }).reshape([1, 3, 64, 96]);
}

function assertNear(got: Tensor, expected: Tensor | undefined, what: string): void {
  assert.ok(expected !== undefined, what);
  assert.deepEqual(got.shape, expected.shape, what);
  const largest = expected.abs().amax().item();
  const difference = got.sub(expected).abs().amax().item();
  assert.ok(largest > 0.01 && difference <= 1e-4 * largest, `${what}: ${difference} of ${largest}`);
}

test("publishedWeights: torchvision's Mask R-CNN has the same features here", {
  skip,
}, (context: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-torchvision-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const child = spawnSync(python, [script, folder], { encoding: "utf8" });
  assert.equal(child.status, 0, child.stderr);
  const before = liveTensors();
  scope(() => {
    const expected = readPth(join(folder, "expected.pth")).tensors;
    const file = readPth(join(folder, "model.pth"));
    assert.deepEqual(file.metadata, { epoch: 3 });
    const weights = publishedWeights(file);
    assert.equal(weights.convention.name, "torchvision");
    assert.deepEqual(weights.leftOver, []);

    const model = maskRcnn(configOf(["a", "b", "c"]));
    const report = initializeNetwork(model, weights.tensors);
    const { missing, leftOver, fresh, trainedNorms } = report;
    assert.deepEqual(
      { missing, leftOver, fresh, trainedNorms },
      {
        missing: [],
        leftOver: [],
        fresh: [],
        trainedNorms: [],
      },
    );
    assert.equal(report.found.length, nn.stateDict(model).size);

    noGrad(() => {
      const image = expected.get("image");
      assert.ok(image !== undefined);
      const features = model.backbone.forward(inputOf(image));
      features.forEach((level, i) => {
        assertNear(level, expected.get(`feature ${i}`), `p${i + 2}`);
      });
      const { rpn_head } = model.proposal_generator;
      const hidden = rpn_head.conv.forward(features[3]).relu_();
      assertNear(
        rpn_head.objectness_logits.forward(hidden),
        expected.get("logits of p5"),
        "logits",
      );
      assertNear(rpn_head.anchor_deltas.forward(hidden), expected.get("deltas of p5"), "deltas");
    });
    clearFoldedWeightsIn(model.backbone);

    const rows = (tensor: Tensor | undefined) => {
      assert.ok(tensor !== undefined);
      const [count] = tensor.shape;
      return Array.from({ length: count }, (_, i) => tensor.at(i).toNumbers());
    };
    const { box_predictor, mask_head } = model.roi_heads;
    const [background, ...classes] = rows(expected.get("cls_score"));
    assert.deepEqual(rows(box_predictor.cls_score.weight), [...classes, background]);
    assert.deepEqual(
      rows(box_predictor.bbox_pred.weight),
      rows(expected.get("bbox_pred")).slice(4),
    );
    assert.deepEqual(rows(mask_head.predictor.weight), rows(expected.get("mask")).slice(1));

    // For another number of classes all but the predictors is taken over.
    const other = maskRcnn(configOf(["fracture"]));
    const first = other.roi_heads.box_predictor.cls_score.weight.toNumbers();
    const again = initializeNetwork(other, weights.tensors);
    assert.deepEqual(again.fresh, [
      "roi_heads.box_predictor.cls_score.weight",
      "roi_heads.box_predictor.cls_score.bias",
      "roi_heads.box_predictor.bbox_pred.weight",
      "roi_heads.box_predictor.bbox_pred.bias",
      "roi_heads.mask_head.predictor.weight",
      "roi_heads.mask_head.predictor.bias",
    ]);
    assert.equal(again.found.length, report.found.length - 6);
    assert.deepEqual(other.roi_heads.box_predictor.cls_score.weight.toNumbers(), first);
  });
  assert.equal(liveTensors(), before);
});
