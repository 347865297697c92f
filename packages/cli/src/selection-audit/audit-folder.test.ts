import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fixPlan, readMeasured, writeMeasured } from "./audit-folder.ts";

const PLAN = {
  format: "malleolus-selection-audit-1",
  fixedAt: "2026-01-01T00:00:00Z",
  strategy: "hard",
  control: "random",
  sizes: [2, 4],
  seeds: [1, 2],
  outcomes: ["macro AUC"],
  recipe: "demo",
  bootstrap: { seed: 1, resamples: 100 },
};

test("fixPlan: the plan of the beginning holds; another is refused, and so is one of tomorrow", (context) => {
  const parent = mkdtempSync(join(tmpdir(), "malleolus-audit-"));
  context.after(() => rmSync(parent, { recursive: true }));
  const [path, folder] = [join(parent, "plan.json"), join(parent, "audit")];
  const now = new Date("2026-02-01T00:00:00Z");
  writeFileSync(path, JSON.stringify({ ...PLAN, fixedAt: "2026-03-01T00:00:00Z" }));
  assert.throws(
    () => fixPlan(path, folder, now),
    /expected a plan fixed before the first training/,
  );
  assert.ok(!existsSync(folder));
  writeFileSync(path, JSON.stringify(PLAN));
  const first = fixPlan(path, folder, now);
  assert.match(first.sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(fixPlan(path, folder, now), first);
  writeFileSync(path, JSON.stringify({ ...PLAN, outcomes: ["fracture Dice"] }));
  assert.throws(
    () => fixPlan(path, folder, now),
    /expected the plan that this audit began with, got another one/,
  );
});

test("readMeasured: null until a training was measured", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-audit-"));
  context.after(() => rmSync(folder, { recursive: true }));
  assert.equal(readMeasured(folder, "hard-2-seed-1"), null);
  const patients = [{ patient: "p", class: "a", scores: { a: 1 }, fractureDice: null }];
  const run = { strategy: "hard", size: 2, seed: 1, patients };
  writeMeasured(folder, run);
  assert.deepEqual(readMeasured(folder, "hard-2-seed-1"), run);
});
