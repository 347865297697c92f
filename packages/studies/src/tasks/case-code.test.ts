import assert from "node:assert/strict";
import { test } from "node:test";
import { caseCode, caseLabel, positionsOf } from "./case-code.ts";

test("caseCode: twelve letters that lead back to their position", () => {
  for (const position of ["0".repeat(20), "f".repeat(20), "8f3a09c1d2e4b5a69788"]) {
    const code = caseCode(position);
    assert.match(code, /^[0-9a-hjkmnp-tv-z]{12}$/);
    const range = positionsOf(code);
    assert.ok(range !== null && range.from <= position && position < range.to, position);
  }
});

test("positionsOf: the beginning of a code finds it, and its neighbours' does not", () => {
  const position = "8f3a09c1d2e4b5a69788";
  const code = caseCode(position);
  for (let length = 0; length <= code.length; length++) {
    const range = positionsOf(code.slice(0, length));
    assert.ok(range !== null && range.from <= position && position < range.to, `${length}`);
  }
  const other = positionsOf(`${code.slice(0, 3)}${code[3] === "0" ? "1" : "0"}`);
  assert.ok(other !== null && !(other.from <= position && position < other.to));
  assert.equal(positionsOf("u"), null);
  assert.equal(positionsOf("0".repeat(13)), null);
});

test("caseLabel: eight letters in two groups", () => {
  assert.equal(caseLabel("7kq2m41xd8pt"), "7KQ2-M41X");
});
