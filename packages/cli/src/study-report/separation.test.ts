import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPatients, checkSeen } from "./separation.ts";

const tested = [
  { sha256: "aaaaaaaaaaaaaaaa", patient: "P1" },
  { sha256: "bbbbbbbbbbbbbbbb", patient: "P2" },
];

test("checkPatients: a patient who serves in both is refused by name, whatever the radiograph", () => {
  const learned = [{ sha256: "cccccccccccccccc", patient: "P2" }];
  assert.throws(
    () => checkPatients("tuning", learned, tested),
    /patient P2: .* serves in tuning too/,
  );
  checkPatients("tuning", [{ sha256: "aaaaaaaaaaaaaaaa", patient: "P3" }], tested);
  checkPatients("training", [], tested);
});

test("checkSeen: a radiograph that the run has seen is refused, and says as what", () => {
  const seen = (training: string[], tuning: string[]) => ({
    training: new Set(training),
    tuning: new Set(tuning),
  });
  assert.throws(
    () => checkSeen(seen(["bbbbbbbbbbbbbbbb"], []), tested),
    /radiograph bbbbbbbbbbbb… of patient P2: .* was trained on/,
  );
  assert.throws(() => checkSeen(seen([], ["aaaaaaaaaaaaaaaa"]), tested), /P1: .* was tuned by/);
  checkSeen(seen(["cccccccccccccccc"], []), tested);
});
