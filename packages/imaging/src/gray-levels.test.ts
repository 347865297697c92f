import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeLevels, encodeLevels, halveLevels, type LevelImage } from "./gray-levels.ts";

function image(width: number, height: number, level: (at: number) => number): LevelImage {
  const levels = Uint16Array.from({ length: width * height }, (_, at) => level(at));
  return { width, height, levels, top: 61_234, window: { low: -3.5, high: 70_000 } };
}

const noise = (at: number) => Math.imul(at + 1, 2_654_435_761) >>> 16;

const images: readonly (readonly [string, LevelImage])[] = [
  ["one pixel", image(1, 1, () => 65_535)],
  ["a row", image(7, 1, (at) => at * 9_000)],
  ["a column", image(1, 5, (at) => 65_535 - at)],
  ["the extremes next to each other", image(6, 5, (at) => (at % 2 === 0 ? 0 : 65_535))],
  ["noise in all 16 bits", image(61, 47, noise)],
  ["a ramp", image(64, 48, (at) => (at % 64) * 3 + Math.floor(at / 64) * 5)],
];

for (const [name, original] of images) {
  test(`decodeLevels: ${name} comes back exactly`, () => {
    assert.deepEqual(decodeLevels(encodeLevels(original)), original);
  });
}

test("encodeLevels: a slope up to the right leaves nothing over but its edges", () => {
  const bytes = encodeLevels(image(64, 48, (at) => 900 + (at % 64) * 3 - Math.floor(at / 64) * 5));
  const left = bytes.subarray(24).filter((byte) => byte !== 0);
  assert.ok(left.length <= 64 + 48 + 1, `${left.length}`);
});

test("encodeLevels: a mark and 24 bytes, then low bytes, then high ones", () => {
  const bytes = encodeLevels(image(3, 2, (at) => (at === 0 ? 0x1234 : 0x1235)));
  assert.equal(bytes.length, 24 + 2 * 6);
  assert.equal(Buffer.from(bytes.subarray(0, 4)).toString("latin1"), "MLR1");
  // 0x1234 is left over of the first, doubled as no negative number is; 1 of the second; then nothing.
  assert.deepEqual([...bytes.subarray(24)], [0x68, 2, 0, 2, 0, 0, 0x24, 0, 0, 0, 0, 0]);
});

const predictions: readonly (readonly [
  corner: number,
  above: number,
  left: number,
  said: number,
])[] = [
  // A corner beyond both is an edge: the one farther from it goes on.
  [10, 20, 30, 30],
  [10, 30, 20, 30],
  [40, 20, 30, 20],
  [40, 30, 20, 20],
  [20, 20, 30, 30],
  [30, 20, 30, 20],
  // Between them, the plane.
  [25, 20, 30, 25],
  [22, 30, 20, 28],
];
for (const [corner, above, left, said] of predictions) {
  test(`encodeLevels: ${left} and ${above} around ${corner} predict ${said}`, () => {
    const bytes = encodeLevels(image(2, 2, (at) => [corner, above, left, said][at]));
    assert.deepEqual([bytes[24 + 3], bytes[24 + 7]], [0, 0]);
  });
}

test("decodeLevels: bytes behind an offset, as of a larger buffer", () => {
  const bytes = encodeLevels(image(5, 4, noise));
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  assert.deepEqual(decodeLevels(larger.subarray(3)), image(5, 4, noise));
});

test("decodeLevels: cut bytes and other files are refused", () => {
  const bytes = encodeLevels(image(5, 4, noise));
  for (const wrong of [bytes.subarray(0, -1), bytes.subarray(0, 10), new Uint8Array(64)]) {
    assert.throws(() => decodeLevels(wrong), { code: "input" });
  }
});

test("halveLevels: means of four, of two at odd edges, rounded", () => {
  const original = image(3, 3, (at) => [0, 2, 10, 4, 5, 11, 100, 101, 65_535][at]);
  const { width, height, levels } = halveLevels(original);
  assert.deepEqual([width, height], [2, 2]);
  assert.deepEqual([...levels], [3, 11, 101, 65_535]);
});
