import assert from "node:assert/strict";
import test from "node:test";
import { longBoneAnchors } from "./anchor-sizes.ts";
import { detectron2Config } from "./detectron2-config.ts";
import { type MaskRcnnConfig, maskRcnnConfigSchema } from "./mask-rcnn-config.ts";
import { readRecord } from "./read-json.ts";

const config = detectron2Config(["fracture"]);

/** As JSON has it. */
const withMask = (mask: object) =>
  JSON.parse(JSON.stringify({ ...config, roi: { ...config.roi, mask } }));

test("maskRcnnConfigSchema: what is written is read back, with either mask head", () => {
  const fine: MaskRcnnConfig = {
    ...config,
    anchors: longBoneAnchors(20),
    roi: {
      ...config.roi,
      mask: { ...config.roi.mask, head: { kind: "fine", detailChannels: 64, refinements: 2 } },
    },
  };
  for (const written of [config, fine]) {
    assert.deepEqual(maskRcnnConfigSchema.parse(JSON.parse(JSON.stringify(written))), written);
  }
});

test("maskRcnnConfigSchema: a backbone is a ResNet where nothing is said, or an EfficientNet-Lite2", () => {
  const withBackbone = (backbone: unknown) => JSON.parse(JSON.stringify({ ...config, backbone }));
  const lite = { kind: "efficientnet-lite2", norm: "frozen", freezeAt: 22, fpnChannels: 96 };
  const { kind, ...resNet } = { kind: "resnet", ...config.backbone };
  for (const backbone of [resNet, { ...resNet, kind }, lite]) {
    assert.deepEqual(maskRcnnConfigSchema.parse(withBackbone(backbone)).backbone, backbone);
  }
  const refuse = (backbone: unknown, message: string | RegExp) =>
    assert.throws(() => readRecord(maskRcnnConfigSchema, withBackbone(backbone), "r"), {
      code: "not-valid",
      message,
    });
  for (const wrong of ["efficientnet-lite", "ResNet", null]) {
    refuse(
      { ...lite, kind: wrong },
      `r at backbone.kind: expected "resnet" or "efficientnet-lite2", got "${wrong}"; leave it out or write ` +
        '"resnet" for a ResNet, or write "efficientnet-lite2"',
    );
  }
  refuse({ ...lite, freezeAt: 23 }, /^r at backbone\.freezeAt: /);
  refuse({ ...lite, depth: 50 }, /^r at backbone: unknown key "depth"/);
  refuse({ ...lite, kind: undefined }, /^r at backbone\.depth: /);
  refuse(5, /^r at backbone: Invalid input: expected object/);
});

test("maskRcnnConfigSchema: a second box head is read back, and there is none where nothing is said", () => {
  const second = { iouThreshold: 0.6, boxWeights: [20, 20, 10, 10], lossWeight: 1 };
  const withSecond = (secondBoxHead: unknown) =>
    JSON.parse(JSON.stringify({ ...config, roi: { ...config.roi, secondBoxHead } }));
  assert.deepEqual(maskRcnnConfigSchema.parse(withSecond(second)).roi.secondBoxHead, second);
  // As files were before there was a choice: JSON leaves out what is undefined.
  const earlier = withSecond(undefined);
  assert.ok(!("secondBoxHead" in earlier.roi));
  assert.deepEqual(maskRcnnConfigSchema.parse(earlier), config);
  for (const wrong of [
    { ...second, iouThreshold: 1.1 },
    { ...second, boxWeights: [20, 20, 10] },
    { ...second, boxWeights: [20, 20, 10, 0] },
    { ...second, color: 1 },
    { iouThreshold: 0.6 },
  ]) {
    assert.equal(maskRcnnConfigSchema.safeParse(withSecond(wrong)).success, false);
  }
});

test("maskRcnnConfigSchema: a mask head that is none is refused", () => {
  const { mask } = config.roi;
  for (const head of [
    { kind: "finest" },
    { kind: "fine" },
    { kind: "fine", detailChannels: 0, refinements: 2 },
    { kind: "fine", detailChannels: 64, refinements: 2, color: 1 },
    { kind: "detectron2", detailChannels: 64 },
  ]) {
    assert.equal(maskRcnnConfigSchema.safeParse(withMask({ ...mask, head })).success, false);
  }
});

test("maskRcnnConfigSchema: a configuration of before there was a choice regresses once and weighs nothing", () => {
  const { boxRegressions: _, ...roi } = config.roi;
  const imageHead = { hiddenChannels: 8, lossWeight: 1 };
  const read = maskRcnnConfigSchema.parse(
    JSON.parse(JSON.stringify({ ...config, roi, imageHead })),
  );
  assert.deepEqual(read, { ...config, imageHead: { ...imageHead, weighsScores: false } });
});
