import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { demoRecipe } from "@malleolus/runs";
import { chooseTrainingDtype } from "./training-dtype.ts";

test("chooseTrainingDtype: a run that has begun keeps its dtype, on any machine", async (context) => {
  const directory = mkdtempSync(join(tmpdir(), "malleolus-dtype-"));
  context.after(() => rmSync(directory, { recursive: true }));
  for (const dtype of ["bfloat16", "float32"] as const) {
    const model = { ...demoRecipe.model, classes: ["fracture"] };
    writeFileSync(join(directory, "recipe.json"), JSON.stringify({ ...demoRecipe, model, dtype }));
    const choice = await chooseTrainingDtype({ recipe: demoRecipe, directory, device: "cpu" });
    assert.deepEqual(choice, { dtype, reason: `the run in ${directory} began with it` });
  }
});

test("chooseTrainingDtype: a recipe in float32 stays so, and a GPU takes the recipe's", async () => {
  const nowhere = join(tmpdir(), "malleolus-no-such-run");
  const choose = (dtype: "float32" | "bfloat16", device: "cpu" | "cuda") =>
    chooseTrainingDtype({ recipe: { ...demoRecipe, dtype }, directory: nowhere, device });
  assert.deepEqual(await choose("float32", "cpu"), {
    dtype: "float32",
    reason: "recipe demo says so",
  });
  assert.equal((await choose("bfloat16", "cuda")).dtype, "bfloat16");
});
