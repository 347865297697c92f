/** The numbers that both renderers share; that they show the same pixels is tested in a browser. */
import assert from "node:assert/strict";
import test from "node:test";
import { halveLevels, type LevelImage } from "@malleolus/imaging";
import fc from "fast-check";
import { fitCamera } from "../view/camera.ts";
import { greyOf } from "../view/window.ts";
import { levelFor, makeLevels } from "./pixel-levels.ts";
import { chooseRenderer } from "./renderer-choice.ts";
import { type Area, resample, shownArea } from "./resample.ts";
import { movedSampling, type Sampling, sampleView, wholeMove } from "./sampling.ts";
import { fillWindowTable } from "./window-table.ts";

function level(
  width: number,
  height: number,
  valueAt: (x: number, y: number) => number,
): LevelImage {
  const levels = Uint16Array.from({ length: width * height }, (_, i) =>
    valueAt(i % width, Math.floor(i / width)),
  );
  return { width, height, levels, top: 65_535, window: { low: 0, high: 65_535 } };
}

const geometry = { columnSpacingMm: null, pixelAspect: 1 };

/** The whole of a view, as the pixels that show the radiograph. */
function resampled(sampling: Sampling, width: number, height: number) {
  const all: Area = { left: 0, top: 0, right: width, bottom: height };
  const { left, top, right, bottom } = shownArea(sampling, all);
  const pixels = new Uint16Array(width * height);
  resample(sampling, { left, top, right, bottom }, pixels, width);
  const rows = Array.from({ length: bottom - top }, (_, y) =>
    pixels.slice((top + y) * width + left, (top + y) * width + right),
  );
  const shown = Uint16Array.from(rows.flatMap((row) => [...row]));
  return { left, top, width: right - left, height: bottom - top, pixels: shown };
}

test("levels: the one nearest in size is read, and the finest that there is", () => {
  const levels = makeLevels(
    2048,
    1024,
    0,
    level(2048, 1024, () => 0),
  );
  assert.deepEqual(
    levels.levels.map(({ width }) => width),
    [2048, 1024, 512, 256],
  );
  for (const [scale, shift] of [
    [4, 0],
    [1, 0],
    [0.72, 0],
    [0.7, 1],
    [0.29, 2],
    [0.01, 3],
  ] as const) {
    assert.equal(levelFor(levels, scale).shift, shift, `scale ${scale}`);
  }
  const preview = makeLevels(2048, 1024, 1, halveLevels(level(2048, 1024, () => 0)));
  assert.equal(levelFor(preview, 1).shift, 1);
});

test("resample: at scale 1 the view shows the radiograph's own pixels", () => {
  const source = level(40, 30, (x, y) => 1000 * x + y);
  const levels = makeLevels(40, 30, 0, source);
  const viewport = { width: 40, height: 30 };
  const camera = fitCamera({ ...geometry, width: 40, height: 30 }, viewport);
  const shown = resampled(sampleView(levels, camera, viewport), 40, 30);
  assert.deepEqual([shown.left, shown.top, shown.width, shown.height], [0, 0, 40, 30]);
  assert.deepEqual(shown.pixels, source.levels);
});

test("resample: the radiograph ends where the camera says, and beside it there is nothing", () => {
  const levels = makeLevels(
    40,
    20,
    0,
    level(40, 20, () => 7),
  );
  const camera = { scale: 2, scaleY: 2, centerX: 20, centerY: 10 };
  const shown = resampled(sampleView(levels, camera, { width: 100, height: 100 }), 100, 100);
  assert.deepEqual([shown.left, shown.top, shown.width, shown.height], [10, 30, 80, 40]);
});

test("resample: a plane of values is met within a 256th of a pixel", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1.01, max: 7.9, noNaN: true }),
      fc.double({ min: 10, max: 50, noNaN: true }),
      fc.double({ min: 10, max: 50, noNaN: true }),
      (scale, centerX, centerY) => {
        const levels = makeLevels(
          60,
          60,
          0,
          level(60, 60, (x, y) => 500 * x + 300 * y),
        );
        const camera = { scale, scaleY: scale, centerX, centerY };
        const shown = resampled(sampleView(levels, camera, { width: 9, height: 9 }), 9, 9);
        assert.deepEqual([shown.width, shown.height], [9, 9]);
        for (let y = 0; y < 9; y++) {
          for (let x = 0; x < 9; x++) {
            const imageX = centerX + (x + 0.5 - 4.5) / scale - 0.5;
            const imageY = centerY + (y + 0.5 - 4.5) / scale - 0.5;
            const exact = 500 * imageX + 300 * imageY;
            const error = Math.abs(shown.pixels[y * 9 + x] - exact);
            // A position is known to a 256th of a pixel: 500 / 256 + 300 / 256, and the rounding.
            assert.ok(error < 800 / 256 + 1, `${error} at ${x}, ${y}`);
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("resample: from eight view pixels a pixel on there are squares", () => {
  const levels = makeLevels(
    4,
    4,
    0,
    level(4, 4, (x) => x * 100),
  );
  const camera = { scale: 8, scaleY: 8, centerX: 2, centerY: 2 };
  const shown = resampled(sampleView(levels, camera, { width: 32, height: 1 }), 32, 1);
  assert.deepEqual(
    [...shown.pixels],
    [0, 100, 200, 300].flatMap((value) => Array.from({ length: 8 }, () => value)),
  );
});

test("resample: a hairline of one pixel is still seen when 3000 rows are shown on 400", () => {
  for (let row = 1500; row < 1508; row++) {
    const levels = makeLevels(
      200,
      3000,
      0,
      level(200, 3000, (_, y) => (y === row ? 4000 : 1000)),
    );
    const camera = fitCamera(
      { ...geometry, width: 200, height: 3000 },
      { width: 400, height: 400 },
    );
    const shown = resampled(sampleView(levels, camera, { width: 400, height: 400 }), 400, 400);
    const brightest = shown.pixels
      .slice(0, shown.width * shown.height)
      .reduce((a, b) => Math.max(a, b));
    assert.ok(brightest > 1150, `row ${row}: ${brightest}`);
  }
});

test("whole move: what has moved by whole pixels has the values of its new place", () => {
  const source = level(300, 200, (x, y) => (x * 7919 + y * 104_729) % 65_536);
  const levels = makeLevels(300, 200, 0, source);
  const viewport = { width: 90, height: 70 };
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 7, noNaN: true }),
      fc.integer({ min: -60, max: 60 }),
      fc.integer({ min: -60, max: 60 }),
      (scale, dx, dy) => {
        const camera = { scale, scaleY: scale, centerX: 150, centerY: 100 };
        const panned = { ...camera, centerX: 150 + dx / scale, centerY: 100 + dy / scale };
        const [before, after] = [camera, panned].map((one) => sampleView(levels, one, viewport));
        const move = wholeMove(before, after);
        assert.ok(move !== null);
        assert.deepEqual([move.x, move.y], [dx, dy]);
        const moved = movedSampling(before, move);
        for (const axis of ["x", "y"] as const) {
          const beside = Math.abs(moved[axis].base - after[axis].base);
          assert.ok(beside <= 128, `${beside}`);
          assert.ok(!move.isExact || beside === 0);
        }
      },
    ),
  );
  const camera = { scale: 1.5, scaleY: 1.5, centerX: 150, centerY: 100 };
  const at = (changed: Partial<typeof camera>) =>
    sampleView(levels, { ...camera, ...changed }, viewport);
  assert.equal(wholeMove(at({}), at({ centerX: 150.2 })), null, "a part of a pixel");
  assert.equal(wholeMove(at({}), at({ scale: 1.6, scaleY: 1.6 })), null, "larger");
  assert.equal(wholeMove(at({}), at({ scale: 0.6, scaleY: 0.6 })), null, "of another level");
});

test("window table: every entry is the window's grey, opaque, inverted and beyond its ends", () => {
  const table = new Uint32Array(65_536);
  for (const window of [
    { level: 2000, width: 1500, inverted: false },
    { level: 30_000.5, width: 3, inverted: true },
    { level: 0, width: 100, inverted: false },
    { level: 65_535, width: 70_000, inverted: true },
  ]) {
    fillWindowTable(table, window);
    for (let value = 0; value < 65_536; value++) {
      const grey = greyOf(window, value);
      assert.equal(
        table[value],
        ((255 << 24) | (grey << 16) | (grey << 8) | grey) >>> 0,
        `${value}`,
      );
    }
  }
});

test("choose renderer: a graphics card that is fast enough, else the table", () => {
  const card = {
    rendererName: "ANGLE (NVIDIA, NVIDIA T400)",
    greatestTextureSide: 16_384,
    frameMs: 0.6,
  };
  const cases = [
    [card, "webgl"],
    [undefined, "table"],
    [{ ...card, rendererName: "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device))" }, "table"],
    [{ ...card, rendererName: "llvmpipe (LLVM 15.0.6, 256 bits)" }, "table"],
    [{ ...card, rendererName: "Microsoft Basic Render Driver" }, "table"],
    [{ ...card, frameMs: 24 }, "table"],
    [{ ...card, greatestTextureSide: 2048 }, "table"],
  ] as const;
  for (const [trial, expected] of cases) {
    assert.equal(chooseRenderer(trial), expected, trial?.rendererName);
  }
});
