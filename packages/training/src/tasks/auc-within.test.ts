import assert from "node:assert/strict";
import test from "node:test";
import type { LabelMap } from "@malleolus/imaging";
import { ankleStructures } from "@malleolus/schema";
import { aucWithin } from "./auc-within.ts";

const [tibia, fibula, fracture] = ankleStructures;
/** Tibia, four of the fibula, two of the fracture, background. */
const truth: LabelMap = {
  width: 8,
  height: 1,
  data: Uint8Array.of(0, 1, 1, 1, 1, 2, 2, 3),
};

/** With these probabilities of a fracture, none of them the likeliest label. */
function found(ofFracture: readonly number[]) {
  const rest = ofFracture.map((p) => (1 - p) / 3);
  const probabilities = Float32Array.from([...rest, ...rest, ...ofFracture, ...rest]);
  return { width: 8, height: 1, probabilities, labels: truth };
}

test("aucWithin: of pairs of a broken and a sound pixel of the bone, the share in order", () => {
  // Outside of the fibula nothing counts, however probable.
  const low = found([0.24, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.24]);
  assert.equal(aucWithin(low, truth, ankleStructures, fracture), 1);
  const mixed = found([0, 0.01, 0.02, 0.03, 0.07, 0.05, 0.06, 0]);
  assert.equal(aucWithin(mixed, truth, ankleStructures, fracture), 6 / 8);
  const same = found(Array.from({ length: 8 }, () => 0.1));
  assert.equal(aucWithin(same, truth, ankleStructures, fracture), 0.5);
});

test("aucWithin: there is none of a bone, of a sound ankle, and of a fracture without its bone", () => {
  const some = found([0, 0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0]);
  assert.equal(aucWithin(some, truth, ankleStructures, fibula), null);
  assert.equal(aucWithin(some, truth, ankleStructures, tibia), null);
  const sound = { ...truth, data: Uint8Array.of(0, 1, 1, 1, 1, 1, 1, 3) };
  assert.equal(aucWithin(some, sound, ankleStructures, fracture), null);
  const alone = { ...truth, data: Uint8Array.of(0, 3, 3, 3, 3, 2, 2, 3) };
  assert.equal(aucWithin(some, alone, ankleStructures, fracture), null);
});
