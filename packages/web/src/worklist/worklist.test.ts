import assert from "node:assert/strict";
import test from "node:test";
import type { CaseEntry } from "@malleolus/schema";
import { countOf, firstToRead, moveOfKey, queueToShow, readStatus, rowAfter } from "./worklist.ts";

const queue = {
  key: "curation",
  title: "Reading",
  done: 12,
  left: 48,
  later: 0,
  drafts: 3,
  qualification: null,
};

function entry(code: string, state: CaseEntry["state"]): CaseEntry {
  return { code, label: code, state, views: ["ap"], editedAt: null };
}

test("worklist: counts of the filters, and an address that means nothing shows what is left", () => {
  assert.deepEqual(
    (["left", "new", "draft", "done"] as const).map((one) => countOf(queue, one)),
    [48, 45, 3, 12],
  );
  assert.deepEqual(["done", "nonsense", null].map(readStatus), ["done", "left", "left"]);
});

test("worklist: reading goes on with a draft, else begins with the first that is new", () => {
  const [a, b, c] = [entry("a", "new"), entry("b", "draft"), entry("c", "new")];
  assert.equal(firstToRead([a, b, c]), b);
  assert.equal(firstToRead([a, c]), a);
  assert.equal(firstToRead([]), undefined);
});

test("worklist: the queue of the address, else the first that has something left", () => {
  const done = { ...queue, key: "done", left: 0 };
  assert.equal(queueToShow([done, queue], null), queue);
  assert.equal(queueToShow([done, queue], "nonsense"), queue);
  assert.equal(queueToShow([done, queue], "done"), done);
  assert.equal(queueToShow([done], null), done);
  assert.equal(queueToShow([], null), undefined);
});

test("worklist: keys move within the rows", () => {
  const cases = [
    ["ArrowDown", 0, 1],
    ["ArrowUp", 0, 0],
    ["PageDown", 5, 25],
    ["PageDown", 95, 99],
    ["End", 3, 99],
    ["Home", 50, 0],
  ] as const;
  for (const [key, row, expected] of cases) {
    const move = moveOfKey(key);
    assert.ok(move !== undefined, key);
    assert.equal(rowAfter(move, row, 100, 20), expected, key);
  }
  assert.equal(moveOfKey("a"), undefined);
  assert.equal(rowAfter("last", 0, 0, 20), 0);
});
