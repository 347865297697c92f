import assert from "node:assert/strict";
import test from "node:test";
import { readingContentSchema } from "@malleolus/schema";
import {
  beginReading,
  contentOf,
  missingPart,
  nextReading,
  type ReadingEvent,
  type ReadingState,
} from "./reading.ts";

const run = (events: readonly ReadingEvent[], first: ReadingState = beginReading(null)) =>
  events.reduce(nextReading, first);
const image = "0".repeat(32);

test("reading: nothing is chosen beforehand, and submitting says what is missing", () => {
  assert.equal(missingPart(beginReading(null)), "reading.needs decision");
  const chosen = run([{ type: "class", id: "weber_b" }]);
  assert.equal(missingPart(chosen), "reading.needs certainty");
  assert.equal(missingPart(run([{ type: "certainty", step: 3 }], chosen)), null);
  assert.equal(missingPart(run([{ type: "exclusion", id: "cast" }])), null);
});

test("reading: a class and an exclusion take each other's place", () => {
  const excluded = run([
    { type: "class", id: "weber_b" },
    { type: "certainty", step: 4 },
    { type: "exclusion", id: "cast" },
  ]);
  assert.deepEqual(contentOf(excluded, {}), { decision: { kind: "exclusion", id: "cast" } });
  const back = run([{ type: "class", id: "weber_a" }], excluded);
  assert.deepEqual(contentOf(back, {}), {
    decision: { kind: "class", id: "weber_a" },
    certainty: 4,
  });
  assert.equal(back.excluding, false);
});

test("reading: what is said again changes nothing, so that nothing is saved for it", () => {
  const state = run([
    { type: "class", id: "weber_a" },
    { type: "visibility", image, to: "difficult" },
    { type: "note", text: "a" },
  ]);
  for (const event of [
    { type: "class", id: "weber_a" },
    { type: "visibility", image, to: "difficult" },
    { type: "note", text: "a" },
    { type: "excluding", is: false },
  ] as const) {
    assert.equal(nextReading(state, event), state, event.type);
  }
});

test("reading: what is saved comes back, and is what the server takes", () => {
  const state = run([
    { type: "class", id: "no_fracture" },
    { type: "certainty", step: 5 },
    { type: "visibility", image, to: "impossible" },
    { type: "note", text: `  ${"n".repeat(600)}` },
  ]);
  const content = readingContentSchema.parse(contentOf(state, { seconds: 12.5 }));
  assert.equal(content.note?.length, 498);
  const again = beginReading(content);
  assert.deepEqual(contentOf(again, { seconds: 12.5 }), content);
});
