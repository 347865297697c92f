import assert from "node:assert/strict";
import test from "node:test";
import {
  type CaseClock,
  type ClockEvent,
  nextClock,
  secondsOf,
  stoppedClock,
} from "./case-clock.ts";

function run(events: readonly (readonly [ClockEvent, atSeconds: number])[]): CaseClock {
  return events.reduce(
    (clock: CaseClock, [event, at]) => nextClock(clock, event, at * 1000),
    stoppedClock,
  );
}

test("case clock: time counts from the first picture, pauses beyond half a minute do not", () => {
  const cases: readonly (readonly [string, Parameters<typeof run>[0], number, number])[] = [
    ["nothing shown yet", [["activity", 5]], 20, 0],
    ["looking without a hand", [["shown", 5]], 20, 15],
    [
      "at work",
      [
        ["shown", 0],
        ["activity", 10],
        ["activity", 25],
      ],
      30,
      30,
    ],
    [
      "gone for an hour",
      [
        ["shown", 0],
        ["activity", 10],
        ["activity", 3610],
      ],
      3615,
      45,
    ],
    [
      "another tab in front",
      [
        ["shown", 0],
        ["hidden", 10],
        ["shown", 500],
      ],
      505,
      15,
    ],
    [
      "hidden at the end",
      [
        ["shown", 0],
        ["hidden", 10],
      ],
      500,
      10,
    ],
    [
      "a clock set back",
      [
        ["shown", 100],
        ["activity", 90],
      ],
      95,
      5,
    ],
  ];
  for (const [what, events, end, expected] of cases) {
    assert.equal(secondsOf(run(events), end * 1000), expected, what);
  }
});
