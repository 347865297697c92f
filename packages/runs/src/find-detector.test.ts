import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { writeCheckpoint } from "./checkpoint.ts";
import { findDetector } from "./find-detector.ts";
import { quickRecipe } from "./recipes/quick.ts";

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-find-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A run with a checkpoint after every one of these steps; the latest says which is the best. */
function runWith(folder: string, steps: readonly number[], best: number | null): string {
  const recipe = { ...quickRecipe, model: { ...quickRecipe.model, classes: ["fracture"] } };
  for (const step of steps) {
    const validated =
      best === null ? null : { step, best: { step: best, value: 0.5 }, sinceBest: 0 };
    writeCheckpoint(folder, { step, eventsBytes: 0, validated, recipe }, (directory) => {
      for (const name of ["model.safetensors", "optimizer.safetensors"]) {
        writeFileSync(join(directory, name), "tensors");
      }
    });
  }
  return folder;
}

test("findDetector: of a run the best checkpoint, else the latest", (context) => {
  const validated = runWith(join(temporaryFolder(context), "a"), [5, 10], 5);
  assert.deepEqual(findDetector(validated), {
    path: join(validated, "checkpoints/step-000005/model.safetensors"),
    chosen: { which: "best", step: 5 },
  });
  const other = runWith(join(temporaryFolder(context), "b"), [5, 10], null);
  assert.deepEqual(findDetector(other), {
    path: join(other, "checkpoints/step-000010/model.safetensors"),
    chosen: { which: "latest", step: 10 },
  });
});

test("findDetector: a checkpoint or a file is itself", (context) => {
  const run = runWith(temporaryFolder(context), [5, 10], 5);
  const checkpoint = join(run, "checkpoints/step-000010");
  const path = join(checkpoint, "model.safetensors");
  for (const named of [checkpoint, path]) {
    assert.deepEqual(findDetector(named), { path, chosen: null });
  }
});

test("findDetector: a path to nothing, and a run without a checkpoint, are one clear line", (context) => {
  const folder = temporaryFolder(context);
  mkdirSync(join(folder, "empty"));
  for (const [path, message] of [
    [join(folder, "nowhere"), /nowhere: expected a run's directory or a model\.safetensors/],
    [join(folder, "empty"), /empty: expected a run with a checkpoint, got a directory without/],
  ] as const) {
    assert.throws(() => findDetector(path), { name: "RunError", code: "run", message });
  }
});
