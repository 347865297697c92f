import assert from "node:assert/strict";
import test from "node:test";
import type { Box } from "@malleolus/geometry";
import type { Target } from "@malleolus/imaging";
import type { MaskRcnnConfig } from "@malleolus/schema";
import {
  autocast,
  backward,
  fromTypedArray,
  liveTensors,
  manualSeed,
  nn,
  noGrad,
  scope,
  type Tensor,
  zeros,
} from "@malleolus/torch";
import { encodeBoxes } from "../../boxes/box-coding.ts";
import { assertClose, randomFrom, setLayer, smallConfig, wave } from "../../test-heads.ts";
import { withSecondBoxHead } from "../../weights/second-box-head-weights.ts";
import { featureStrides } from "../features.ts";
import { truthOf } from "../truth.ts";
import { arrangeRegions } from "./region-pooling.ts";
import { type RoiHeads, roiHeads } from "./roi-heads.ts";
import { matchedAgain, type SecondBoxHead, secondBoxHead } from "./second-box-head.ts";

/** Three classes, 8 channels; deltas of the first head are ten times and five times, of the second twenty and ten. */
function configWith(
  own: Partial<NonNullable<MaskRcnnConfig["roi"]["secondBoxHead"]>> | null,
): MaskRcnnConfig {
  const config = smallConfig();
  const usual = { iouThreshold: 0.6, boxWeights: [20, 20, 10, 10], lossWeight: 1 } as const;
  const second = own === null ? null : { ...usual, ...own };
  return { ...config, roi: { ...config.roi, secondBoxHead: second } };
}

function headWith(
  own: Partial<NonNullable<MaskRcnnConfig["roi"]["secondBoxHead"]>> = {},
): SecondBoxHead {
  const head = secondBoxHead(configWith(own));
  assert.ok(head !== null);
  return head;
}

const sizes = [
  [200, 256],
  [256, 256],
] as const;
const features = (): Tensor[] =>
  featureStrides.map((stride, i) => wave([2, 8, 256 / stride, 256 / stride], 20 + i, 1));

const truthsOf = (...images: readonly (readonly (readonly [Box, number])[])[]) =>
  images.map((objects) =>
    truthOf({
      boxes: objects.map(([box]) => box),
      classes: objects.map(([, own]) => own),
      polygons: objects.map(() => []),
    }),
  );

test("matchedAgain: boxes from the threshold on are objects of the truth that they overlap most", () => {
  const truths = truthsOf(
    [
      [[0, 0, 100, 100], 2],
      [[0, 0, 100, 50], 1],
    ],
    [],
  );
  // By rows: 0.6 of the first truth, 0.59 of it, all of the second one, far away; and in an image without a truth.
  const boxes = [
    [0, 0, 60, 100],
    [0, 0, 59, 100],
    [0, 0, 100, 50],
    [150, 150, 250, 200],
    [0, 0, 100, 100],
  ];
  const regions = {
    boxes: Float32Array.from(boxes.flat()),
    images: Int32Array.of(0, 0, 0, 0, 1),
  };
  const [first, second] = matchedAgain(regions, truths, 0.6);
  assert.deepEqual([...first.boxes], [...boxes[0], ...boxes[2]]);
  assert.deepEqual([...first.truths], [0, 1]);
  assert.deepEqual([...first.classes], [2, 1]);
  assert.equal(second.boxes.length, 0);
  assert.deepEqual([...matchedAgain(regions, truths, 0.61)[0].classes], [1]);
});

/** What the first head says: of every region no move, but for `moved`, of the class of its number. */
function firstStage(
  boxes: readonly Box[],
  classes: readonly number[],
  moved: ReadonlyMap<number, readonly [own: number, delta: readonly number[]]> = new Map(),
) {
  const config = smallConfig();
  const regions = arrangeRegions([Float32Array.from(boxes.flat()), new Float32Array()], config.roi);
  const deltas = new Float32Array(boxes.length * 12);
  const logits = new Float32Array(boxes.length * 4);
  const ofRegion = <T>(values: readonly T[]) => [...regions.places].map((place) => values[place]);
  regions.places.forEach((place, region) => {
    const own = moved.get(place);
    if (own === undefined) return;
    deltas.set(own[1], region * 12 + own[0] * 4);
    // Of an object it counts what it is, not what it looks like.
    logits[region * 4 + (classes[place] === 3 ? own[0] : 2)] = 1;
  });
  return {
    sample: {
      regions,
      classes: Int32Array.from(ofRegion(classes)),
      truths: Int32Array.from(boxes, () => 0),
    },
    predictions: {
      logits: fromTypedArray(logits, [boxes.length, 4]),
      deltas: fromTypedArray(deltas, [boxes.length, 12]),
    },
  };
}

test("secondBoxHead: the loss is what its deltas lack from the first head's boxes, in its own coding", () => {
  const before = liveTensors();
  scope(() => {
    const head = headWith({ lossWeight: 3 });
    // No delta at all: the loss is the sum of what is wanted.
    nn.constant(head.predictor.bbox_pred.weight, 0);
    const truths = truthsOf([[[40, 40, 80, 120], 1]], []);
    // The first is moved onto 44 to 84 as an object of class 1; the second, a background that looks like class 0, by half
    // its width onto the truth; the third stays below the threshold; the fourth would, but for its move.
    const boxes: Box[] = [
      [36, 40, 76, 120],
      [20, 40, 60, 120],
      [60, 40, 100, 120],
      [40, 40, 80, 120],
    ];
    const first = firstStage(
      boxes,
      [1, 3, 3, 1],
      new Map([
        [0, [1, [2, 0, 0, 0]]],
        [1, [0, [5, 0, 0, 0]]],
        [3, [1, [5, 0, 0, 0]]],
      ]),
    );
    const maps = features();
    const loss = head.loss(maps, first, truths, sizes, 50);
    const wanted = encodeBoxes(
      Float32Array.of(44, 40, 84, 120, 40, 40, 80, 120),
      Float32Array.of(40, 40, 80, 120, 40, 40, 80, 120),
      [20, 20, 10, 10],
    );
    assertClose(wanted, [-2, 0, 0, 0, 0, 0, 0, 0], 1e-5);
    assertClose([loss.item()], [(2 * 3) / 50], 1e-6);

    // A delta of 1 along x for class 1 alone: 3 and 1 are lacking.
    noGrad(() => head.predictor.bbox_pred.bias?.setAt([4], 1));
    assertClose([head.loss(maps, first, truths, sizes, 50).item()], [(4 * 3) / 50], 1e-6);
    // Of a threshold that neither reaches, nothing.
    const strict = headWith({ iouThreshold: 1 });
    const near = firstStage(boxes.slice(0, 1), [1]);
    assert.equal(strict.loss(maps, near, truths, sizes, 50).item(), 0);
  });
  assert.equal(liveTensors(), before);
});

test("secondBoxHead: boxes of the first head are clipped, and one that is none stays its region", () => {
  scope(() => {
    const head = headWith();
    nn.constant(head.predictor.bbox_pred.weight, 0);
    const maps = features();
    // Twice as high reaches from -50 to 250, which the image cuts to 200: the truth.
    const truths = truthsOf([[[40, 0, 80, 200], 0]], []);
    const high = [0, 0, 0, 5 * Math.log(2)];
    const first = firstStage([[40, 25, 80, 175]], [0], new Map([[0, [0, high]]]));
    assertClose([head.loss(maps, first, truths, sizes, 1).item()], [0], 1e-6);
    const broken = firstStage([[40, 25, 80, 175]], [0], new Map([[0, [0, [Number.NaN, 0, 0, 0]]]]));
    const wanted = Math.abs(10 * Math.log(200 / 150));
    assertClose([head.loss(maps, broken, truths, sizes, 1).item()], [wanted], 1e-5);
  });
});

const everything = [-50, -50, 400, -50, 400, 400, -50, 400];
const targets: readonly Target[] = [
  { boxes: [[8, 9, 62, 50]], classes: [0], polygons: [[everything]] },
  { boxes: [[14, 14, 170, 190]], classes: [1], polygons: [[everything]] },
];
const proposals = [
  Float32Array.of(5.5, 7.25, 60, 48, 0, 0, 200, 190, 100, 10, 212, 150),
  Float32Array.of(12, 30, 180, 200, 40, 40, 152.1, 152.1, 10, 10, 11, 13),
];

function drawnHeads(config: MaskRcnnConfig): RoiHeads {
  manualSeed(4);
  const heads = roiHeads(config);
  setLayer(heads.box_head.fc1, 1, 0.1);
  setLayer(heads.box_head.fc2, 3, 0.3);
  setLayer(heads.box_predictor.cls_score, 5, 0.5);
  setLayer(heads.box_predictor.bbox_pred, 7, 0.2);
  return heads;
}

const lossesOf = (heads: RoiHeads, maps = features()) =>
  heads.losses(maps, proposals, sizes, targets.map(truthOf), randomFrom(1));

test("roiHeads: a second box head leaves everything of the first one as it is, bit by bit", () => {
  const before = liveTensors();
  scope(() => {
    const without = drawnHeads(configWith(null));
    const added = drawnHeads(configWith({}));
    const names = [...nn.stateDict(without).keys()];
    const more = [...nn.stateDict(added).keys()].filter((name) => !names.includes(name));
    assert.deepEqual(more.toSorted(), [
      "second_box_head.fc1.bias",
      "second_box_head.fc1.weight",
      "second_box_head.fc2.bias",
      "second_box_head.fc2.weight",
      "second_box_predictor.bbox_pred.bias",
      "second_box_predictor.bbox_pred.weight",
    ]);
    const [plain, both] = [without, added].map((heads) => lossesOf(heads));
    assert.deepEqual(Object.keys(plain), ["boxClass", "boxRegression", "mask"]);
    assert.deepEqual(Object.keys(both), ["boxClass", "boxRegression", "secondBox", "mask"]);
    for (const name of ["boxClass", "boxRegression", "mask"] as const) {
      assert.equal(both[name].item(), plain[name].item(), name);
    }
    const [found, moved] = [without, added].map((heads) =>
      heads.detect(features(), proposals, sizes).flat(),
    );
    assert.ok(found.length > 3);
    const said = (all: typeof found) =>
      all.map(({ class: own, score, probabilities }) => ({ own, score, probabilities }));
    assert.deepEqual(said(moved), said(found));
    assert.ok(moved.some(({ box }, i) => box.some((edge, c) => edge !== found[i].box[c])));
  });
  assert.equal(liveTensors(), before);
});

test("roiHeads: the second box head's loss teaches it and the maps, and nothing of the first head", () => {
  for (const dtype of ["float32", "bfloat16"] as const) {
    scope(() => {
      const heads = drawnHeads(configWith({ iouThreshold: 0.3 }));
      const maps = features().map((map) => map.to(dtype).requiresGrad_(true));
      const run = () => lossesOf(heads, maps);
      const { secondBox } = dtype === "bfloat16" ? autocast(dtype, run) : run();
      assert.ok(secondBox !== undefined);
      assert.equal(secondBox.dtype, "float32");
      assert.ok(secondBox.item() > 0);
      backward(secondBox);
      for (const [name, { grad }] of nn.parameters(heads)) {
        const sum = grad?.abs().sum().item() ?? 0;
        if (name.startsWith("second_")) assert.ok(sum > 0, `${dtype} ${name}: ${sum}`);
        else assert.equal(sum, 0, `${dtype} ${name}`);
      }
      assert.ok(maps.some(({ grad }) => (grad?.abs().sum().item() ?? 0) > 0));
    });
  }
});

test("roiHeads: without a box that overlaps enough the second loss is 0, and connected", () => {
  scope(() => {
    const heads = drawnHeads(configWith({ iouThreshold: 1 }));
    const nothing = [new Float32Array(), new Float32Array()];
    const none = targets.map(() => truthOf({ boxes: [], classes: [], polygons: [] }));
    for (const boxes of [proposals, nothing]) {
      const { secondBox = zeros([]) } = heads.losses(features(), boxes, sizes, none, randomFrom(1));
      assert.equal(secondBox.item(), 0);
      backward(secondBox);
    }
    const { grad } = nn.stateDict(heads).get("second_box_head.fc1.weight") ?? {};
    assert.equal(grad?.abs().sum().item(), 0);
  });
});

test("roiHeads: one that begins as the first head moves boxes as the first would once more", () => {
  scope(() => {
    const again = configWith(null);
    const first = drawnHeads({ ...again, roi: { ...again.roi, boxRegressions: 2 } });
    const config = configWith({ boxWeights: [20, 30, 10, 7] });
    const second = drawnHeads(config);
    const state = new Map(
      [...nn.stateDict(first)].map(([name, tensor]) => [`roi_heads.${name}`, tensor]),
    );
    nn.loadStateDict({ roi_heads: second }, withSecondBoxHead(state, config));
    const [wanted, got] = [first, second].map((heads) =>
      heads.detect(features(), proposals, sizes).flat(),
    );
    assert.ok(wanted.length > 3);
    got.forEach(({ box, mask }, i) => {
      assertClose(box, [...wanted[i].box], 1e-3);
      assertClose(mask, [...wanted[i].mask], 1e-4);
    });
  });
});
