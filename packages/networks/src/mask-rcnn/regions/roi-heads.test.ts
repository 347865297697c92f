import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Target } from "@malleolus/imaging";
import type { MaskRcnnConfig } from "@malleolus/schema";
import { autocast, backward, liveTensors, nn, scope, type Tensor, tensor } from "@malleolus/torch";
import {
  assertClose,
  assertGradients,
  randomFrom,
  setLayer,
  smallConfig,
  wave,
} from "../../test-heads.ts";
import { featureStrides } from "../features.ts";
import { truthOf } from "../truth.ts";
import { boxPredictor } from "./box-head.ts";
import { detectBoxes } from "./box-inference.ts";
import { boxLosses } from "./box-losses.ts";
import { maskedRegions, maskLoss, maskTargets } from "./mask-loss.ts";
import { arrangeRegions, poolRegions, selectRegions } from "./region-pooling.ts";
import type { RegionSample } from "./region-sampling.ts";
import { type RoiHeads, roiHeads } from "./roi-heads.ts";

interface Golden {
  readonly levels: number[];
  readonly pooled: number[];
  readonly logits: number[][];
  readonly deltas: number[][];
  readonly masks: number[][];
  readonly boxClass: number;
  readonly boxRegression: number;
  readonly mask: number;
  readonly gradients: Record<string, number[]>;
  readonly detections: { boxes: number[][]; scores: number[]; classes: number[] }[];
}

// Written by tools/golden/networks_heads.py.
const goldenUrl = new URL("./golden/regions.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(goldenUrl, "utf8"));

/** Covers every region, so that all mask targets are ones. */
const everything = [-50, -50, 400, -50, 400, 400, -50, 400];
const targets: readonly Target[] = [
  {
    boxes: [
      [8, 9, 62, 50],
      [20, 25, 150, 120],
    ],
    classes: [0, 2],
    polygons: [[everything], [everything]],
  },
  { boxes: [[14, 14, 170, 190]], classes: [1], polygons: [[everything]] },
];
const noObjects: Target = { boxes: [], classes: [], polygons: [] };
const sizes = [
  [256, 320],
  [250, 300],
] as const;

const proposals = [
  [
    [5.5, 7.25, 60, 48],
    [0, 0, 320, 256],
    [30, 20, 142, 132],
    [100, 10, 312, 250],
    [200.5, 100, 215, 140.25],
  ],
  [
    [12, 30, 180, 200],
    [40, 40, 152.1, 152.1],
    [300, 200, 320, 256],
    [10, 10, 11, 13],
  ],
].map((boxes) => Float32Array.from(boxes.flat()));
const labels = [
  [0, 3, 2, 1, 3],
  [1, 3, 3, 0],
];
const matched = [
  [0, 0, 1, 1, 0],
  [0, 0, 0, 0],
];

/** p2 to p6; p6 is never pooled from. */
const features = (): Tensor[] =>
  featureStrides.map((stride, i) =>
    wave([2, 8, 256 / stride, 320 / stride], 20 + i, 1).to({ memoryFormat: "channelsLast" }),
  );

function goldenConfig(): MaskRcnnConfig {
  const config = smallConfig();
  // torchvision's smooth L1, and levels that the small image reaches.
  const box = { ...config.roi.box, smoothL1Beta: 1 / 9 };
  return { ...config, roi: { ...config.roi, box, canonicalBoxSize: 112 } };
}

function goldenHeads(): RoiHeads {
  const heads = roiHeads(goldenConfig());
  setLayer(heads.box_head.fc1, 1, 0.1);
  setLayer(heads.box_head.fc2, 3, 0.3);
  setLayer(heads.box_predictor.cls_score, 5, 0.5);
  setLayer(heads.box_predictor.bbox_pred, 7, 0.2);
  for (let i = 0; i < 4; i++) setLayer(heads.mask_head[`mask_fcn${i + 1}`], 9 + 2 * i, 0.25);
  setLayer(heads.mask_head.deconv, 17, 0.4);
  setLayer(heads.mask_head.predictor, 19, 0.5);
  return heads;
}

function goldenSample(): RegionSample {
  const regions = arrangeRegions(proposals, goldenConfig().roi);
  const of = (table: readonly number[][]): Int32Array =>
    regions.places.map((place, i) => table[regions.images[i]][place]);
  return { regions, classes: of(labels), truths: of(matched) };
}

/** Where each region stands in the golden lists, which go image by image. */
function goldenRow(sample: RegionSample, region: number): number {
  return sample.regions.images[region] * 5 + sample.regions.places[region];
}

test("roiHeads: torchvision's levels, pooled features, logits, losses and gradients, by name", () => {
  scope(() => {
    const heads = goldenHeads();
    const sample = goldenSample();
    const { roi } = goldenConfig();
    const pooled = poolRegions(features(), sample.regions, roi.box);
    const predictions = heads.box_predictor.predict(heads.box_head.forward(pooled));
    const sums = pooled
      .abs()
      .sum({ dim: [1, 2, 3] })
      .toNumbers();
    for (let region = 0; region < 9; region++) {
      const row = goldenRow(sample, region);
      const level = sample.regions.levelStarts.findLastIndex((start) => start <= region);
      assert.equal(level, golden.levels[row], `level of ${row}`);
      assertClose([sums[region]], [golden.pooled[row]], 1e-3, `pooled ${row}`);
      assertClose(predictions.logits.at(region).toNumbers(), golden.logits[row], 5e-5);
      assertClose(predictions.deltas.at(region).toNumbers(), golden.deltas[row], 5e-5);
    }

    const masked = maskedRegions(sample, targets, 3);
    const logits = heads.mask_head.predict(features(), selectRegions(sample.regions, masked));
    const objects = [0, 2, 3, 5, 8];
    masked.forEach((region, i) => {
      const expected = golden.masks[objects.indexOf(goldenRow(sample, region))];
      const flat = logits.at(i).toFloat32Array();
      assertClose(
        expected.map((_, at) => flat[at * 97]),
        expected,
        1e-5,
        `mask ${i}`,
      );
    });

    const { boxClass, boxRegression } = boxLosses(
      predictions,
      sample,
      targets.map(truthOf),
      roi.box,
    );
    const mask = maskLoss(logits, masked, sample, targets);
    assertClose([boxClass.item()], [golden.boxClass], 1e-5);
    assertClose([boxRegression.item()], [golden.boxRegression], 1e-3);
    assertClose([mask.item()], [golden.mask], 1e-5);
    backward(boxClass.add(boxRegression).add(mask));
    assertGradients(heads, golden.gradients);
  });
});

test("detectBoxes: torchvision's detections", () => {
  scope(() => {
    const config = goldenConfig();
    const roi = { ...config.roi, detectionsPerImage: 20 };
    const boxes = wave([40, 4], 35, 40).toFloat32Array();
    boxes.forEach((value, i) => {
      boxes[i] = Math.fround(value + [110, 90, 200, 170][i % 4]);
    });
    const regions = arrangeRegions([boxes.subarray(0, 100), boxes.subarray(100)], roi);
    const rows = [...regions.places].map((place, i) => place + 25 * regions.images[i]);
    const take = (all: Tensor): Tensor => all.at(tensor(rows).to("int64"));
    const predictions = {
      logits: take(wave([40, 4], 31, 2)),
      deltas: take(wave([40, 12], 33, 1.5)),
    };
    const imageSizes = [
      [200, 240],
      [190, 220],
    ] as const;
    const found = detectBoxes(predictions, regions, imageSizes, roi);
    found.forEach((own, image) => {
      const expected = golden.detections[image];
      assert.deepEqual([...own.classes], expected.classes);
      assertClose(own.scores, expected.scores, 2e-5);
      assertClose(own.boxes, expected.boxes, 2e-3);
    });
  });
});

test("detectBoxes: suppresses within a class, never between classes", () => {
  scope(() => {
    const { roi } = smallConfig();
    const regions = arrangeRegions([Float32Array.of(0, 0, 50, 50, 1, 0, 51, 50)], roi);
    const detect = (logits: number[]): number[] => {
      const predictions = { logits: tensor(logits).reshape([2, 4]), deltas: wave([2, 12], 0, 0) };
      return [...detectBoxes(predictions, regions, [[100, 100]], roi)[0].classes];
    };
    assert.deepEqual(detect([9, 0, 0, 0, 8, 0, 0, 0]), [0]);
    assert.deepEqual(detect([9, 0, 0, 0, 0, 8, 0, 0]), [0, 1]);
    assert.deepEqual(detect([0, 0, 0, 9, 0, 0, 0, 9]), []);
    assert.deepEqual(detect([Number.NaN, 0, 0, 0, 0, 8, 0, 0]), [1]);
  });
});

test("maskTargets: the outline on the grid of the region", () => {
  // The left half of the region (10, 10) to (66, 66), and all of the one that it covers.
  const half = [0, 0, 38, 0, 38, 100, 0, 100];
  const own: Target = { boxes: [[10, 10, 38, 66]], classes: [0], polygons: [[half]] };
  const boxes = Float32Array.of(10, 10, 66, 66, 10, 10, 38, 66);
  const regions = arrangeRegions([boxes], smallConfig().roi);
  const sample = { regions, classes: Int32Array.of(0, 0), truths: Int32Array.of(0, 0) };
  const cells = maskTargets(Int32Array.of(0, 1), sample, [own], 28);
  const expected = Float32Array.from({ length: 2 * 784 }, (_, i) =>
    i >= 784 || i % 28 < 14 ? 1 : 0,
  );
  assert.deepEqual(cells, expected);
});

test("maskedRegions: an object without an outline teaches no mask", () => {
  const boxed: Target = { boxes: [[14, 14, 170, 190]], classes: [1], polygons: [[]] };
  const sample = goldenSample();
  const masked = maskedRegions(sample, [targets[0], boxed], 3);
  assert.deepEqual([...masked].map((region) => goldenRow(sample, region)).sort(), [0, 2, 3]);
});

test("roiHeads: every parameter learns, in float32 and in bfloat16", () => {
  const losses = (dtype: "float32" | "bfloat16"): number[] =>
    scope(() => {
      const heads = goldenHeads();
      const run = () =>
        heads.losses(
          features().map((map) => map.to(dtype)),
          proposals,
          sizes,
          targets.map(truthOf),
          randomFrom(1),
        );
      const parts = Object.values(dtype === "bfloat16" ? autocast(dtype, run) : run());
      const [first, second, third] = parts;
      backward(first.add(second).add(third));
      for (const [name, parameter] of nn.parameters(heads)) {
        const sum = parameter.grad?.abs().sum().item() ?? 0;
        assert.ok(sum > 0 && Number.isFinite(sum), `${dtype} ${name}: ${sum}`);
      }
      return parts.map((part) => {
        assert.equal(part.dtype, "float32");
        return part.item();
      });
    });
  const precise = losses("float32");
  losses("bfloat16").forEach((value, i) => {
    assertClose([value], [precise[i]], 0.02 * precise[i] + 0.02);
  });
});

test("roiHeads: without objects the negatives teach, and the mask loss is a connected 0", () => {
  scope(() => {
    const heads = goldenHeads();
    for (const [boxes, region] of [
      [proposals, true],
      [[new Float32Array(), new Float32Array()], false],
    ] as const) {
      for (const parameter of nn.parameters(heads).values()) parameter.grad = null;
      const loss = heads.losses(
        features(),
        boxes,
        sizes,
        [noObjects, noObjects].map(truthOf),
        randomFrom(1),
      );
      if (region) assert.ok(loss.boxClass.item() > 0);
      else assert.equal(loss.boxClass.item(), 0);
      assert.equal(loss.boxRegression.item(), 0);
      assert.equal(loss.mask.item(), 0);
      backward(loss.boxClass.add(loss.boxRegression).add(loss.mask));
      for (const [name, parameter] of nn.parameters(heads)) {
        const sum = parameter.grad?.abs().sum().item() ?? Number.NaN;
        assert.ok(Number.isFinite(sum), name);
        if (name.startsWith("mask_head")) assert.equal(sum, 0, name);
      }
    }
    const half = autocast("bfloat16", () =>
      heads.losses(
        features().map((map) => map.to("bfloat16")),
        proposals,
        sizes,
        [noObjects, noObjects].map(truthOf),
        randomFrom(1),
      ),
    );
    assert.equal(half.mask.item(), 0);
    backward(half.boxClass.add(half.mask));
  });
});

test("roiHeads: a detection has the mask of its class", () => {
  scope(() => {
    const heads = goldenHeads();
    const found = heads.detect(features(), proposals, sizes);
    const { roi } = goldenConfig();
    const regions = arrangeRegions(
      found.map((own) => Float32Array.from(own.flatMap(({ box }) => [...box]))),
      roi,
    );
    const logits = heads.mask_head.predict(features(), regions);
    const classes = new Set<number>();
    regions.places.forEach((place, i) => {
      const detection = found[regions.images[i]][place];
      classes.add(detection.class);
      const expected = logits.at(i, detection.class).sigmoid().flatten().toNumbers();
      assertClose(detection.mask, expected, 1e-6);
    });
    assert.ok(classes.size > 1, "one class alone would prove little");
  });
});

test("roiHeads: detections lie in their image, by falling score, each with a mask", () => {
  scope(() => {
    const heads = goldenHeads();
    const found = heads.detect(features(), proposals, sizes);
    assert.ok(found.every((own) => own.length > 0));
    found.forEach((own, image) => {
      const [height, width] = sizes[image];
      own.forEach((detection, i) => {
        const [x1, y1, x2, y2]: Box = detection.box;
        assert.ok(0 <= x1 && x1 <= x2 && x2 <= width && 0 <= y1 && y1 <= y2 && y2 <= height);
        assert.ok(detection.score > 0.05 && detection.class >= 0 && detection.class < 3);
        assert.equal(detection.probabilities.length, 3);
        assert.equal(detection.probabilities[detection.class], detection.score);
        assert.ok(detection.probabilities.reduce((sum, p) => sum + p, 0) <= 1 + 1e-6);
        if (i > 0) assert.ok(detection.score <= own[i - 1].score);
        assert.equal(detection.mask.length, 784);
        assert.ok(detection.mask.every((value) => value >= 0 && value <= 1));
        assert.equal(detection.mask.buffer.byteLength, 784 * 4);
      });
    });
    assert.deepEqual(heads.detect(features(), [new Float32Array(), new Float32Array()], sizes), [
      [],
      [],
    ]);
  });
});

test("roiHeads: Detectron2's names and first losses", () => {
  scope(() => {
    const config = smallConfig();
    const heads = roiHeads(config);
    const names = [...nn.parameters({ roi_heads: heads }).keys()];
    const layers = ["box_head.fc1", "box_head.fc2", "box_predictor.cls_score"];
    layers.push("box_predictor.bbox_pred", "mask_head.deconv", "mask_head.predictor");
    for (let i = 1; i <= 4; i++) layers.push(`mask_head.mask_fcn${i}`);
    assert.deepEqual(
      names.sort(),
      layers.flatMap((name) => [`roi_heads.${name}.bias`, `roi_heads.${name}.weight`]).sort(),
    );
    const { boxClass, mask } = heads.losses(
      features(),
      proposals,
      sizes,
      targets.map(truthOf),
      randomFrom(1),
    );
    assertClose([boxClass.item()], [Math.log(4)], 0.1);
    assertClose([mask.item()], [Math.LN2], 0.05);
    const { cls_score, bbox_pred } = boxPredictor(config);
    assert.deepEqual(
      [cls_score.weight.shape, bbox_pred.weight.shape],
      [
        [4, 32],
        [12, 32],
      ],
    );
  });
});

test("roiHeads: leaves no tensor behind", () => {
  const before = liveTensors();
  scope(() => {
    const heads = goldenHeads();
    const inside = liveTensors();
    scope(() => {
      heads.detect(features(), proposals, sizes);
      heads.losses(features(), proposals, sizes, targets.map(truthOf), randomFrom(1));
    });
    assert.equal(liveTensors(), inside);
  });
  assert.equal(liveTensors(), before);
});
