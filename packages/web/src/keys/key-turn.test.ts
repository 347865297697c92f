/** Keys between two cases: whose they are, and what is said of one that is nobody's. */
import assert from "node:assert/strict";
import test from "node:test";
import { createKeyTurn } from "./key-turn.ts";

const onCase = { onCase: true, elsewhere: false };

test("key turn: a key goes to the case on the screen alone, and to nobody in between", () => {
  const turn = createKeyTurn<string>();
  const taken: string[] = [];
  const leave = turn.take((key) => taken.push(`first ${key}`));
  turn.press("a", { names: ["a"], ...onCase });
  leave();
  turn.press("b", { names: ["b"], ...onCase });
  turn.take((key) => taken.push(`second ${key}`));
  assert.deepEqual([taken, turn.missed()], [["first a"], "b"], "the second never gets b");
  turn.press("c", { names: ["c"], ...onCase });
  assert.deepEqual(taken, ["first a", "second c"]);
});

test("key turn: a case that goes after the next has come leaves it its turn", () => {
  const turn = createKeyTurn<string>();
  const taken: string[] = [];
  const leave = turn.take(() => taken.push("first"));
  turn.take(() => taken.push("second"));
  leave();
  turn.press("a", { names: ["a"], ...onCase });
  assert.deepEqual(taken, ["second"]);
});

test("key turn: a missed key is told once, and only one that a case could have taken", () => {
  const turn = createKeyTurn<string>();
  let changes = 0;
  turn.subscribe(() => changes++);
  for (const [names, place] of [
    [["Tab"], onCase],
    [["a"], { onCase: false, elsewhere: false }],
    [["a"], { onCase: true, elsewhere: true }],
  ] as const) {
    turn.press("", { names, ...place });
    assert.equal(turn.missed(), null, names.join());
  }
  turn.press("", { names: ["Shift+3"], ...onCase });
  assert.deepEqual([turn.missed(), changes], ["Shift+3", 1]);
  turn.told();
  assert.deepEqual([turn.missed(), changes], [null, 2]);
});
