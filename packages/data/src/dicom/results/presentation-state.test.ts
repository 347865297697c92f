import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDataSet } from "../data-set.ts";
import { closedPoints } from "./outline-points.ts";
import { presentationStateFile } from "./presentation-state.ts";
import { floats } from "./test-content-tree.ts";
import { type Changes, testAnalysis, testFindings } from "./test-result-source.ts";

function stateOf(changes: Changes = {}, sentence: string | null = "Weber B") {
  const analysis = testAnalysis(changes);
  const file = presentationStateFile(analysis, analysis.sources[0], testFindings, sentence);
  assert.ok(file !== null);
  return parseDataSet(file, "state");
}

test("presentationStateFile: outlines and boxes are drawn in pixels of the radiograph", () => {
  const [annotation] = stateOf().items("x00700001");
  const graphics = annotation.items("x00700009");
  assert.deepEqual(
    graphics.map((graphic) => floats(graphic, "x00700022")),
    [
      [8, 6, 20, 6, 20, 18, 8, 18, 8, 6],
      [12, 10, 12, 14, 16, 14, 16, 10, 12, 10],
      [8, 6, 20, 6, 20, 18, 8, 18, 8, 6],
      [18, 16, 30, 16, 30, 26, 18, 26, 18, 16],
      [18, 16, 30, 16, 30, 26, 18, 26, 18, 16],
    ],
  );
  for (const graphic of graphics) {
    assert.equal(graphic.text("x00700005"), "PIXEL");
    assert.equal(graphic.short("x00700021"), 5);
  }
});

test("presentationStateFile: its words say what was found and for what use", () => {
  const words = (sentence: string | null) =>
    stateOf({}, sentence)
      .items("x00700001")[0]
      .items("x00700008")
      .map((text) => text.text("x00700006"));
  const found = ["weber_b 0.88", "weber_c 0.50"];
  const notice = "Research use only, not a medical device";
  assert.deepEqual(words("Weber B"), [notice, "Weber B", ...found]);
  assert.deepEqual(words(null), [notice, ...found]);
});

test("presentationStateFile: how values are displayed is repeated", () => {
  const state = stateOf();
  assert.deepEqual([state.text("x00281052"), state.text("x00281053")], ["0", "1"]);
  const [window] = state.items("x00283110");
  assert.deepEqual([window.text("x00281050"), window.text("x00281051")], ["2048", "4096"]);
  assert.equal(state.text("x20500020"), "IDENTITY");
  assert.equal(
    stateOf({ 2621444: { vr: "CS", value: "MONOCHROME1" } }).text("x20500020"),
    "INVERSE",
  );
});

test("closedPoints: an outline of more points than an element holds loses some, and is closed still", () => {
  const count = 20_000;
  const circle = Array.from({ length: 2 * count }, (_, i) => {
    const angle = (2 * Math.PI * (i >> 1)) / count;
    return 2000 + 1500 * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
  const points = closedPoints(circle);
  assert.ok(points.length / 2 < 8191 && points.length / 2 > 50);
  assert.deepEqual(points.slice(-2), points.slice(0, 2));
});

test("presentationStateFile: a picture in colour has none", () => {
  const analysis = testAnalysis({
    2621442: { vr: "US", value: 3 },
    2621444: { vr: "CS", value: "RGB" },
  });
  assert.equal(presentationStateFile(analysis, analysis.sources[0], testFindings, null), null);
});
