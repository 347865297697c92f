import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldEdges, SIDES } from "./field-edges.ts";

const [WIDTH, HEIGHT] = [384, 480];

/** A field of this half width and height about the middle, turned by `angle` (radians), in a white frame. */
function framed(halfX: number, halfY: number, angle: number): Float32Array {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const dx = (i % WIDTH) + 0.5 - WIDTH / 2;
    const dy = Math.floor(i / WIDTH) + 0.5 - HEIGHT / 2;
    const isField = Math.abs(cos * dx + sin * dy) < halfX && Math.abs(cos * dy - sin * dx) < halfY;
    return isField ? 0.3 : 1;
  });
}

test("fieldEdges: the four sides of a field that is turned, to half a pixel", () => {
  for (const degrees of [-12, -1.3, 0, 0.4, 7]) {
    const angle = (degrees * Math.PI) / 180;
    const edges = fieldEdges(framed(160, 200, angle), WIDTH, HEIGHT);
    assert.deepEqual(
      edges.map(({ side }) => side),
      SIDES,
    );
    for (const { side, depth, slope } of edges) {
      const isAcross = side === "top" || side === "bottom";
      const [length, reach, half] = isAcross ? [WIDTH, HEIGHT, 200] : [HEIGHT, WIDTH, 160];
      // At the middle of the side the line lies half a field from the picture's middle, along the side.
      const middle = depth + slope * ((length - 1) / 2);
      assert.ok(Math.abs(middle - (reach / 2 - half / Math.cos(angle))) < 0.5, `${side} ${middle}`);
      const sign = side === "top" || side === "right" ? 1 : -1;
      assert.ok(Math.abs(slope - sign * Math.tan(angle)) < 0.004, `${side} ${slope}, ${degrees}`);
    }
  }
});

test("fieldEdges: a side without a frame has none, though white bone leaves the picture there", () => {
  const pixels = framed(192, 200, 0);
  for (let y = 0; y < HEIGHT; y++) pixels.fill(1, y * WIDTH + 100, y * WIDTH + 130);
  const edges = fieldEdges(pixels, WIDTH, HEIGHT);
  assert.deepEqual(
    edges.map(({ side, depth }) => [side, depth]),
    [
      ["top", 40],
      ["bottom", 40],
    ],
  );
});

/** White within `depthAt` pixels of the top. */
function white(depthAt: (x: number) => number): Float32Array {
  const pixels = new Float32Array(WIDTH * HEIGHT).fill(0.3);
  for (let x = 0; x < WIDTH; x++) {
    const depth = Math.round(depthAt(x));
    for (let y = 0; y < depth; y++) pixels[y * WIDTH + x] = 1;
  }
  return pixels;
}

test("fieldEdges: white that ends along no line is no frame", () => {
  const heelAt = (middle: number) =>
    white((x) => Math.sqrt(Math.max(0, 150 ** 2 - (x - middle) ** 2)));
  for (const middle of [190, 0]) {
    assert.deepEqual(fieldEdges(heelAt(middle), WIDTH, HEIGHT), [], `about ${middle}`);
  }
});

test("fieldEdges: a white pixel here and there at the edge is no frame", () => {
  const specks = white((x) => (x === 50 || x === 300 ? 1 : 0));
  assert.deepEqual(fieldEdges(specks, WIDTH, HEIGHT), []);
});

test("fieldEdges: a corner that is cut off has its edge", () => {
  const edges = fieldEdges(
    white((x) => (150 - x) * 0.8),
    WIDTH,
    HEIGHT,
  );
  assert.equal(edges.length, 1);
  const [{ side, depth, slope }] = edges;
  assert.equal(side, "top");
  assert.ok(Math.abs(depth - 120) < 0.5 && Math.abs(slope + 0.8) < 0.01, `${depth} ${slope}`);
});
