import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import test, { type TestContext } from "node:test";
import type { CheckpointState } from "@malleolus/schema";
import {
  bestCheckpoint,
  latestCheckpoint,
  listCheckpoints,
  readState,
  rewriteState,
  writeCheckpoint,
} from "./checkpoint.ts";
import { quickRecipe } from "./recipes/quick.ts";

const recipe = { ...quickRecipe, model: { ...quickRecipe.model, classes: ["fracture"] } };

function runDirectory(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-checkpoint-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function stateAt(step: number, bestStep?: number): Omit<CheckpointState, "format"> {
  const validated =
    bestStep === undefined ? null : { step, best: { step: bestStep, value: 0.5 }, sinceBest: 1 };
  return { step, eventsBytes: 10 * step, validated, recipe };
}

function write(directory: string, step: number, bestStep?: number): void {
  writeCheckpoint(directory, stateAt(step, bestStep), (aside) => {
    for (const file of ["model.safetensors", "optimizer.safetensors"]) {
      writeFileSync(join(aside, file), "tensors");
    }
  });
}

const names = (directory: string) => readdirSync(join(directory, "checkpoints")).sort();

test("checkpoint: the last two stay, the latest is found by its step", (context) => {
  const directory = runDirectory(context);
  assert.equal(latestCheckpoint(directory), null);
  for (const step of [5, 10, 100]) write(directory, step);
  assert.deepEqual(names(directory), ["step-000010", "step-000100"]);
  const latest = latestCheckpoint(directory);
  assert.equal(latest?.step, 100);
  assert.deepEqual(latest && readState(latest), {
    format: "malleolus-checkpoint-1",
    step: 100,
    eventsBytes: 1000,
    validated: null,
    recipe,
  });
});

test("checkpoint: the best one stays as well, until another is better", (context) => {
  const directory = runDirectory(context);
  write(directory, 5, 5);
  for (const step of [10, 15, 20]) write(directory, step, 5);
  assert.deepEqual(names(directory), ["step-000005", "step-000015", "step-000020"]);
  assert.equal(bestCheckpoint(directory)?.step, 5);
  write(directory, 25, 25);
  assert.deepEqual(names(directory), ["step-000020", "step-000025"]);
  assert.equal(bestCheckpoint(directory)?.step, 25);
});

test("checkpoint: without validations, or where the best was removed, none is the best", (context) => {
  const directory = runDirectory(context);
  assert.equal(bestCheckpoint(directory), null);
  write(directory, 5);
  assert.equal(bestCheckpoint(directory), null);
  write(directory, 10, 4);
  assert.equal(bestCheckpoint(directory), null);
});

test("checkpoint: a state is replaced, the tensors beside it stay", (context) => {
  const directory = runDirectory(context);
  write(directory, 5);
  const latest = latestCheckpoint(directory);
  assert.ok(latest);
  rewriteState(latest, stateAt(5, 5));
  assert.equal(readState(latest).validated?.best?.step, 5);
  assert.deepEqual(readdirSync(latest.path).sort(), [
    "model.safetensors",
    "optimizer.safetensors",
    "state.json",
  ]);
});

test("checkpoint: what a killed process left behind is no checkpoint, and goes", (context) => {
  const directory = runDirectory(context);
  write(directory, 5);
  mkdirSync(join(directory, "checkpoints/.step-000010.tmp"));
  mkdirSync(join(directory, "checkpoints/step-000020"));
  assert.deepEqual(
    listCheckpoints(directory).map(({ step }) => step),
    [5],
  );
  write(directory, 10);
  assert.ok(!names(directory).includes(".step-000010.tmp"));
  assert.equal(latestCheckpoint(directory)?.step, 10);
});

test("checkpoint: a write that fails leaves the earlier ones and nothing half-written", (context) => {
  const directory = runDirectory(context);
  write(directory, 5);
  const failing = () =>
    writeCheckpoint(directory, stateAt(10), (aside) => {
      writeFileSync(join(aside, "model.safetensors"), "half");
      throw new Error("ENOSPC: no space left on device, write");
    });
  assert.throws(failing, {
    name: "RunError",
    code: "checkpoint",
    message: /step-000010: cannot be written: ENOSPC.*; earlier checkpoints are untouched$/,
  });
  assert.deepEqual(names(directory), ["step-000005"]);
});

// A file size limit stands in for a full disk: the kernel refuses the write in the same place.
test("checkpoint: a real refusal of the disk is one clear line", (context) => {
  const directory = runDirectory(context);
  write(directory, 5);
  const script = `
    import { writeFileSync } from "node:fs";
    import { writeCheckpoint } from ${JSON.stringify(join(import.meta.dirname, "checkpoint.ts"))};
    const recipe = ${JSON.stringify(recipe)};
    try {
      writeCheckpoint(${JSON.stringify(directory)}, { step: 10, eventsBytes: 0, validated: null, recipe }, (aside) =>
        writeFileSync(aside + "/model.safetensors", Buffer.alloc(1_000_000)));
    } catch (error) {
      console.log(error.message);
    }`;
  const limited = `trap '' XFSZ; ulimit -f 100; exec "$0" --input-type=module -e "$1"`;
  const { stdout, stderr } = spawnSync("sh", ["-c", limited, process.execPath, script], {
    encoding: "utf8",
  });
  assert.match(stdout, /^\S+step-000010: cannot be written: EFBIG[^\n]*untouched\n$/, stderr);
  assert.deepEqual(names(directory), ["step-000005"]);
});

test("checkpoint: a state that is not one names the directory to remove", (context) => {
  const directory = runDirectory(context);
  write(directory, 5);
  const latest = latestCheckpoint(directory);
  assert.ok(latest);
  writeFileSync(join(latest.path, "state.json"), '{"format":"malleolus-checkpoint-9"}');
  assert.throws(() => readState(latest), new RegExp(`remove .*${basename(latest.path)}`));
});
