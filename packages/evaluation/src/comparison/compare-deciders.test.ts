import assert from "node:assert/strict";
import { test } from "node:test";
import { holmAdjusted } from "../holm.ts";
import { compareAucs } from "../roc.ts";
import { compareDeciders, type Decider, everyPair } from "./compare-deciders.ts";
import { mcnemar } from "./mcnemar.ts";

/** Patients `p0` and on; every second has a fracture. */
function decider(
  name: string,
  right: readonly boolean[],
  scores: readonly (number | null)[],
): Decider {
  const answers = right.map(
    (isRight, i) => [`p${i}`, { isRight, positive: i % 2 === 0, score: scores[i] }] as const,
  );
  return { name, answers: new Map(answers) };
}

const [t, f] = [true, false];
const first = decider("first", [t, t, t, t, t, t, f, f], [9, 1, 8, 2, 3, 4, 7, 5]);
const second = decider("second", [t, f, f, f, f, t, f, t], [9, 8, 2, 1, 3, 6, 4, 5]);
const third = decider("third", [f, f, f, f, f, f, f, f], [1, 2, 3, 4, 5, 6, 7, 8]);

test("compareDeciders: McNemar and DeLong of each pair, each after Holm over all pairs", () => {
  const compared = compareDeciders(everyPair([first, second, third]));
  assert.deepEqual(
    compared.map((one) => `${one.first}, ${one.second}`),
    ["first, second", "first, third", "second, third"],
  );
  assert.deepEqual(
    compared[0].accuracy,
    mcnemar({ both: 2, firstOnly: 4, secondOnly: 1, neither: 1 }),
  );
  const scores = (one: Decider) => [...one.answers.values()].map(({ score }) => score ?? 0);
  const positive = [...first.answers.values()].map((one) => one.positive);
  assert.deepEqual(compared[0].areas, compareAucs(scores(first), scores(second), positive));
  assert.deepEqual(
    compared.map(({ accuracyHolmP }) => accuracyHolmP),
    holmAdjusted(compared.map(({ accuracy }) => accuracy.exactP)),
  );
  assert.deepEqual(
    compared.map(({ areasHolmP }) => areasHolmP),
    holmAdjusted(compared.map(({ areas }) => areas?.p ?? null)),
  );
  assert.notEqual(compared[1].accuracyHolmP, compared[1].accuracy.exactP);
});

test("compareDeciders: on the patients that both have, whatever their order", () => {
  const some: Decider = {
    name: "some",
    answers: new Map([...second.answers].toReversed().slice(0, 6)),
  };
  const [{ accuracy, areas }] = compareDeciders([[first, some]]);
  assert.deepEqual(accuracy, mcnemar({ both: 1, firstOnly: 3, secondOnly: 1, neither: 1 }));
  assert.equal((areas?.first.positives ?? 0) + (areas?.first.negatives ?? 0), 6);
});

test("compareDeciders: without scores there are no areas, and without patients no p", () => {
  const classes = decider("classes", [t, t, t, t, t, t, t, t], [1, 2, 3, 4, 5, 6, 7, null]);
  const nobody = decider("nobody", [], []);
  const [unscored, empty] = compareDeciders([
    [classes, first],
    [first, nobody],
  ]);
  assert.deepEqual([unscored.areas, unscored.areasHolmP], [null, null]);
  // One test alone: nothing to adjust for.
  assert.equal(unscored.accuracyHolmP, unscored.accuracy.exactP);
  assert.deepEqual([empty.accuracy.patients, empty.accuracyHolmP, empty.areas], [0, null, null]);
});
