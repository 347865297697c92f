/**
 * Streams that are written here, of every prediction, with restarts and shifted samples; real ones, and those of
 * another encoder, are read in `plain-dicom.test.ts`.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../errors.ts";
import { decodeLosslessJpeg } from "./lossless-jpeg.ts";

interface Kind {
  readonly bits: number;
  readonly predictor: number;
  readonly shift?: number;
  readonly restartLines?: number;
}

const WIDTH = 7;
const HEIGHT = 6;

/** Uses all bits, and jumps from one end to the other. */
function samplesOf({ bits, shift = 0 }: Kind): Uint16Array {
  const top = 2 ** bits - 1;
  return Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const value = i % 5 === 0 ? top : i % 11 === 0 ? 0 : Math.round((top * i) / (WIDTH * HEIGHT));
    return (value >> shift) << shift;
  });
}

/** Every size of difference has a code of five bits: its own number. */
function encode(samples: Uint16Array, kind: Kind): Uint8Array {
  const { bits, predictor, shift = 0, restartLines = 0 } = kind;
  const two = (value: number) => [value >> 8, value & 0xff];
  const segment = (marker: number, ...content: number[]) => [
    ...[0xff, marker, ...two(content.length + 2)],
    ...content,
  ];
  const counts = Array.from({ length: 16 }, (_, i) => (i === 4 ? 17 : 0));
  const sizes = Array.from({ length: 17 }, (_, size) => size);
  const out = [
    ...[0xff, 0xd8],
    ...segment(0xc4, 0, ...counts, ...sizes),
    ...segment(0xc3, bits, ...two(HEIGHT), ...two(WIDTH), 1, 1, 0x11, 0),
    ...(restartLines > 0 ? segment(0xdd, ...two(restartLines * WIDTH)) : []),
    ...segment(0xda, 1, 1, 0, predictor, 0, shift),
  ];
  let text = "";
  const flush = () => {
    while (text.length % 8 !== 0) text += "1";
    for (let at = 0; at < text.length; at += 8) {
      const byte = Number.parseInt(text.slice(at, at + 8), 2);
      out.push(byte, ...(byte === 0xff ? [0] : []));
    }
    text = "";
  };
  const value = (x: number, y: number) => samples[y * WIDTH + x] >> shift;
  let restarts = 0;
  for (let y = 0; y < HEIGHT; y++) {
    const isRestart = restartLines > 0 && y > 0 && y % restartLines === 0;
    if (isRestart) {
      flush();
      out.push(0xff, 0xd0 + (restarts++ % 8));
    }
    for (let x = 0; x < WIDTH; x++) {
      const [left, above, corner] = [
        [x - 1, y],
        [x, y - 1],
        [x - 1, y - 1],
      ].map(([a, b]) => value(a, b));
      const isFirst = y === 0 || isRestart;
      const ways = [0, left, above, corner, left + above - corner, left + ((above - corner) >> 1)];
      ways.push(above + ((left - corner) >> 1), (left + above) >> 1);
      const origin = 2 ** (bits - shift - 1);
      const predicted = x === 0 ? (isFirst ? origin : above) : isFirst ? left : ways[predictor];
      const difference = ((value(x, y) - predicted) << 16) >> 16;
      const size = 32 - Math.clz32(Math.abs(difference));
      text += size.toString(2).padStart(5, "0");
      const rest = difference < 0 ? difference - 1 : difference;
      if (size > 0 && size < 16) {
        text += (rest & ((1 << size) - 1)).toString(2).padStart(size, "0");
      }
    }
  }
  flush();
  return Uint8Array.from([...out, 0xff, 0xd9]);
}

for (const bits of [2, 8, 12, 16]) {
  for (let predictor = 1; predictor <= 7; predictor++) {
    test(`decodeLosslessJpeg: ${bits} bits by prediction ${predictor}`, () => {
      const samples = samplesOf({ bits, predictor });
      assert.deepEqual(decodeLosslessJpeg(encode(samples, { bits, predictor }), "a"), samples);
    });
  }
}

test("decodeLosslessJpeg: restarts every line and every two, and shifted samples", () => {
  for (const more of [{ restartLines: 1 }, { restartLines: 2 }, { shift: 3 }]) {
    const kind = { bits: 12, predictor: 4, ...more };
    const samples = samplesOf(kind);
    assert.deepEqual(decodeLosslessJpeg(encode(samples, kind), "a"), samples);
  }
});

const kind = { bits: 12, predictor: 1, restartLines: 2 };
const whole = encode(samplesOf(kind), kind);
const changed = (at: number, value: number) => whole.with(at, value);
const marker = (code: number) =>
  whole.findIndex((byte, i) => byte === 0xff && whole[i + 1] === code);
const REFUSED: Readonly<Record<string, readonly [Uint8Array, DataError["code"]]>> = {
  "was cut before a restart": [whole.subarray(0, whole.length - 40), "truncated"],
  "was cut in its last part": [whole.subarray(0, whole.length - 8), "truncated"],
  "has no scan": [whole.subarray(0, 40), "damaged"],
  "has another process": [changed(marker(0xc3) + 1, 0xc1), "unsupported"],
  "has three channels": [changed(marker(0xc3) + 9, 3), "unsupported"],
  "predicts from nowhere": [changed(marker(0xda) + 7, 9), "damaged"],
  "restarts within a line": [changed(marker(0xdd) + 5, 3), "damaged"],
  "lacks a restart": [changed(marker(0xd0) + 1, 0), "damaged"],
};
for (const [name, [stream, code]] of Object.entries(REFUSED)) {
  test(`decodeLosslessJpeg: a stream that ${name} is refused as ${code}`, () => {
    assert.throws(
      () => decodeLosslessJpeg(stream, "a"),
      (error) => error instanceof DataError && error.code === code,
    );
  });
}
