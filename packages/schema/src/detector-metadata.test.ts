import assert from "node:assert/strict";
import { test } from "node:test";
import {
  detectorConfig,
  detectorMembers,
  detectorPreprocess,
  isDetector,
} from "./detector-metadata.ts";
import { detectron2Config } from "./detectron2-config.ts";

const config = detectron2Config(["fracture"]);
const preprocess = { minSize: 64, maxSize: 96, maskCollimation: true, testTimeFlip: false };
const second = {
  format: "malleolus-detector-2",
  config: JSON.stringify(config),
  preprocess: JSON.stringify(preprocess),
};
const { kind: _, ...earlier } = config;
const first = {
  format: "malleolus-detector-1",
  config: JSON.stringify({ ...earlier, channels: "grey" }),
  preprocess: JSON.stringify({ minSize: 64, maxSize: 96, unexposed: "black" }),
};

test("isDetector: both formats, and nothing else", () => {
  assert.deepEqual([second, first].map(isDetector), [true, true]);
  for (const format of ["malleolus-detector-3", "pt", "", 2, true])
    assert.ok(!isDetector({ format }));
  assert.ok(!isDetector({}));
});

test("detectorConfig and detectorPreprocess: both formats say the same, each in its own words", () => {
  for (const metadata of [second, first]) {
    assert.deepEqual(detectorConfig(metadata, "a"), config);
    assert.deepEqual(detectorPreprocess(metadata, "a"), preprocess);
  }
  for (const [mixed, key] of [
    [{ ...first, format: second.format }, /^SchemaError: a/],
    [{ format: second.format }, /^SchemaError: a: expected JSON, got an empty file/],
  ] as const) {
    assert.throws(() => detectorConfig(mixed, "a"), key);
    assert.throws(() => detectorPreprocess(mixed, "a"), key);
  }
});

test("detectorMembers: one of a detector, several of fused ones, and never one of these", () => {
  for (const metadata of [second, first]) {
    assert.deepEqual(detectorMembers(metadata, "a"), [{ config, preprocess }]);
  }
  const fused = (count: number) => ({
    format: "malleolus-fused-detectors-1",
    members: JSON.stringify(Array.from({ length: count }, () => ({ config, preprocess }))),
  });
  assert.equal(detectorMembers(fused(3), "a").length, 3);
  assert.throws(() => detectorMembers(fused(1), "a"), /^SchemaError: a: its detectors/);
  assert.throws(
    () => detectorMembers({ format: fused(2).format }, "a"),
    /a: its detectors: expected JSON/,
  );
});
