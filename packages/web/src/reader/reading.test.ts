import assert from "node:assert/strict";
import test from "node:test";
import { readingContentSchema } from "@malleolus/schema";
import { english } from "../strings/english.ts";
import { translator } from "../strings/translate.ts";
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
const protocol = {
  classes: [
    { id: "weber_a", name: "Weber A" },
    { id: "weber_b", name: "Weber B" },
    { id: "no_fracture", name: "No fracture" },
  ],
  noFractureClass: "no_fracture",
  labels: [],
};
const t = translator(english);
const missing = (state: ReadingState) => missingPart(state, protocol, t);

test("reading: nothing is chosen beforehand, and submitting says what is missing", () => {
  assert.equal(missing(beginReading(null)), "Choose a class or an exclusion.");
  const chosen = run([{ type: "class", id: "weber_b" }]);
  assert.equal(missing(chosen), "Say how certain you are.");
  assert.equal(missing(run([{ type: "certainty", step: 3 }], chosen)), null);
  assert.equal(missing(run([{ type: "exclusion", id: "cast" }])), null);
});

test("reading: a class and an exclusion take each other's place", () => {
  const excluded = run([
    { type: "class", id: "weber_b" },
    { type: "certainty", step: 4 },
    { type: "exclusion", id: "cast" },
  ]);
  assert.deepEqual(contentOf(excluded, protocol, {}), {
    decision: { kind: "exclusion", id: "cast" },
  });
  const back = run([{ type: "class", id: "weber_a" }], excluded);
  assert.deepEqual(contentOf(back, protocol, {}), {
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
  const content = readingContentSchema.parse(contentOf(state, protocol, { seconds: 12.5 }));
  assert.equal(content.note?.length, 498);
  const again = beginReading(content);
  assert.deepEqual(contentOf(again, protocol, { seconds: 12.5 }), content);
});

test("reading: further labels belong to a fracture, are asked for, and go together", () => {
  const labels = [
    {
      id: "ao",
      name: "AO",
      asked: true,
      values: [
        { id: "a1", name: "A1", classes: ["weber_a"] },
        { id: "b1", name: "B1", classes: ["weber_b"] },
      ],
    },
  ];
  const asking = { ...protocol, labels };
  const fracture = run([
    { type: "class", id: "weber_a" },
    { type: "certainty", step: 3 },
  ]);
  assert.equal(missingPart(fracture, asking, t), "Say: AO.");
  const said = run([{ type: "label", label: "ao", to: "a1" }], fracture);
  assert.equal(missingPart(said, asking, t), null);
  assert.deepEqual(contentOf(said, asking, {}).labels, { ao: "a1" });
  const changed = run([{ type: "class", id: "weber_b" }], said);
  assert.equal(missingPart(changed, asking, t), "AO: A1 does not go with Weber B.");
  const none = run([{ type: "class", id: "no_fracture" }], changed);
  assert.equal(missingPart(none, asking, t), null);
  assert.equal(contentOf(none, asking, {}).labels, undefined);
  assert.deepEqual(run([{ type: "class", id: "weber_a" }], none).labels, { ao: "a1" }, "kept");
});
