import assert from "node:assert/strict";
import { test } from "node:test";
import { between, figure, line, type Plot, placeX, placeY } from "./plot.ts";

const plot: Plot = {
  width: 160,
  height: 152,
  x: { title: "across", max: 2, ticks: [0, 2] },
  y: { title: "up", min: -1, max: 1, ticks: [0, 1] },
};

test("placeX and placeY: the axes' ends lie within the margins, upwards is smaller", () => {
  assert.deepEqual([placeX(plot, 0), placeX(plot, 1), placeX(plot, 2)], [46, 96, 146]);
  assert.deepEqual([placeY(plot, -1), placeY(plot, 0), placeY(plot, 1)], [110, 60, 10]);
  assert.equal(placeX(plot, 1 / 3), 62.7);
});

test("line: moves to the first place and draws to the others", () => {
  const places = [
    [0, -1],
    [1, 0],
    [2, 1],
  ] as const;
  assert.equal(line(plot, places), "M46 110L96 60L146 10");
  assert.equal(line(plot, []), "");
});

test("between: along the upper line, back along the lower, and closed", () => {
  const low = [
    [0, -1],
    [2, -1],
  ] as const;
  const high = [
    [0, 1],
    [2, 0],
  ] as const;
  assert.equal(between(plot, low, high), "M46 10L146 60L146 110L46 110Z");
  assert.equal(between(plot, [], []), "");
});

test("figure: ticks stand at their places, titles in the middle of their axes", () => {
  const { markup } = figure(plot, "what is seen", []);
  assert.match(markup, /<svg class="plot" viewBox="0 0 160 152"[^>]*aria-label="what is seen">/);
  assert.ok(markup.includes('<text class="tick" x="146" y="126" text-anchor="middle">2</text>'));
  assert.ok(markup.includes('<path class="grid" d="M46 60H146"/>'));
  assert.ok(markup.includes('x="38" y="10" dy="0.35em" text-anchor="end">1</text>'));
  assert.ok(markup.includes('x="96" y="146" text-anchor="middle">across</text>'));
  assert.ok(markup.includes("translate(12 60) rotate(-90)"));
});
