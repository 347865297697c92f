import assert from "node:assert/strict";
import test from "node:test";
import { backward, liveTensors, nn, noGrad, randn, scope } from "@malleolus/torch";
import {
  assertDescribed,
  assertGradientsByName,
  type Described,
  fillByName,
  type GradientsByName,
  plain,
  readGolden,
} from "../test-golden.ts";
import { aspp } from "./aspp.ts";

interface Golden {
  readonly output: Described;
  readonly gradients: GradientsByName;
  readonly inputGradient: Described;
}

// Written by tools/golden/networks_mobilenet.py.
const golden = readGolden<Golden>(new URL("./golden/aspp.json", import.meta.url));

/**
 * torchvision has convolution and norm as two parts of a branch; before the average's stands the
 * pooling.
 */
function torchvisionName(name: string): string {
  const [, branch, rest] = /^(convs\.4\.1|convs\.\d|project)\.(.+)$/.exec(name) ?? [];
  assert.ok(branch !== undefined, name);
  const [first, second] =
    branch === "convs.4.1" ? [branch, "convs.4.2"] : [`${branch}.0`, `${branch}.1`];
  return rest.startsWith("norm.") ? rest.replace("norm", second) : `${first}.${rest}`;
}

test("aspp: with plain convolutions, output and gradients are torchvision's", () => {
  const before = liveTensors();
  scope(() => {
    const config = { channels: 32, rates: [6, 12, 18], separable: false };
    const module = aspp(16, config, "measured");
    fillByName(module, torchvisionName);
    const map = plain("features", [2, 16, 22, 26], 2).to({ memoryFormat: "channelsLast" });
    map.requiresGrad_();
    const size = [22 * 16, 26 * 16] as const;
    const output = module.forward(map, [size, size], 16);
    assert.ok(output.isContiguous("channelsLast"));
    assertDescribed(output, golden.output, "output");
    backward(output.mul(plain("probe", output.shape)).sum());
    assertGradientsByName(module, golden.gradients, torchvisionName);
    assert.ok(map.grad !== null);
    assertDescribed(map.grad, golden.inputGradient, "the map's gradient");
  });
  assert.equal(liveTensors(), before);
});

test("aspp: separable as DeepLabV3+ has it, under Detectron2's names", () => {
  scope(() => {
    const module = aspp(320, { channels: 256, rates: [6, 12, 18], separable: true }, "group");
    const shapes = [...nn.stateDict(module)]
      .filter(([name]) => name.endsWith("weight") && !name.includes("norm"))
      .map(([name, { shape }]) => `${name} ${shape.join("x")}`);
    const separable = [1, 2, 3].flatMap((i) => [
      `convs.${i}.depthwise.weight 320x1x3x3`,
      `convs.${i}.pointwise.weight 256x320x1x1`,
    ]);
    assert.deepEqual(shapes, [
      "convs.0.weight 256x320x1x1",
      ...separable,
      "convs.4.1.weight 256x320x1x1",
      "project.weight 256x1280x1x1",
    ]);
  });
});

test("aspp: the average is the image's, whatever the batch's padding holds", () => {
  const before = liveTensors();
  scope(() => {
    const module = aspp(16, { channels: 32, rates: [1], separable: true }, "measured");
    // An image of 4 x 5 cells, and below and beside it padding that shouts.
    const image = randn([1, 16, 4, 5]);
    const padded = (noise: number) => {
      const map = image.pad([0, 3, 0, 4], { value: noise });
      return noGrad(() => module.forward(map, [[4 * 16, 5 * 16]], 16));
    };
    // Far from the padding the 3x3s see none of it, and the rest only sees its own cell.
    const corner = (noise: number) => padded(noise).at(0, "...", [0, 3], [0, 4]).toNumbers();
    assert.deepEqual(corner(0), corner(1e3));
    const [quiet, loud] = [0, 1e3].map((noise) =>
      noGrad(() => module.forward(image.pad([0, 3, 0, 4], { value: noise }), [[128, 128]], 16)),
    );
    assert.ok(quiet.sub(loud).abs().amax().item() > 1, "but for what a size takes in");
  });
  assert.equal(liveTensors(), before);
});
