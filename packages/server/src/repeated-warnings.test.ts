import assert from "node:assert/strict";
import { test } from "node:test";
import { repeatedWarnings } from "./repeated-warnings.ts";

test("repeatedWarnings: the first is said, then one a minute with the number of those between", () => {
  let time = 0;
  const said: [string, number][] = [];
  const warn = repeatedWarnings(() => time);
  const warnOf = (words: string) => warn(words, (unsaid) => said.push([words, unsaid]));
  for (let second = 0; second < 130; second++) {
    time = second * 1000;
    warnOf("full");
    if (second === 30) warnOf("busy");
  }
  assert.deepEqual(said, [
    ["full", 0],
    ["busy", 0],
    ["full", 59],
    ["full", 59],
  ]);
});

test("repeatedWarnings: words that are ever others do not pile up", () => {
  const said: string[] = [];
  const warn = repeatedWarnings(() => 0);
  for (let i = 0; i < 200; i++) warn(`${i}`, () => said.push(`${i}`));
  warn("0", () => said.push("again"));
  assert.equal(said.length, 201);
});
