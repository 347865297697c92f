import assert from "node:assert/strict";
import test from "node:test";
import { type ChannelLayout, writeChannels } from "./write-channels.ts";

const image = { width: 3, height: 2, pixels: Float32Array.of(10, 20, 30, 40, 50, 90) };
const gray = { pixelMean: [1, 2, 3], channels: "gray" } as const;
const detail = { pixelMean: [1, 2, 3], channels: "detail" } as const;
/** Rows of four pixels, so that one is padding. */
const interleaved: ChannelLayout = { pixelStep: 3, rowStep: 12, channelStep: 1 };
const planar: ChannelLayout = { pixelStep: 1, rowStep: 4, channelStep: 8 };

test("writeChannels: grey values less each channel's mean, and padding that stays 0", () => {
  const into = new Float32Array(24);
  writeChannels(image, gray, into, interleaved);
  assert.deepEqual([...into.slice(0, 12)], [9, 8, 7, 19, 18, 17, 29, 28, 27, 0, 0, 0]);
  assert.deepEqual([...into.slice(12)], [39, 38, 37, 49, 48, 47, 89, 88, 87, 0, 0, 0]);
});

for (const options of [gray, detail]) {
  test(`writeChannels: ${options.channels} is the same in either layout`, () => {
    const [pixelwise, planes] = [new Float32Array(24), new Float32Array(24)];
    writeChannels(image, options, pixelwise, interleaved);
    writeChannels(image, options, planes, planar);
    for (let at = 0; at < 8; at++) {
      for (let c = 0; c < 3; c++) assert.equal(planes[c * 8 + at], pixelwise[at * 3 + c]);
    }
  });
}

test("writeChannels: detail is the difference from the surroundings, with its gain", () => {
  const into = new Float32Array(24);
  writeChannels(image, detail, into, planar);
  // Both windows hold the whole image, whose mean is 40.
  assert.deepEqual([...into.slice(0, 3)], [9, 19, 29]);
  assert.deepEqual([...into.slice(8, 11)], [-180, -120, -60]);
  assert.deepEqual([...into.slice(16, 19)], [-75, -50, -25]);
});
