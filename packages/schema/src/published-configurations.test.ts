/** Configurations that networks begin with, held against what their authors publish. */
import assert from "node:assert/strict";
import test from "node:test";
import { doublingSizes, longBoneAnchors } from "./anchor-sizes.ts";
import { ankleClassification } from "./ankle-classification.ts";
import { classificationConfigSchema, classifierConfig } from "./classification-config.ts";
import { detectron2Config } from "./detectron2-config.ts";
import { ankleStructures, deepLabConfig, segmentationConfigSchema } from "./segmentation-config.ts";

test("detectron2Config: the keys of config/defaults.py and Base-RCNN-FPN.yaml", () => {
  const { backbone, anchors, rpn, roi, ...config } = detectron2Config(["a", "b"]);
  // As `mask_rcnn_R_50_FPN_3x` has them at 02b5c4e295e9, under the names that they have there.
  const published = {
    "MODEL.PIXEL_MEAN": [config.pixelMean, [103.53, 116.28, 123.675]],
    "INPUT.FORMAT is BGR of one grey channel": [config.channels, "gray"],
    "FPN.SIZE_DIVISIBILITY": [config.sizeDivisibility, 32],
    "MODEL.RESNETS.DEPTH": [backbone.depth, 50],
    "MODEL.RESNETS.WIDTH_PER_GROUP": [backbone.width, 64],
    "MODEL.RESNETS.NORM is FrozenBN": [backbone.norm, "frozen"],
    "MODEL.RESNETS.STRIDE_IN_1X1": [backbone.strideIn1x1, true],
    "MODEL.BACKBONE.FREEZE_AT": [backbone.freezeAt, 2],
    "MODEL.FPN.OUT_CHANNELS": [backbone.fpnChannels, 256],
    "MODEL.ANCHOR_GENERATOR.SIZES": [anchors.sizes, [[32], [64], [128], [256], [512]]],
    "MODEL.ANCHOR_GENERATOR.ASPECT_RATIOS": [anchors.aspectRatios, [0.5, 1, 2]],
    "MODEL.ANCHOR_GENERATOR.OFFSET": [anchors.offset, 0],
    "MODEL.RPN.IOU_THRESHOLDS": [rpn.iouThresholds, [0.3, 0.7]],
    "allow_low_quality_matches of the RPN": [rpn.lowQualityMatches, true],
    "MODEL.RPN.BATCH_SIZE_PER_IMAGE": [rpn.batchSizePerImage, 256],
    "MODEL.RPN.POSITIVE_FRACTION": [rpn.positiveFraction, 0.5],
    "MODEL.RPN.PRE_NMS_TOPK": [rpn.preNms, { train: 2000, test: 1000 }],
    "MODEL.RPN.POST_NMS_TOPK": [rpn.postNms, { train: 1000, test: 1000 }],
    "MODEL.RPN.NMS_THRESH": [rpn.nmsThreshold, 0.7],
    "MODEL.PROPOSAL_GENERATOR.MIN_SIZE": [rpn.minBoxSize, 0],
    "MODEL.RPN.BBOX_REG_WEIGHTS": [rpn.boxWeights, [1, 1, 1, 1]],
    "MODEL.RPN.SMOOTH_L1_BETA": [rpn.smoothL1Beta, 0],
    "MODEL.RPN.LOSS_WEIGHT": [
      [rpn.classLossWeight, rpn.boxLossWeight],
      [1, 1],
    ],
    "MODEL.ROI_HEADS.IOU_THRESHOLDS": [roi.iouThreshold, 0.5],
    "MODEL.ROI_HEADS.BATCH_SIZE_PER_IMAGE": [roi.batchSizePerImage, 512],
    "MODEL.ROI_HEADS.POSITIVE_FRACTION": [roi.positiveFraction, 0.25],
    "MODEL.ROI_HEADS.PROPOSAL_APPEND_GT": [roi.appendTruth, true],
    "canonical_box_size and canonical_level": [
      [roi.canonicalBoxSize, roi.canonicalLevel],
      [224, 4],
    ],
    "MODEL.ROI_BOX_HEAD.POOLER_RESOLUTION": [roi.box.pooledSize, 7],
    "MODEL.ROI_BOX_HEAD.POOLER_SAMPLING_RATIO": [roi.box.samplingRatio, 0],
    "MODEL.ROI_BOX_HEAD.NUM_FC": [roi.box.fullyConnectedLayers, 2],
    "MODEL.ROI_BOX_HEAD.FC_DIM": [roi.box.fullyConnectedChannels, 1024],
    "MODEL.ROI_BOX_HEAD.BBOX_REG_WEIGHTS": [roi.box.boxWeights, [10, 10, 5, 5]],
    "MODEL.ROI_BOX_HEAD.SMOOTH_L1_BETA": [roi.box.smoothL1Beta, 0],
    "MODEL.ROI_BOX_HEAD.BBOX_REG_LOSS_WEIGHT": [
      [roi.box.classLossWeight, roi.box.boxLossWeight],
      [1, 1],
    ],
    "MODEL.ROI_MASK_HEAD.POOLER_RESOLUTION": [roi.mask.pooledSize, 14],
    "MODEL.ROI_MASK_HEAD.POOLER_SAMPLING_RATIO": [roi.mask.samplingRatio, 0],
    "MODEL.ROI_MASK_HEAD.NUM_CONV": [roi.mask.convolutions, 4],
    "MODEL.ROI_MASK_HEAD.CONV_DIM": [roi.mask.channels, 256],
    "loss weight of the masks": [roi.mask.lossWeight, 1],
    "MODEL.ROI_HEADS.SCORE_THRESH_TEST": [roi.scoreThreshold, 0.05],
    "MODEL.ROI_HEADS.NMS_THRESH_TEST": [roi.nmsThreshold, 0.5],
    "TEST.DETECTIONS_PER_IMAGE": [roi.detectionsPerImage, 100],
    "how often a box goes through the box head": [roi.boxRegressions, 1],
  } as const;
  for (const [key, [ours, theirs]] of Object.entries(published))
    assert.deepEqual(ours, theirs, key);
  // What Detectron2 has not.
  assert.deepEqual([config.imageHead, config.soundClass, backbone.trainedNorms], [null, null, []]);
});

test("deepLabConfig: DeepLabV3+ as its authors have it for an output stride of 16", () => {
  const config = deepLabConfig();
  assert.deepEqual(segmentationConfigSchema.parse(config), config);
  const { structures, backbone, aspp, decoder, dropout, loss } = config;
  assert.deepEqual(
    structures.map(({ name, within }) => [name, within]),
    [
      ["tibia", null],
      ["fibula", null],
      ["fracture", "fibula"],
    ],
  );
  assert.equal(structures, ankleStructures);
  assert.deepEqual(backbone, {
    norm: "fixed",
    outputStride: 16,
    firstExpansion: false,
    freezeAt: 0,
  });
  assert.deepEqual(aspp, { channels: 256, rates: [6, 12, 18], separable: true });
  assert.deepEqual(decoder, { lowChannels: 48, channels: 256, convolutions: 2 });
  assert.equal(dropout, 0.1);
  // One weight a structure and one of the background, all alike.
  assert.deepEqual(loss, { prevalencePower: 0, classWeights: [1, 1, 1, 1], diceWeight: 1 });
  assert.deepEqual([config.pixelMean, config.sizeDivisibility], [[103.53, 116.28, 123.675], 32]);
});

test("classifierConfig: torchvision's, for the classes that are given", () => {
  const config = classifierConfig(["a", "b"]);
  assert.deepEqual(classificationConfigSchema.parse(config), config);
  assert.deepEqual(config.backbone, {
    norm: "fixed",
    outputStride: 32,
    firstExpansion: false,
    freezeAt: 0,
  });
  const { pooling, dropout, prevalencePower, classWeights } = config;
  assert.deepEqual(
    { pooling, dropout, prevalencePower, classWeights },
    {
      pooling: { kind: "mean" },
      dropout: 0.2,
      prevalencePower: 0,
      classWeights: [1, 1],
    },
  );
});

test("longBoneAnchors: two sizes a level that double from level to level, in five forms", () => {
  assert.deepEqual(longBoneAnchors(16), {
    sizes: [
      [16, 23],
      [32, 45],
      [64, 91],
      [128, 181],
      [256, 362],
    ],
    aspectRatios: [0.25, 0.5, 1, 2, 4],
    offset: 0,
  });
  assert.deepEqual(doublingSizes(10, 3)[1], [20, 25, 32]);
});

test("ankleClassification: Danis and Weber's classes by millimetres above the plafond", () => {
  const { classes, noFractureClass, zonesMm } = ankleClassification;
  assert.deepEqual(
    classes.map(({ id }) => id),
    ["weber_a", "weber_b", "weber_c", "no_fracture"],
  );
  assert.equal(noFractureClass, "no_fracture");
  assert.deepEqual(zonesMm, {
    fractureLine: 3,
    intactAbovePlafond: 60,
    weberAEnds: 0,
    weberCBegins: 10,
  });
});
