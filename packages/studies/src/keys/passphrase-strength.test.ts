import assert from "node:assert/strict";
import { test } from "node:test";
import { passphraseWeakness } from "./passphrase-strength.ts";

const WEAK = [
  "x",
  "demo",
  "password",
  "password123",
  "P@ssw0rd2024!",
  "correct horse",
  "correct horse battery staple",
  "Welkom01Welkom01",
  "Zomer2024!",
  "qwertyuiop123",
  "asdfghjkl;asdfghjkl",
  "aaaaaaaaaaaaaaaaaaaaaaaa",
  "abcdefghijklmnop",
  "12345678901234567890",
  "0102030405",
  "enkel enkel enkel",
  "hospital2024radiology",
  "Malleolus-Study-2025",
  "AmsterdamJanuari1",
];
for (const passphrase of WEAK) {
  test(`passphraseWeakness: ${passphrase} is refused`, () =>
    assert.match(passphraseWeakness(passphrase) ?? "", /^a passphrase/));
}

const STRONG = [
  "lantern gravel otter nineteen",
  "mijn buurvrouw fietst graag achteruit",
  "T7#kq9Lm2x",
  "f3b1c09ad7e2",
  "ein Schiff im Nebel, ohne Licht",
];
for (const passphrase of STRONG) {
  test(`passphraseWeakness: ${passphrase} may serve`, () =>
    assert.equal(passphraseWeakness(passphrase), null));
}
