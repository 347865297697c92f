/**
 * The parity ladder: every stage of ours against torchvision's on the same images and weights, from
 * the anchors to ten steps of training. Needs Debian's python3-torchvision, or the Python of
 * MALLEOLUS_PEER_PYTHON with one.
 *
 * A difference is the largest of a tensor relative to its largest value; every rung tells its own.
 */
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { type Detection, type Target, toRadiograph } from "@malleolus/imaging";
import { detectron2Config } from "@malleolus/schema";
import {
  add,
  backward,
  cat,
  fromTypedArray,
  liveTensors,
  nn,
  noGrad,
  optim,
  scope,
  type Tensor,
} from "@malleolus/torch";
import { boxArray, takeBoxes } from "../boxes/box-array.ts";
import { decodeBoxes, encodeBoxes } from "../boxes/box-coding.ts";
import { matchBoxes, OBJECT } from "../boxes/matching.ts";
import { featureStrides } from "../mask-rcnn/features.ts";
import type { Losses } from "../mask-rcnn/mask-rcnn.ts";
import { anchorGenerator } from "../mask-rcnn/proposals/anchors.ts";
import { truthOf } from "../mask-rcnn/truth.ts";
import { classesInOrder, torchvisionName } from "../weights/torchvision-names.ts";
import {
  type Ladder,
  openLadder,
  SGD,
  SIZES,
  STEPS,
  skip,
  TARGETS,
  TRAINING_TARGETS,
} from "./test-ladder.ts";

const TOLERANCE = 1e-4;
/** The weights and biases that stem and res2, which do not train, fold once and keep. */
const FOLDED = 2 * (1 + 3 * 3 + 1);

let ladder: Ladder;
const tensorsBefore = liveTensors();
before(() => {
  if (skip === false) ladder = openLadder();
});
after(() => {
  if (skip !== false) return;
  ladder.free();
  assert.equal(liveTensors(), tensorsBefore, "live tensors afterwards");
});

/** Takes note of the difference between ours and theirs. */
type Compare = (what: string, ours: Tensor | Float32Array, theirs: Tensor) => void;

/** A rung holds where the largest of its differences is small enough. */
function rung(name: string, body: (compare: Compare) => void): void {
  test(`torchvision's ${name}`, { skip }, (context) => {
    const live = liveTensors();
    let worst = { difference: 0, what: "nothing" };
    let compared = 0;
    scope(() =>
      body((what, ours, theirs) => {
        const difference = relativeDifference(what, ours, theirs);
        compared += 1;
        if (difference > worst.difference) worst = { difference, what };
      }),
    );
    const message = `largest relative difference ${worst.difference.toExponential(1)}, of ${worst.what}`;
    assert.ok(compared > 0 && worst.difference <= TOLERANCE, message);
    context.diagnostic(`${message}, among ${compared}`);
    assert.ok(liveTensors() <= live + FOLDED, "a rung leaves nothing behind");
  });
}

function relativeDifference(what: string, ours: Tensor | Float32Array, theirs: Tensor): number {
  const own = ours instanceof Float32Array ? fromTypedArray(ours, theirs.shape) : ours;
  assert.deepEqual(own.shape, theirs.shape, `shape of ${what}`);
  return scope(() => {
    const largest = theirs.abs().amax().item();
    const apart = own.sub(theirs).abs().amax().item();
    return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart / (largest === 0 ? 1 : largest);
  });
}

/** p2 to p6 of the images, without gradients. */
const features = () => noGrad(() => ladder.model.backbone.forward(ladder.batch.tensor));

const truths = TARGETS.map(({ boxes }) => boxArray(boxes));

rung("anchors", (compare) => {
  const { config } = ladder.model;
  const sizes = features().map(({ shape: [, , height, width] }) => [height, width] as const);
  const defaults = detectron2Config([]).anchors;
  for (const [name, anchors] of [
    ["anchors", config.anchors],
    ["default anchors", defaults],
  ] as const) {
    const { boxes } = anchorGenerator(anchors, featureStrides)(sizes);
    compare(name, boxes, ladder.reference(name));
  }
});

rung("matches of anchors and of regions", (compare) => {
  const { rpn, roi, classes } = ladder.model.config;
  const anchors = ladder.reference("anchors").toFloat32Array();
  const [background, object] = rpn.iouThresholds;
  const rule = { background, object, lowQualityMatches: rpn.lowQualityMatches };
  const ofRegions = {
    background: roi.iouThreshold,
    object: roi.iouThreshold,
    lowQualityMatches: false,
  };
  TARGETS.forEach((target, i) => {
    const matches = matchBoxes(anchors, truths[i], rule);
    const labels = ladder.reference(`anchor labels ${i}`);
    compare(`labels of anchors ${i}`, Float32Array.from(matches.labels), labels);
    const objects = rows(matches.labels, (label) => label === OBJECT);
    // An anchor in between, and one that is an object only because no other overlaps a truth more.
    assert.ok(matches.labels.includes(-1) && objects.length > 1, "the case is worth matching");
    const expected = ladder.reference(`anchor truths ${i}`).toNumbers();
    assert.deepEqual(
      objects.map((row) => matches.truths[row]),
      objects.map((row) => expected[row]),
    );

    const regions = ladder.reference(`regions ${i}`).toFloat32Array();
    const own = matchBoxes(regions, truths[i], ofRegions);
    const owned = rows(own.labels, (label) => label === OBJECT);
    assert.ok(owned.length > target.boxes.length && owned.length < own.labels.length);
    const ownClasses = own.truths.map((truth, row) =>
      own.labels[row] === OBJECT ? target.classes[truth] : -1,
    );
    const named = ladder.reference(`region classes ${i}`).sub(1);
    compare(`classes of regions ${i}`, Float32Array.from(ownClasses), named);
    assert.ok(named.amax().item() < classes.length);
    const ownTruths = ladder.reference(`region truths ${i}`).toNumbers();
    assert.deepEqual(
      owned.map((row) => own.truths[row]),
      owned.map((row) => ownTruths[row]),
    );
  });
});

rung("box coding", (compare) => {
  const { rpn, roi } = ladder.model.config;
  const anchors = ladder.reference("anchors").toFloat32Array();
  TARGETS.forEach((_, i) => {
    const matched = ladder.reference(`anchor truths ${i}`).toNumbers();
    const labels = ladder.reference(`anchor labels ${i}`).toNumbers();
    const objects = rows(labels, (label) => label === OBJECT);
    const own = encodeBoxes(
      takeBoxes(anchors, objects),
      takeBoxes(
        truths[i],
        objects.map((row) => matched[row]),
      ),
      rpn.boxWeights,
    );
    compare(`deltas of anchors ${i}`, own, chosen(ladder.reference(`encoded ${i}`), objects));

    const regions = ladder.reference(`regions ${i}`).toFloat32Array();
    const ofRegions = ladder.reference(`region truths ${i}`).toNumbers();
    const deltas = encodeBoxes(regions, takeBoxes(truths[i], ofRegions), roi.box.boxWeights);
    compare(`deltas of regions ${i}`, deltas, ladder.reference(`region deltas ${i}`));

    const predicted = ladder.reference("deltas").at(i).toFloat32Array();
    const decoded = decodeBoxes(predicted, anchors, rpn.boxWeights);
    compare(`boxes of anchors ${i}`, decoded, ladder.reference(`decoded ${i}`));
  });
  const large = ladder.reference("deltas").at(0).mul(400).toFloat32Array();
  const grown = decodeBoxes(large, anchors, roi.box.boxWeights);
  compare("boxes that may not grow further", grown, ladder.reference("decoded with weights"));
});

rung("features of backbone and pyramid", (compare) => {
  features().forEach((level, i) => {
    compare(`p${i + 2}`, level, ladder.reference(`feature ${i}`));
  });
});

rung("logits and deltas of the region proposal network", (compare) => {
  const { logits, deltas } = noGrad(() =>
    ladder.model.proposal_generator.rpn_head.predict(features()),
  );
  compare("the logits", joined(logits), ladder.reference("logits"));
  compare("the deltas", joined(deltas), ladder.reference("deltas"));
});

rung("proposals in training and in detection", (compare) => {
  const { proposal_generator } = ladder.model;
  const maps = features();
  const { proposals } = proposal_generator.losses(maps, SIZES, TARGETS.map(truthOf), unused);
  const tested = proposal_generator.propose(maps, SIZES);
  SIZES.forEach((_, i) => {
    for (const [mode, own] of [
      ["train", proposals[i]],
      ["test", tested[i]],
    ] as const) {
      const theirs = ladder.reference(`${mode} proposals ${i}`);
      assert.equal(own.length / 4, theirs.shape[0], `${mode} proposals of image ${i}`);
      compare(`${mode} proposals of image ${i}`, own, theirs);
    }
  });
});

rung("five losses", (compare) => {
  const losses = noGrad(() => lossesOf(TARGETS));
  compareLosses(compare, losses, ladder.reference("losses"), "");
});

rung("gradients of every parameter", (compare) => {
  backward(sumOf(lossesOf(TARGETS)));
  const parameters = nn.parameters(ladder.model);
  const expected = inOurNames(ladder.references("gradient "));
  assert.deepEqual([...parameters.keys()].sort(), [...expected.keys()].sort());
  for (const [name, parameter] of parameters) {
    const { grad } = parameter;
    assert.ok(grad !== null, name);
    compare(`the gradient of ${name}`, grad, expectedOf(expected, name));
    parameter.grad = null;
  }
});

/**
 * Detections in the order of others' boxes. Scores that differ in their last digits stand in either
 * order, by how many threads summed them.
 */
function inOrderOf(boxes: readonly number[], detections: readonly Detection[]): Detection[] {
  const left = [...detections];
  return detections.map((ranked, n) => {
    const theirs = boxes.slice(4 * n, 4 * n + 4);
    const tied = left.filter(({ score }) => Math.abs(score - ranked.score) < TOLERANCE);
    const distance = ({ box }: Detection) =>
      Math.max(...box.map((side, k) => Math.abs(side - theirs[k])));
    const [nearest = ranked] = tied.toSorted((a, b) => distance(a) - distance(b));
    left.splice(left.indexOf(nearest), 1);
    return nearest;
  });
}

rung("detections with their masks in the image", (compare) => {
  const found = ladder.model.detect(ladder.batch);
  found.forEach((own, i) => {
    const boxes = ladder.reference(`detected boxes ${i}`);
    assert.ok(own.length > 10, "there is something to compare");
    assert.equal(own.length, boxes.shape[0], `detections in image ${i}`);
    const detections = inOrderOf(boxes.toNumbers(), own);
    assert.deepEqual(
      detections.map((each) => each.class),
      ladder.reference(`detected classes ${i}`).toNumbers(),
    );
    compare(`boxes in image ${i}`, boxArray(detections.map(({ box }) => box)), boxes);
    const scores = Float32Array.from(detections, ({ score }) => score);
    compare(`scores in image ${i}`, scores, ladder.reference(`detected scores ${i}`));

    const [height, width] = SIZES[i];
    const instances = toRadiograph(detections, { width, height }, 1, 1);
    const probabilities = ladder.reference(`detected masks ${i}`); // [n, height, width]
    instances.forEach(({ mask }, n) => {
      const own = new Float32Array(height * width);
      for (let y = 0; y < mask.height; y++) {
        own.set(
          mask.data.subarray(y * mask.width, (y + 1) * mask.width),
          (mask.top + y) * width + mask.left,
        );
      }
      // A pixel on which the two differ counts by how far its probability is from one half, above
      // which it belongs to the mask.
      const theirs = probabilities.at(n);
      const inside = theirs.ge(0.5).to("float32");
      const apart = fromTypedArray(own, [height, width]).sub(inside);
      compare(`mask ${n} of image ${i}`, inside.add(apart.mul(theirs.sub(0.5).abs())), inside);
    });
  });
});

rung("losses and weights over ten steps of training", (compare) => {
  const parameters = nn.parameters(ladder.model);
  const expectedLosses = ladder.reference("losses of steps");
  const sgd = optim.sgd(parameters, SGD);
  for (let step = 0; step < STEPS; step++) {
    scope(() => {
      const losses = lossesOf(TRAINING_TARGETS);
      compareLosses(compare, losses, expectedLosses.at(step), ` of step ${step + 1}`);
      backward(sumOf(losses));
      sgd.step();
      sgd.zeroGrad();
    });
  }
  const expected = inOurNames(ladder.references("trained "));
  const momentum = inOurNames(ladder.references("momentum "));
  const velocities = sgd.state();
  for (const [name, parameter] of parameters) {
    compare(name, parameter.detach(), expectedOf(expected, name));
    // Ten steps change most weights little; the momentum holds what changed them.
    compare(`momentum of ${name}`, expectedOf(velocities, name), expectedOf(momentum, name));
  }
  sgd.free();
});

function lossesOf(targets: readonly Target[]): Losses {
  const { model, batch } = ladder;
  return model.losses(batch, targets, unused);
}

/** Everything is taken: whoever draws has taken less. */
function unused(): () => number {
  return () => assert.fail("a sample was drawn where everything should be taken");
}

function sumOf(losses: Losses): Tensor {
  return Object.values<Tensor>({ ...losses }).reduce((sum, loss) => add(sum, loss));
}

function compareLosses(compare: Compare, losses: Losses, theirs: Tensor, where: string): void {
  Object.entries<Tensor>({ ...losses }).forEach(([name, loss], i) => {
    compare(`${name}${where}`, loss.detach(), theirs.at(i));
  });
}

/** Under Detectron2's names, with classes in its order. */
function inOurNames(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const own = torchvisionName(name);
      assert.ok(own !== null, name);
      return [own, classesInOrder(own, tensor)];
    }),
  );
}

function expectedOf(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  assert.ok(tensor !== undefined, name);
  return tensor;
}

function joined(levels: readonly Tensor[]): Tensor {
  return cat(levels, { dim: 1 });
}

function chosen(tensor: Tensor, places: readonly number[]): Tensor {
  return tensor.indexSelect(
    0,
    fromTypedArray(Int32Array.from(places), [places.length]).to("int64"),
  );
}

function rows(values: ArrayLike<number>, isWanted: (value: number) => boolean): number[] {
  return Array.from(values, (value, row) => (isWanted(value) ? row : -1)).filter((row) => row >= 0);
}
