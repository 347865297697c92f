import assert from "node:assert/strict";
import test from "node:test";
import { allclose, liveTensors, manualSeed, nn, scope, type Tensor } from "@malleolus/torch";
import { efficientNetLite2 } from "../backbones/efficientnet-lite.ts";
import { featurePyramid } from "../backbones/fpn.ts";
import { initializeBackbone } from "./initialize-backbone.ts";

function modelOf(norm: "frozen" | "group") {
  const config = {
    backbone: { kind: "efficientnet-lite2", norm, freezeAt: 0, fpnChannels: 16 },
  } as const;
  return { config, backbone: featurePyramid(config.backbone) };
}

/** As published, made ours: the network alone, with its last convolution. */
function published(norm: "frozen" | "group"): Map<string, Tensor> {
  return nn.stateDict(efficientNetLite2({ norm, freezeAt: 0 }));
}

function scoped(name: string, body: () => void): void {
  test(name, () => {
    const before = liveTensors();
    scope(() => {
      manualSeed(1);
      body();
    });
    assert.equal(liveTensors(), before);
  });
}

scoped(
  "initializeBackbone: an EfficientNet-Lite2 goes under a pyramid that is to be learned",
  () => {
    const model = modelOf("frozen");
    const weights = published("frozen");
    const report = initializeBackbone(model, weights);
    assert.equal(report.found.length, 5 * 64 - 5);
    assert.deepEqual(
      report.missing,
      [2, 3, 4, 5]
        .flatMap((level) => [`fpn_lateral${level}`, `fpn_output${level}`])
        .flatMap((layer) => [`${layer}.weight`, `${layer}.bias`]),
    );
    assert.ok(report.leftOver.every((name) => name.startsWith("features.22.")));
    assert.equal(report.leftOver.length, 5);
    const name = "features.9.conv.1.0.weight";
    const [taken, given] = [
      nn.stateDict(model.backbone).get(`bottom_up.${name}`),
      weights.get(name),
    ];
    assert.ok(taken !== undefined && given !== undefined && allclose(taken, given));
  },
);

scoped("initializeBackbone: a whole pyramid of ours comes over with the network under it", () => {
  const [from, to] = [modelOf("group"), modelOf("group")];
  const weights = new Map(
    [...nn.stateDict(from.backbone)].map(([name, value]) => [`backbone.${name}`, value]),
  );
  const report = initializeBackbone(to, weights);
  assert.deepEqual([report.missing, report.leftOver], [[], []]);
  for (const [name, value] of nn.stateDict(to.backbone)) {
    const given = weights.get(`backbone.${name}`);
    assert.ok(given !== undefined && allclose(value, given), name);
  }
});

scoped("initializeBackbone: of an EfficientNet-Lite2, parts and other norms are refused", () => {
  const model = modelOf("frozen");
  const was = nn.stateDict(model.backbone).get("bottom_up.features.0.0.weight")?.clone();
  const partial = published("frozen");
  partial.delete("features.3.conv.2.weight");
  assert.throws(() => initializeBackbone(model, partial), {
    code: "weights",
    message:
      /features\.3\.conv\.2\.weight: expected shape \[24, 144, 1, 1\], got none; use weights/,
  });
  assert.throws(() => initializeBackbone(model, published("group")), {
    code: "weights",
    message: /^expected norms with statistics.*set backbone\.norm to "group"$/,
  });
  assert.throws(() => initializeBackbone(modelOf("group"), published("frozen")), {
    code: "weights",
    message: /^expected norms without statistics.*set backbone\.norm to "frozen"$/,
  });
  const is = nn.stateDict(model.backbone).get("bottom_up.features.0.0.weight");
  assert.ok(was !== undefined && is !== undefined && allclose(is, was), "nothing was copied");
});
