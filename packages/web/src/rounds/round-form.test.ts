import assert from "node:assert/strict";
import test from "node:test";
import { firstRound, roundRequest } from "./round-form.ts";

const id = "0b6f2a52-1111-4111-8111-000000000000";
const filled = { ...firstRound, name: " Again ", people: ["observer-1"] };

test("round form: nothing is asked for until it has a name and people", () => {
  assert.equal(roundRequest(firstRound, id), null);
  assert.deepEqual(roundRequest(filled, id), {
    requestId: id,
    name: "Again",
    people: ["observer-1"],
    repeatShare: 0.1,
    washoutDays: 14,
    seed: 1,
    model: "never",
    passShare: null,
  });
});

test("round form: numbers with a comma, and none that a round could not have", () => {
  assert.equal(roundRequest({ ...filled, washout: "1,5", cases: "20" }, id)?.washoutDays, 1.5);
  for (const wrong of [{ cases: "0" }, { repeats: "101" }, { washout: "two" }, { seed: "" }]) {
    assert.equal(roundRequest({ ...filled, ...wrong }, id), null, JSON.stringify(wrong));
  }
});

test("round form: a qualification shows no model, whatever was chosen before", () => {
  const request = roundRequest({ ...filled, qualifies: true, pass: "75", model: "crossed" }, id);
  assert.deepEqual([request?.model, request?.passShare], ["never", 0.75]);
});
