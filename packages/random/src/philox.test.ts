import assert from "node:assert/strict";
import { test } from "node:test";
import { type Block, type Key, philox4x32 } from "./philox.ts";

// Random123's own known answers (tests/kat_vectors).
const knownAnswers: readonly (readonly [counter: Block, key: Key, expected: Block])[] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];
for (const [counter, key, expected] of knownAnswers) {
  test(`philox4x32: the published answer for counter ${counter[0].toString(16)}`, () => {
    assert.deepEqual(philox4x32(counter, key), expected);
  });
}

test("philox4x32: whole products of 64 bits, whatever the words", () => {
  const mask = 0xffffffffn;
  const exact = (counter: Block, key: Key): number[] => {
    let [c0, c1, c2, c3] = counter.map(BigInt);
    let [k0, k1] = key.map(BigInt);
    for (let round = 0; round < 10; round++) {
      const [first, second] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
      [c0, c1, c2, c3] = [
        (second >> 32n) ^ c1 ^ k0,
        second & mask,
        (first >> 32n) ^ c3 ^ k1,
        first & mask,
      ];
      k0 = (k0 + 0x9e3779b9n) & mask;
      k1 = (k1 + 0xbb67ae85n) & mask;
    }
    return [c0, c1, c2, c3].map(Number);
  };
  let words: Block = [1, 0xffffffff, 0x80000000, 3];
  for (let i = 0; i < 2000; i++) {
    const key: Key = [words[3], i];
    const next = philox4x32(words, key);
    assert.deepEqual(next, exact(words, key));
    words = next;
  }
});
