import assert from "node:assert/strict";
import test from "node:test";
import { type Looking, nextLooking, notLooking } from "./pause-hint.ts";

/** Somebody who does something every half minute from one minute to another. */
function look(from: number, to: number, before: Looking = notLooking): Looking {
  let looking = before;
  for (let minute = from; minute <= to; minute += 0.5) {
    looking = nextLooking(looking, { type: "activity", at: minute * 60_000 });
  }
  return looking;
}

test("pause hint: for a minute after every twenty minutes without a pause", () => {
  for (const [minutes, hinted] of [
    [0, false],
    [19.5, false],
    [20, true],
    [20.5, true],
    [21, false],
    [39.5, false],
    [40, true],
  ] as const) {
    assert.equal(look(0, minutes).hinted, hinted, `${minutes} minutes`);
  }
});

test("pause hint: a pause of three minutes begins anew, a look of two does not", () => {
  const before = look(0, 15);
  assert.equal(look(17.5, 20, before).hinted, true);
  assert.equal(look(18, 20, before).hinted, false);
  assert.equal(look(18, 38, before).hinted, true, "twenty minutes after the pause");
  assert.equal(look(10, 20, before).hinted, false, "a clock that was set back");
});
