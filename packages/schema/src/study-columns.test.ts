import assert from "node:assert/strict";
import { test } from "node:test";
import {
  agreementColumn,
  imageColumn,
  type JsonColumn,
  outlinesColumn,
  prelabelColumn,
  reportIdsColumn,
  screeningDecisionColumn,
} from "./study-columns.ts";

const image = {
  format: "dicom",
  width: 40,
  height: 30,
  modality: "DX",
  view: "ap",
  side: "left",
  pixelSpacingMm: [0.2, 0.2],
  spacingSource: "calibrated",
  transferSyntax: "1.2.840.10008.1.2.1",
  bitsAllocated: 16,
  bitsStored: 12,
  photometric: "MONOCHROME2",
  exifOrientation: null,
} as const;
const outlines = [{ structure: "fracture", polygons: [[1, 2, 30, 2, 30, 40]] }];
const decision = {
  state: "excluded by keyword",
  codes: ["callus"],
  uncertain: false,
  language: "en",
  evidence: [],
} as const;

/** As this version writes a value, and as earlier ones did. */
function assertReadBothWays<T>(column: JsonColumn<T>, value: T): void {
  const text = column.write(value);
  assert.match(text, /^\{"format":"malleolus-[a-z-]+-1","value":/);
  assert.deepEqual(column.read(text, "new"), value);
  assert.deepEqual(column.read(JSON.stringify(value), "old"), value);
}

test("study columns: what is written has a version, and what has none is read too", () => {
  assertReadBothWays(imageColumn, { ...image, pixelSpacingMm: [...image.pixelSpacingMm] });
  assertReadBothWays(outlinesColumn, outlines);
  assertReadBothWays(agreementColumn, [{ structure: "fracture", iou: 0.5 }]);
  assertReadBothWays(prelabelColumn, {
    image: "ab".repeat(32),
    model: { sha256: "cd".repeat(32), name: "preliminary", version: "1" },
    isLowerLeg: false,
    shapes: [],
    probabilities: { weber_b: 0.8, no_fracture: 0.2 },
    flippedProbabilities: null,
    segmentation: null,
    view: null,
    side: { value: "left", probability: 0.6 },
  });
  assertReadBothWays(screeningDecisionColumn, decision);
  assertReadBothWays(reportIdsColumn, ["a", "b"]);
});

const refused: readonly (readonly [name: string, text: string, RegExp])[] = [
  [
    "a version to come",
    '{"format":"malleolus-outlines-2","value":[]}',
    /^annotation 3 at format: /,
  ],
  [
    "a damaged value",
    '{"format":"malleolus-outlines-1","value":[{"structure":"fracture","polygons":[[1]]}]}',
    /^annotation 3 at value\[0\]\.polygons\[0\]: expected a polygon/,
  ],
  [
    "a damaged value without a version",
    '[{"structure":"fracture","polygons":[[1]]}]',
    /^annotation 3 at value\[0\]\.polygons\[0\]: expected a polygon/,
  ],
  ["no JSON", "", /^annotation 3: expected JSON, got an empty file/],
];
for (const [name, text, message] of refused) {
  test(`study columns: ${name} is one clear line`, () => {
    assert.throws(() => outlinesColumn.read(text, "annotation 3"), {
      name: "SchemaError",
      message,
    });
  });
}

test("study columns: null, a text and a list without a version are the value alone", () => {
  assert.deepEqual(reportIdsColumn.read('["format","value"]', "old"), ["format", "value"]);
  for (const text of [
    "null",
    '"format"',
    "3",
    '{"format":"malleolus-report-ids-1"}',
    '{"value":[]}',
  ]) {
    assert.throws(() => reportIdsColumn.read(text, "r"), /^SchemaError: r at value/, text);
  }
});
