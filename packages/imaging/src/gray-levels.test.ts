import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeLevels, encodeLevels, halveLevels, type LevelImage } from "./gray-levels.ts";

function image(width: number, height: number, level: (at: number) => number): LevelImage {
  const levels = Uint16Array.from({ length: width * height }, (_, at) => level(at));
  return { width, height, levels, top: 65_535, window: { low: -3.5, high: 70_000 } };
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
