import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { demoProgress } from "./demo-progress.ts";
import { openStages, STAGES } from "./stages.ts";

test("openStages: fresh until a stage was worked on, done once all of them are", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-stages-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const progress = demoProgress({ write: () => undefined, writeError: () => undefined });
  const open = () => openStages(folder, "a plan", progress);
  const seen = [];
  for (const name of STAGES) {
    const { isFresh, isDone } = open();
    seen.push([isFresh, isDone]);
    // Stopped at first, then to its end.
    assert.equal(await open().repeat(name, name, async () => null), null);
    assert.deepEqual([open().isFresh, open().isDone], [false, false]);
    await open().once(name, name, async () => undefined);
  }
  assert.deepEqual(
    seen,
    STAGES.map((_, index) => [index === 0, false]),
  );
  assert.deepEqual([open().isFresh, open().isDone], [false, true]);
  await open().once("train", "again", () => assert.fail("it was done before"));
});
