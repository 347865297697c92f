import assert from "node:assert/strict";
import test from "node:test";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import { liveTensors, nn, scope } from "@malleolus/torch";
import { type MaskRcnn, maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { initializeNetwork } from "./initialize-network.ts";

const SECOND = { iouThreshold: 0.6, boxWeights: [20, 20, 10, 15], lossWeight: 1 } as const;

function narrow(secondBoxHead: MaskRcnnConfig["roi"]["secondBoxHead"]): MaskRcnn {
  const config = detectron2Config(["a", "b"]);
  return maskRcnn({
    ...config,
    backbone: { ...config.backbone, depth: 26, width: 4, fpnChannels: 4 },
    roi: {
      ...config.roi,
      secondBoxHead,
      box: { ...config.roi.box, fullyConnectedChannels: 4 },
      mask: { ...config.roi.mask, channels: 4, convolutions: 1 },
    },
  });
}

/** As many rows of all of a layer's numbers as it has. */
function numbersOf(model: MaskRcnn, name: string): number[] {
  const tensor = nn.stateDict(model).get(`roi_heads.${name}`);
  assert.ok(tensor !== undefined, name);
  return tensor.toNumbers();
}

test("initializeNetwork: a second box head that the file lacks begins as the first, in its own coding", () => {
  const before = liveTensors();
  scope(() => {
    const file = new Map(nn.stateDict(narrow(null)));
    const model = narrow(SECOND);
    const report = initializeNetwork(model, file);
    assert.deepEqual([report.missing, report.leftOver, report.fresh], [[], [], []]);
    for (const part of ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]) {
      assert.deepEqual(
        numbersOf(model, `second_box_head.${part}`),
        numbersOf(model, `box_head.${part}`),
        part,
      );
    }
    const first = numbersOf(model, "box_predictor.bbox_pred.weight");
    const second = numbersOf(model, "second_box_predictor.bbox_pred.weight");
    assert.equal(first.length, 2 * 4 * 4);
    assert.ok(first.some((value) => value !== 0));
    first.forEach((value, i) => {
      const times = Math.floor(i / 4) % 4 === 3 ? 3 : 2;
      assert.ok(Math.abs(second[i] - times * value) < 1e-7, `${i}: ${second[i]}, ${value}`);
    });
  });
  assert.equal(liveTensors(), before);
});

test("initializeNetwork: a second box head of the file is taken as it is, and left where there is none", () => {
  scope(() => {
    const file = new Map(nn.stateDict(narrow(SECOND)));
    const model = narrow(SECOND);
    initializeNetwork(model, file);
    const name = "second_box_predictor.bbox_pred.weight";
    assert.deepEqual(numbersOf(model, name), file.get(`roi_heads.${name}`)?.toNumbers());
    assert.notDeepEqual(
      numbersOf(model, "second_box_head.fc1.weight"),
      numbersOf(model, "box_head.fc1.weight"),
    );
    const { leftOver } = initializeNetwork(narrow(null), file);
    assert.equal(leftOver.length, 6);
    assert.ok(leftOver.every((one) => one.startsWith("roi_heads.second_box_")));
  });
});

test("initializeNetwork: a second box head of other classes begins anew with the first", () => {
  scope(() => {
    const file = new Map(nn.stateDict(narrow(null)));
    const model = narrow(SECOND);
    const report = initializeNetwork(model, file, { classes: ["a", "c"] });
    assert.deepEqual(report.missing, []);
    for (const predictor of ["box_predictor", "second_box_predictor"]) {
      for (const part of ["weight", "bias"]) {
        const name = `roi_heads.${predictor}.bbox_pred.${part}`;
        assert.ok(report.fresh.includes(name), name);
      }
    }
    assert.deepEqual(
      numbersOf(model, "second_box_head.fc1.weight"),
      numbersOf(model, "box_head.fc1.weight"),
    );
  });
});
