import assert from "node:assert/strict";
import test from "node:test";
import type { StepProfile } from "@malleolus/training";
import { profileTables } from "./profile-tables.ts";

const cost = (
  operator: string,
  stage: string | null,
  backward: boolean,
  calls: number,
  milliseconds: number,
) => ({
  operator,
  stage,
  backward,
  calls,
  milliseconds,
});

const profile: StepProfile = {
  steps: 2,
  milliseconds: 200,
  waitedMs: 10,
  stages: [
    { stage: "head", milliseconds: 20 },
    { stage: "backbone", milliseconds: 60 },
    { stage: "backward", milliseconds: 90 },
  ],
  operators: [
    cost("conv", "backbone", false, 8, 50),
    cost("conv", "head", false, 3, 10),
    cost("conv_backward", "backbone", true, 8, 70),
    cost("add", "backward", false, 2, 6),
  ],
};

test("profileTables: milliseconds of a step, every part once, the largest first", () => {
  const lines = profileTables(profile)
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));
  const row = (name: string) => lines.find(([first]) => first === name)?.slice(1);
  assert.match(profileTables(profile), /2 steps of 100\.0 ms/);
  assert.deepEqual(row("backbone"), ["30.0", "35.0", "65.0 %"]);
  assert.deepEqual(row("head"), ["10.0", "10.0 %"]);
  // 45 of which 35 are the backbone's.
  assert.deepEqual(row("backward, the rest"), ["0.0", "10.0", "10.0 %"]);
  assert.deepEqual(row("waiting for radiographs"), ["5.0", "5.0 %"]);
  assert.deepEqual(row("all else"), ["10.0", "10.0 %"]);
  assert.deepEqual(row("conv_backward"), ["4", "35.0", "35.0 %"]);
  assert.deepEqual(row("conv"), ["5.5", "30.0", "30.0 %"]);
  const names = lines.map(([first]) => first);
  assert.ok(names.indexOf("backbone") < names.indexOf("head"));
  assert.ok(names.indexOf("conv_backward") < names.indexOf("conv"));
});
