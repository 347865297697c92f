import assert from "node:assert/strict";
import test from "node:test";
import type { Detection } from "@malleolus/imaging";
import type { RoiConfig } from "@malleolus/schema";
import { detectron2Config } from "@malleolus/schema";
import { fromTypedArray, liveTensors, noGrad, scope, type Tensor } from "@malleolus/torch";
import { assertClose, setLayer, smallConfig, wave } from "../../test-heads.ts";
import type { DetectedBoxes } from "./box-inference.ts";
import { regressAgain } from "./regress-again.ts";
import { roiHeads } from "./roi-heads.ts";

const { roi } = detectron2Config(["a", "b"]);

function found(
  ...boxes: readonly (readonly [number, number, number, number, number])[]
): DetectedBoxes {
  return {
    boxes: Float32Array.from(boxes.flatMap((box) => box.slice(0, 4))),
    classes: Int32Array.from(boxes, (box) => box[4]),
    scores: Float32Array.from(boxes, (_, i) => 0.9 - 0.1 * i),
    probabilities: new Float32Array(2 * boxes.length).fill(0.4),
  };
}

const features = () =>
  [4, 8, 16, 32].map((stride) => wave([2, 4, 256 / stride, 256 / stride], 1, 1));
const sizes = [[200, 256] as const, [256, 256] as const];
const regressor = (deltasOf: (pooled: Tensor) => Tensor) => ({
  deltasOf,
  boxWeights: roi.box.boxWeights,
});

test("regressAgain: each box moves by the deltas of its class, whatever level it is pooled from, and is clipped", () => {
  const before = liveTensors();
  scope(() => {
    // In order of level: the small one of each image, then the large one.
    const images = [found([0, 0, 240, 180, 1], [100, 60, 120, 100, 0]), found([20, 20, 60, 40, 1])];
    // Of class 0 a tenth of the width to the right, of class 1 twice as high.
    const row = [1, 0, 0, 0, 0, 0, 0, 5 * Math.log(2)];
    const deltas = fromTypedArray(Float32Array.from([row, row, row].flat()), [3, 8]);
    const seen: number[][] = [];
    const own = regressor((pooled) => {
      seen.push([...pooled.shape]);
      return deltas;
    });
    const [first, second] = regressAgain(features(), images, sizes, roi, own);
    assert.deepEqual(seen, [[3, 4, 7, 7]]);
    assertClose(first.boxes, [0, 0, 240, 200, 102, 60, 122, 100], 1e-4);
    assertClose(second.boxes, [20, 10, 60, 50], 1e-4);
    assert.deepEqual(
      [first.classes, first.scores, first.probabilities],
      [images[0].classes, images[0].scores, images[0].probabilities],
    );
    assertClose(images[0].boxes, [0, 0, 240, 180, 100, 60, 120, 100], 0);
  });
  assert.equal(liveTensors(), before);
});

test("regressAgain: a box that is none leaves what there was, and nothing stays nothing", () => {
  scope(() => {
    const deltas = fromTypedArray(Float32Array.from([Number.NaN, 0, 0, 0, 0, 0, 0, 0]), [1, 8]);
    const images = [found([10, 10, 30, 40, 0]), found()];
    const [first, second] = regressAgain(
      features(),
      images,
      sizes,
      roi,
      regressor(() => deltas),
    );
    assertClose(first.boxes, [10, 10, 30, 40], 0);
    assert.equal(second.boxes.length, 0);
    const none = () => assert.fail("no region to pool");
    assert.deepEqual(regressAgain(features(), [found()], sizes, roi, regressor(none)), [found()]);
  });
});

test("regressAgain: a box that leaves the image, or has no side on it, stays where it was", () => {
  scope(() => {
    // Of class 0 ten widths to the left, of class 1 ten heights downwards.
    const deltas = fromTypedArray(
      Float32Array.from([-100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0]),
      [2, 8],
    );
    const images = [found([10, 10, 30, 40, 0], [50, 20, 80, 60, 1])];
    const own = regressor(() => deltas);
    const [only] = regressAgain(features(), [...images, found()], sizes, roi, own);
    assertClose(only.boxes, [10, 10, 30, 40, 50, 20, 80, 60], 0);
  });
});

test("roiHeads: detections with a second regression are those of one whose boxes are proposed again", () => {
  const before = liveTensors();
  scope(() => {
    const heads = ([boxRegressions, change]: readonly [number, Partial<RoiConfig>]) => {
      const config = smallConfig();
      const made = roiHeads({ ...config, roi: { ...config.roi, ...change, boxRegressions } });
      noGrad(() => {
        setLayer(made.box_head.fc1, 1, 0.1);
        setLayer(made.box_head.fc2, 3, 0.3);
        setLayer(made.box_predictor.cls_score, 5, 0.5);
        setLayer(made.box_predictor.bbox_pred, 7, 0.2);
        for (let i = 0; i < 4; i++) setLayer(made.mask_head[`mask_fcn${i + 1}`], 9 + 2 * i, 0.25);
        setLayer(made.mask_head.deconv, 17, 0.4);
        setLayer(made.mask_head.predictor, 19, 0.5);
      });
      return made;
    };
    const maps = [4, 8, 16, 32].map((stride) => wave([1, 8, 256 / stride, 256 / stride], 1, 1));
    const size = [[256, 256] as const];
    const proposals = [Float32Array.of(20, 30, 90, 80, 100, 120, 130, 200, 10, 10, 240, 200)];
    const [once] = heads([1, {}]).detect(maps, proposals, size);
    const [twice] = heads([2, {}]).detect(maps, proposals, size);
    assert.ok(once.length > 1, `${once.length} detections`);
    // Every region keeps a box of each class.
    const all = heads([1, { scoreThreshold: 0, nmsThreshold: 1 }]);
    const wanted = once.map((one): Detection => {
      const [again] = all.detect(maps, [Float32Array.from(one.box)], size);
      const own = again.find((other) => other.class === one.class);
      return { ...one, box: own?.box ?? one.box, mask: own?.mask ?? one.mask };
    });
    assert.deepEqual(
      twice.map(({ class: own, score }) => [own, score]),
      once.map(({ class: own, score }) => [own, score]),
    );
    assertClose(
      twice.flatMap(({ box }) => box),
      wanted.map(({ box }) => [...box]),
      1e-3,
    );
    assertClose(twice[0].mask, [...wanted[0].mask], 1e-3);
    assert.ok(twice.some(({ box }, i) => Math.abs(box[0] - once[i].box[0]) > 0.01));
  });
  assert.equal(liveTensors(), before);
});
