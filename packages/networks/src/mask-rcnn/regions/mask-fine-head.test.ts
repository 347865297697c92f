import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import {
  type Box,
  emptyMask,
  maskIou,
  polygonSignedArea,
  rasterizePolygons,
} from "@malleolus/geometry";
import { pasteMask, type Target } from "@malleolus/imaging";
import type { MaskRcnnConfig } from "@malleolus/schema";
import {
  autocast,
  backward,
  convTranspose2d,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  roiAlign,
  scope,
  type Tensor,
  tensor,
} from "@malleolus/torch";
import { openDetector, writeDetector } from "../../detector/detector.ts";
import { storeAsBfloat16 } from "../../placement.ts";
import { assertClose, randomFrom, setLayer, smallConfig, wave } from "../../test-heads.ts";
import { featureStrides } from "../features.ts";
import { maskRcnn } from "../mask-rcnn.ts";
import { truthOf } from "../truth.ts";
import { type FineMaskHead, fineMaskHead } from "./mask-fine-head.ts";
import { maskHead } from "./mask-head.ts";
import { maskTargets } from "./mask-loss.ts";
import { arrangeRegions, poolRegions } from "./region-pooling.ts";
import { roiHeads } from "./roi-heads.ts";

const fine = { kind: "fine", detailChannels: 6, refinements: 2 } as const;

function fineConfig(): MaskRcnnConfig {
  const config = smallConfig();
  const mask = { ...config.roi.mask, convolutions: 2, head: fine };
  return { ...config, roi: { ...config.roi, canonicalBoxSize: 112, mask } };
}

function fineHead(): FineMaskHead {
  const head = fineMaskHead(fineConfig(), fine);
  const { detail, upsample, deconv, refine1, refine2, predictor } = head;
  const layers = [head.mask_fcn1, head.mask_fcn2, deconv, detail, upsample, refine1, refine2];
  [...layers, predictor].forEach((layer, i) => {
    setLayer(layer, 9 + 2 * i, 0.3);
  });
  return head;
}

const features = (): Tensor[] =>
  featureStrides.map((stride, i) =>
    wave([2, 8, 256 / stride, 320 / stride], 20 + i, 1).to({ memoryFormat: "channelsLast" }),
  );

/** One from p2, one from p3 and one from p5, in two images. */
const boxes = [Float32Array.of(20, 30, 60, 75, 100, 40, 180, 150), Float32Array.of(3, 8, 290, 250)];
const sizes = [
  [256, 320],
  [256, 320],
] as const;
const regionsOf = (own: readonly Float32Array[]) => arrangeRegions(own, fineConfig().roi);

test("fineMaskHead: the same as its layers one by one, in LibTorch's own transposed convolutions", () => {
  scope(() => {
    const head = fineHead();
    const maps = features();
    const regions = regionsOf(boxes);
    assert.deepEqual(regions.levelStarts, [0, 1, 2, 2, 3]);
    const logits = head.predict(maps, regions);
    assert.deepEqual(logits.shape, [3, 3, 56, 56]);

    const { mask_fcn1, mask_fcn2, deconv, detail, upsample, refine1, refine2, predictor } = head;
    const spread = (input: Tensor, { weight, bias }: nn.Convolution) =>
      convTranspose2d(input, weight, { bias, stride: 2 });
    const pooled = poolRegions(maps, regions, fineConfig().roi.mask);
    const coarse = mask_fcn2.forward(mask_fcn1.forward(pooled).relu()).relu();
    const upsampled = spread(spread(coarse, deconv).relu(), upsample);
    const rois = [0, 1, 2].map((i) => [
      regions.images[i],
      ...regions.boxes.subarray(i * 4, i * 4 + 4),
    ]);
    const sampled = roiAlign(detail.forward(maps[0]), tensor(rois), 1 / 4, 56, 56);
    const refined = refine2.forward(refine1.forward(upsampled.add(sampled).relu()).relu()).relu();
    const expected = predictor.forward(refined);
    assertClose(logits.flatten().toNumbers(), expected.flatten().toNumbers(), 1e-4);
    assert.ok(expected.abs().amax().item() > 0.1, "zeros alone would prove little");
  });
});

test("fineMaskHead: sees in p2 what the level of a large region cannot hold", () => {
  scope(() => {
    const head = fineHead();
    const maps = features();
    const regions = regionsOf([Float32Array.of(3, 8, 290, 250), new Float32Array()]);
    const before = head.predict(maps, regions);
    // A single cell of p2, 4 pixels wide, at (146, 130): in the middle of the region.
    maps[0].setAt([0, "...", 32, 36], 9);
    const change = head
      .predict(maps, regions)
      .sub(before)
      .abs()
      .amax({ dim: [0, 1] });
    const [row, column] = [(130 - 8) / 242, (146 - 3) / 287].map((at) => Math.floor(at * 56));
    assert.ok(change.at(row, column).item() > 0.01);
    change.setAt(
      [
        [row - 4, row + 5],
        [column - 4, column + 5],
      ],
      0,
    );
    assertClose([change.amax().item()], [0], 1e-6);
  });
});

test("fineMaskHead: no region, no mask, and still a gradient for every parameter", () => {
  scope(() => {
    const head = fineHead();
    const logits = head.predict(features(), regionsOf([new Float32Array(), new Float32Array()]));
    assert.deepEqual(logits.shape, [0, 3, 56, 56]);
    backward(logits.sum());
    for (const [name, { grad }] of nn.parameters(head)) {
      assert.equal(grad?.abs().sum().item(), 0, name);
    }
  });
});

const outline = [30, 40, 52, 40, 52, 70, 30, 70];
const targets: readonly Target[] = [
  { boxes: [[20, 30, 60, 75]], classes: [0], polygons: [[outline]] },
  { boxes: [[3, 8, 290, 250]], classes: [2], polygons: [[outline]] },
];

/** The norm of every mask head parameter's gradient. */
function gradientNorms(dtype: "float32" | "bfloat16"): Map<string, number> {
  return scope(() => {
    manualSeed(2);
    const heads = roiHeads(fineConfig());
    nn.normal(heads.mask_head.predictor.weight, 0.1);
    const maps = features().map((map) => map.to(dtype));
    const run = () => heads.losses(maps, boxes, sizes, targets.map(truthOf), randomFrom(1));
    const { mask } = dtype === "bfloat16" ? autocast(dtype, run) : run();
    assert.equal(mask.dtype, "float32");
    assertClose([mask.item()], [Math.LN2], 0.3);
    backward(mask);
    return new Map(
      [...nn.parameters(heads.mask_head)].map(([name, { grad }]) => [
        name,
        grad?.square().sum().sqrt().item() ?? 0,
      ]),
    );
  });
}

test("fineMaskHead: in roiHeads, every parameter learns", () => {
  const before = liveTensors();
  assert.ok([...gradientNorms("float32").values()].every((norm) => norm > 0));
  assert.equal(liveTensors(), before);
});

/** Without such instructions LibTorch sums a convolution's gradient in bfloat16 and loses half of it. */
const bfloat16 = {
  skip: / (avx512_bf16|amx_bf16|bf16) /.test(readFileSync("/proc/cpuinfo", "utf8"))
    ? false
    : "the processor has no instructions for bfloat16",
};

test("fineMaskHead: in roiHeads, it learns in bfloat16 as in float32", bfloat16, () => {
  const before = liveTensors();
  const precise = gradientNorms("float32");
  for (const [name, norm] of gradientNorms("bfloat16")) {
    const expected = precise.get(name) ?? Number.NaN;
    assert.ok(Math.abs(norm - expected) < 0.1 * expected, `${name}: ${norm}, ${expected}`);
  }
  assert.equal(liveTensors(), before);
});

/** An oblique band, 3 mm wide and 4 cm long where a pixel has 0.6 mm. */
const band = [20, 88, 76, 32, 79.5, 35.5, 23.5, 91.5];

test("fineMaskHead: its grid keeps more of a thin band than 28 x 28 does, from target to pixels", () => {
  const box: Box = [20, 32, 79.5, 91.5];
  const truth = rasterizePolygons([band], 120, 110);
  const target: Target = { boxes: [box], classes: [0], polygons: [[band]] };
  const sample = {
    regions: regionsOf([Float32Array.from(box)]),
    classes: Int32Array.of(0),
    truths: Int32Array.of(0),
  };
  const [coarse, finer] = [28, 56].map((size) => {
    const cells = maskTargets(Int32Array.of(0), sample, [target], size);
    assert.equal(cells.length, size * size);
    const { left, top, width, height, data } = pasteMask(cells, box, 120, 110);
    const mask = emptyMask(120, 110);
    for (let y = 0; y < height; y++) {
      mask.data.set(data.subarray(y * width, (y + 1) * width), (y + top) * 120 + left);
    }
    return maskIou(mask, truth);
  });
  assert.ok(finer > coarse + 0.03 && finer > 0.9, `${finer}, ${coarse}`);
});

test("fineMaskHead: a checkpoint carries it, and its detector finds what the network finds", () => {
  const before = liveTensors();
  const folder = mkdtempSync(join(tmpdir(), "malleolus-fine-"));
  try {
    const path = join(folder, "model.safetensors");
    const { backbone, ...config } = fineConfig();
    const narrow = { ...backbone, depth: 26, width: 32, norm: "group", fpnChannels: 32 } as const;
    scope(() => {
      manualSeed(5);
      const roi = { ...config.roi, detectionsPerImage: 4 };
      const model = maskRcnn({ ...config, backbone: narrow, roi });
      // Every proposal is as much of any class; masks are sure to cover something.
      nn.constant(model.roi_heads.box_predictor.cls_score.weight, 0);
      nn.constant(model.roi_heads.mask_head.predictor.weight, 0);
      noGrad(() => model.roi_heads.mask_head.predictor.bias?.fill_(3));
      writeDetector(path, model, {
        minSize: 64,
        maxSize: 96,
        maskCollimation: false,
        testTimeFlip: false,
      });
    });
    const pixels = Float32Array.from({ length: 8000 }, (_, i) => ((i * 7) % 100) / 100);
    for (const precision of ["float32", "bfloat16"] as const) {
      const detector = openDetector(path, { precision });
      assert.deepEqual(detector.members[0].config.roi.mask.head, fine);
      const findings = detector.detect({ width: 100, height: 80, pixels });
      detector.close();
      assert.ok(findings.length > 0);
      // A grid that is 1 everywhere is its whole box.
      for (const { box, polygons } of findings) {
        const area = (box[2] - box[0]) * (box[3] - box[1]);
        const drawn = polygons.reduce((sum, polygon) => sum + polygonSignedArea(polygon), 0);
        assert.ok(Math.abs(drawn - area) < 0.1 * area + 20, `${drawn}, ${area}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.equal(liveTensors(), before);
});

test("fineMaskHead: weights stored in bfloat16 say what autocast says", () => {
  scope(() => {
    const head = fineHead();
    const maps = features().map((map) => map.to("bfloat16"));
    const predict = () =>
      noGrad(() => autocast("bfloat16", () => head.predict(maps, regionsOf(boxes))));
    const cast = predict().to("float32").flatten().toNumbers();
    storeAsBfloat16(head);
    assert.equal(head.refine1.weight.dtype, "bfloat16");
    assert.deepEqual(predict().to("float32").flatten().toNumbers(), cast);
  });
});

test("maskHead: the trunk has one name in both, and nothing else of Detectron2's is taken", () => {
  scope(() => {
    const config = smallConfig();
    const names = (head: object) => [...nn.stateDict(head).keys()];
    const own = names(maskHead(config));
    const finer = names(
      maskHead({ ...config, roi: { ...config.roi, mask: { ...config.roi.mask, head: fine } } }),
    );
    for (const name of own) assert.ok(finer.includes(name), name);
    assert.deepEqual(
      finer.filter((name) => !own.includes(name)).map((name) => name.replace(/\.\w+$/, "")),
      ["detail", "detail", "upsample", "upsample", "refine1", "refine1", "refine2", "refine2"],
    );
  });
});
