import assert from "node:assert/strict";
import test from "node:test";
import { ankleStructures } from "@malleolus/schema";
import { boneArrangement, guessProjection } from "./guess-projection.ts";
import { paintLabels } from "./label-map.ts";

const size = { width: 120, height: 60 };

/** A tibia and a fibula as upright bars between these columns; the fibula over the tibia. */
function bones(tibia: readonly [number, number], fibula: readonly [number, number], rows = 60) {
  const bar = ([left, right]: readonly [number, number]) => [
    [left, 0, right, 0, right, rows, left, rows],
  ];
  return paintLabels(
    { classes: [0, 1], polygons: [bar(tibia), bar(fibula)] },
    ankleStructures,
    size,
  );
}

test("boneArrangement: shares of both bones' width, by hand", () => {
  // Together 64 columns wide, 16 of them between the bones.
  assert.deepEqual(boneArrangement(bones([52, 84], [20, 36]), ankleStructures), {
    within: 0,
    offset: -48 / 64,
    gap: 16 / 64,
    fibulaWidth: 16 / 64,
  });
  const lateral = boneArrangement(bones([30, 70], [40, 60]), ankleStructures);
  assert.deepEqual(lateral, { within: 1, offset: 0, gap: 0, fibulaWidth: 0.5 });
});

test("guessProjection: a fibula within the tibia is a lateral view, one beside it a mortise, across its edge an AP", () => {
  for (const [tibia, fibula, view] of [
    [[30, 70], [42, 60], "lateral"],
    [[30, 70], [80, 94], "mortise"],
    [[30, 70], [65, 82], "ap"],
  ] as const) {
    const guess = guessProjection(bones(tibia, fibula), ankleStructures);
    assert.equal(guess.view?.value, view);
    assert.ok((guess.view?.probability ?? 0) > 0.5 && (guess.view?.probability ?? 2) <= 1);
  }
});

test("guessProjection: a frontal view's side, as if the patient faced the reader; of a lateral none", () => {
  const sideOf = (fibula: readonly [number, number]) =>
    guessProjection(bones([40, 80], fibula), ankleStructures).side?.value ?? null;
  assert.deepEqual(
    [sideOf([20, 34]), sideOf([86, 100]), sideOf([52, 68])],
    ["right", "left", null],
  );
});

test("guessProjection: without both bones, or with hardly any of them, there is no guess", () => {
  const nothing = { view: null, side: null };
  assert.deepEqual(guessProjection(bones([40, 80], [90, 90]), ankleStructures), nothing);
  assert.deepEqual(guessProjection(bones([40, 80], [90, 100], 12), ankleStructures), nothing);
});
