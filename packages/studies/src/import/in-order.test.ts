import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { inOrder } from "./in-order.ts";

async function* numbers(count: number) {
  for (let i = 0; i < count; i++) yield i;
}

test("inOrder: results in the items' order, a limited number under way", async () => {
  let [underWay, most] = [0, 0];
  const work = async (number: number) => {
    most = Math.max(most, ++underWay);
    await wait(number % 3 === 0 ? 8 : 1);
    underWay--;
    return number;
  };
  const results: number[] = [];
  for await (const one of inOrder(numbers(12), work, { limit: 4, drop: () => assert.fail() })) {
    results.push(one);
  }
  assert.deepEqual(results, [...Array(12).keys()]);
  assert.equal(most, 4);
});

test("inOrder: what was begun and is not wanted is dropped", async () => {
  const begun: number[] = [];
  const work = async (number: number) => {
    begun.push(number);
    await wait(5 - number);
    return number;
  };
  const dropped: number[] = [];
  const drop = (number: number) => dropped.push(number);
  for await (const one of inOrder(numbers(9), work, { limit: 3, drop })) if (one === 1) break;
  assert.deepEqual(
    [begun, dropped],
    [
      [0, 1, 2, 3],
      [2, 3],
    ],
  );
});

test("inOrder: a failure comes in its turn, and what was begun after it is dropped", async () => {
  const work = async (number: number) => {
    if (number === 2) throw new Error("full disk");
    await wait(number === 0 ? 10 : 1);
    return number;
  };
  const [results, dropped]: [number[], number[]] = [[], []];
  const drop = (number: number) => dropped.push(number);
  await assert.rejects(async () => {
    for await (const one of inOrder(numbers(5), work, { limit: 4, drop })) results.push(one);
  }, /full disk/);
  assert.deepEqual(
    [results, dropped],
    [
      [0, 1],
      [3, 4],
    ],
  );
});
