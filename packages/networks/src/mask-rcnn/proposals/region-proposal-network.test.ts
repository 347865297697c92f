import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Target } from "@malleolus/imaging";
import { autocast, backward, liveTensors, nn, noGrad, scope, type Tensor } from "@malleolus/torch";
import { matchBoxes } from "../../boxes/matching.ts";
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
import { anchorGenerator } from "./anchors.ts";
import { type RegionProposalNetwork, regionProposalNetwork } from "./region-proposal-network.ts";

interface Golden {
  readonly anchorCount: number;
  readonly anchors: number[][];
  readonly labelCounts: number[][];
  readonly proposals: number[][][];
  readonly classLoss: number;
  readonly boxLoss: number;
  readonly gradients: Record<string, number[]>;
}

// Written by tools/golden/networks_heads.py.
const goldenUrl = new URL("./golden/proposals.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(goldenUrl, "utf8"));

const sizes = [
  [64, 96],
  [60, 90],
] as const;
const truths: readonly Box[] = [
  [10, 8, 41, 37.5],
  [60.2, 5, 70, 61],
];
const targets: readonly Target[] = [
  { boxes: truths, classes: [0, 1], polygons: [[], []] },
  { boxes: [], classes: [], polygons: [] },
];

const features = (): Tensor[] =>
  featureStrides.map((stride, i) =>
    wave([2, 8, Math.ceil(64 / stride), Math.ceil(96 / stride)], 10 + i, 1).to({
      memoryFormat: "channelsLast",
    }),
  );

/** The network of the golden numbers, which learns from every anchor that is not ignored. */
function goldenNetwork(): RegionProposalNetwork {
  const config = smallConfig();
  const rpn = { ...config.rpn, batchSizePerImage: golden.anchorCount, positiveFraction: 1 };
  const network = regionProposalNetwork({ ...config, rpn });
  setLayer(network.rpn_head.conv, 1, 0.2);
  setLayer(network.rpn_head.objectness_logits, 3, 1);
  setLayer(network.rpn_head.anchor_deltas, 5, 0.2);
  return network;
}

test("anchorGenerator, matchBoxes: torchvision's anchors and matches", () => {
  const config = smallConfig();
  const maps = featureStrides.map((s) => [Math.ceil(64 / s), Math.ceil(96 / s)] as const);
  const { boxes } = anchorGenerator(config.anchors, featureStrides)(maps);
  assert.equal(boxes.length / 4, golden.anchorCount);
  golden.anchors.forEach((anchor, i) => {
    assertClose(boxes.subarray(97 * 4 * i, 97 * 4 * i + 4), anchor, 1e-5);
  });
  targets.forEach((target, image) => {
    const [background, object] = config.rpn.iouThresholds;
    const rule = { background, object, lowQualityMatches: true };
    const { labels } = matchBoxes(boxes, Float32Array.from(target.boxes.flat()), rule);
    const counts = [1, 0, -1].map((label) => labels.filter((own) => own === label).length);
    assert.deepEqual(counts, golden.labelCounts[image]);
  });
});

test("regionProposalNetwork: torchvision's proposals", () => {
  scope(() => {
    const found = goldenNetwork().propose(features(), sizes);
    assert.equal(found.length, 2);
    found.forEach((boxes, image) => {
      assertClose(boxes, golden.proposals[image], 2e-4, `image ${image}`);
    });
  });
});

test("regionProposalNetwork: PyTorch's losses and gradients, by name", () => {
  scope(() => {
    const network = goldenNetwork();
    const { classLoss, boxLoss, proposals } = network.losses(
      features(),
      sizes,
      targets.map(truthOf),
      randomFrom(1),
    );
    assertClose([classLoss.item()], [golden.classLoss], 1e-5);
    assertClose([boxLoss.item()], [golden.boxLoss], 1e-8);
    proposals.forEach((boxes, image) => {
      assertClose(boxes, golden.proposals[image], 2e-4);
    });
    backward(classLoss.add(boxLoss));
    assertGradients(network.rpn_head, golden.gradients);
  });
});

test("regionProposalNetwork: starts undecided, with Detectron2's names", () => {
  scope(() => {
    const network = regionProposalNetwork(smallConfig());
    assert.deepEqual([...nn.parameters({ proposal_generator: network }).keys()].sort(), [
      "proposal_generator.rpn_head.anchor_deltas.bias",
      "proposal_generator.rpn_head.anchor_deltas.weight",
      "proposal_generator.rpn_head.conv.bias",
      "proposal_generator.rpn_head.conv.weight",
      "proposal_generator.rpn_head.objectness_logits.bias",
      "proposal_generator.rpn_head.objectness_logits.weight",
    ]);
    const { classLoss } = network.losses(features(), sizes, targets.map(truthOf), randomFrom(1));
    assertClose([classLoss.item()], [Math.LN2], 0.01);
  });
});

test("regionProposalNetwork: a step depends on the stream of draws, and on nothing else", () => {
  scope(() => {
    const network = goldenNetwork();
    const sampling = regionProposalNetwork({
      ...smallConfig(),
      rpn: { ...smallConfig().rpn, batchSizePerImage: 32 },
    });
    nn.loadStateDict(sampling, nn.stateDict(network));
    const loss = (seed: number): number =>
      sampling.losses(features(), sizes, targets.map(truthOf), randomFrom(seed)).classLoss.item();
    assert.equal(loss(1), loss(1));
    assert.notEqual(loss(1), loss(2));
  });
});

test("regionProposalNetwork: an image without objects teaches what background is", () => {
  scope(() => {
    const network = goldenNetwork();
    const none = [targets[1], targets[1]].map(truthOf);
    const { classLoss, boxLoss } = network.losses(features(), sizes, none, randomFrom(1));
    assert.ok(classLoss.item() > 0);
    assert.equal(boxLoss.item(), 0);
    backward(classLoss.add(boxLoss));
    for (const [name, parameter] of nn.parameters(network)) {
      assert.notEqual(parameter.grad, null, name);
    }
  });
});

test("regionProposalNetwork: proposals lie in their image, are few, and NaN is none", () => {
  scope(() => {
    const network = goldenNetwork();
    const maps = features();
    const found = network.propose(maps, sizes);
    found.forEach((boxes, image) => {
      const [height, width] = sizes[image];
      assert.ok(boxes.length / 4 <= 50);
      for (let i = 0; i < boxes.length; i += 4) {
        const [x1, y1, x2, y2] = boxes.subarray(i, i + 4);
        assert.ok(0 <= x1 && x1 < x2 && x2 <= width && 0 <= y1 && y1 < y2 && y2 <= height);
      }
    });
    const poisoned = maps.map((map) => map.clone().setAt([0], Number.NaN));
    const [first, second] = network.propose(poisoned, sizes);
    assert.equal(first.length, 0);
    assert.deepEqual(second, found[1]);
  });
});

test("regionProposalNetwork: bfloat16 features give float32 losses near the float32 ones", () => {
  scope(() => {
    const network = goldenNetwork();
    const { classLoss, boxLoss } = autocast("bfloat16", () =>
      network.losses(
        features().map((map) => map.to("bfloat16")),
        sizes,
        targets.map(truthOf),
        randomFrom(1),
      ),
    );
    assert.equal(classLoss.dtype, "float32");
    assertClose([classLoss.item()], [golden.classLoss], 0.01);
    assertClose([boxLoss.item()], [golden.boxLoss], 1e-5);
    backward(classLoss.add(boxLoss));
    for (const parameter of nn.parameters(network).values()) assert.notEqual(parameter.grad, null);
  });
});

test("regionProposalNetwork: leaves no tensor behind", () => {
  const before = liveTensors();
  scope(() => {
    const network = goldenNetwork();
    const inside = liveTensors();
    scope(() => {
      noGrad(() => network.propose(features(), sizes));
      const { classLoss } = network.losses(features(), sizes, targets.map(truthOf), randomFrom(1));
      classLoss.item();
    });
    assert.equal(liveTensors(), inside);
  });
  assert.equal(liveTensors(), before);
});
