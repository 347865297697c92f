import assert from "node:assert/strict";
import test from "node:test";
import {
  type Camera,
  fitCamera,
  followCamera,
  type ImageGeometry,
  imageToView,
  isFitted,
  panBy,
  resizeCamera,
  scaleTo,
  showExtent,
  viewToImage,
  zoomAt,
} from "./camera.ts";

const image: ImageGeometry = { width: 2000, height: 3000, columnSpacingMm: 0.1, pixelAspect: 1 };
const viewport = { width: 400, height: 900 };

function near(actual: number, expected: number, what: string, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not ${expected}`);
}

test("camera: a fitted radiograph touches the nearer pair of edges and keeps its shape", () => {
  const fitted = fitCamera(image, viewport);
  assert.deepEqual(imageToView(fitted, viewport, { x: 0, y: 1500 }), { x: 0, y: 450 });
  assert.deepEqual(imageToView(fitted, viewport, { x: 2000, y: 1500 }), { x: 400, y: 450 });
  const wide = fitCamera({ ...image, pixelAspect: 2 }, viewport);
  near(wide.scale, 900 / 6000, "a row twice as high makes the height count");
  near(wide.scaleY, 2 * wide.scale, "rows are twice as high");
});

test("camera: what lies under the pointer stays there when the wheel turns", () => {
  const start = panBy(scaleTo(fitCamera(image, viewport), image, viewport, 1), image, 40, -25);
  for (const factor of [1.25, 0.7, 4]) {
    const point = { x: 77, y: 610 };
    const before = viewToImage(start, viewport, point);
    const after = viewToImage(zoomAt(start, image, viewport, point, factor), viewport, point);
    near(after.x, before.x, "x");
    near(after.y, before.y, "y");
  }
});

test("camera: zoom ends at 64 pixels a pixel and at a quarter of the fitted size", () => {
  const fitted = fitCamera(image, viewport);
  near(scaleTo(fitted, image, viewport, 1e6).scale, 64, "nearest");
  near(scaleTo(fitted, image, viewport, 1e-6).scale, fitted.scale / 4, "farthest");
});

test("camera: a part is shown in its surroundings, no nearer than is useful and no farther than the whole", () => {
  const shown = showExtent(image, viewport, { left: 900, top: 1000, right: 1100, bottom: 1900 });
  near(shown.scale, 0.6 * (900 / 900), "the height counts");
  assert.deepEqual([shown.centerX, shown.centerY], [1000, 1450]);
  const dot = showExtent(image, viewport, { left: 5, top: 5, right: 6, bottom: 6 });
  near(dot.scale, 6, "nearest");
  const whole = showExtent(image, viewport, { left: 0, top: 0, right: 2000, bottom: 3000 });
  near(whole.scale, fitCamera(image, viewport).scale, "farthest");
  const flat = showExtent({ ...image, pixelAspect: 2 }, viewport, {
    left: 900,
    top: 1000,
    right: 1100,
    bottom: 1900,
  });
  near(flat.scale, 0.3, "rows twice as high");
});

test("camera: a radiograph cannot be dragged out of sight", () => {
  const lost = panBy(fitCamera(image, viewport), image, 1e6, -1e6);
  assert.deepEqual([lost.centerX, lost.centerY], [0, 3000]);
});

test("camera: a fitted view stays fitted when its size changes, another keeps its middle", () => {
  const narrow = { width: 300, height: 900 };
  const fitted = resizeCamera(fitCamera(image, viewport), image, viewport, narrow);
  assert.ok(isFitted(fitted, image, narrow));
  const zoomed = scaleTo(fitCamera(image, viewport), image, viewport, 2);
  assert.deepEqual(resizeCamera(zoomed, image, viewport, narrow), zoomed);
});

test("camera: linked views show as many pixels a millimetre and move by as many millimetres", () => {
  const other: ImageGeometry = { ...image, width: 1000, height: 1500, columnSpacingMm: 0.2 };
  const before = fitCamera(image, viewport);
  const after = panBy(scaleTo(before, image, viewport, 1), image, -50, 20);
  const follower = { camera: fitCamera(other, viewport), image: other, viewport };
  const moved = followCamera(follower, { before, after, image });
  near(moved.scale / 0.2, after.scale / 0.1, "pixels a millimetre");
  near((moved.centerX - follower.camera.centerX) * 0.2, 50 * 0.1, "to the right in mm");
  near((moved.centerY - follower.camera.centerY) * 0.2, -20 * 0.1, "up in mm");
});

test("camera: without a spacing linked views follow by factor and by pixels of the view", () => {
  const unknown: ImageGeometry = { ...image, width: 800, height: 1000, columnSpacingMm: null };
  const before = fitCamera(image, viewport);
  const after = panBy(scaleTo(before, image, viewport, before.scale * 3), image, 30, 0);
  const camera: Camera = fitCamera(unknown, viewport);
  const moved = followCamera({ camera, image: unknown, viewport }, { before, after, image });
  near(moved.scale / camera.scale, 3, "factor");
  near((moved.centerX - camera.centerX) * moved.scale, -30, "pixels");
});

test("camera: a pan alone does not change a follower's zoom", () => {
  const other: ImageGeometry = { ...image, columnSpacingMm: 0.3 };
  const before = fitCamera(image, viewport);
  const camera = scaleTo(fitCamera(other, viewport), other, viewport, 0.5);
  const after = panBy(before, image, 10, 0);
  const moved = followCamera({ camera, image: other, viewport }, { before, after, image });
  assert.equal(moved.scale, camera.scale);
});
