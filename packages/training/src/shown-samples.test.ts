import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import test, { type TestContext } from "node:test";
import { openLoader } from "./loader/loader.ts";
import { sampler } from "./sampler.ts";
import { type ShownSample, shownSamples } from "./shown-samples.ts";
import { writeSyntheticSet } from "./test-synthetic-set.ts";
import { tinyRecipe } from "./test-tiny-recipe.ts";

const recipe = {
  ...tinyRecipe,
  batchSize: 2,
  sampling: { kind: "negative-fraction", fraction: 0.5 },
  input: { ...tinyRecipe.input, minCropFraction: 0.8, maxRotationDegrees: 10 },
} as const;

async function syntheticSet(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-shown-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return writeSyntheticSet(folder, 9);
}

async function all(batches: AsyncIterable<readonly ShownSample[]>) {
  const kept: (readonly ShownSample[])[] = [];
  for await (const batch of batches) kept.push(batch);
  return kept;
}

test("shownSamples: what the loader of a training reads, and where from", async (context) => {
  const set = await syntheticSet(context);
  const shown = await all(shownSamples(recipe, set, { end: 4 }));
  const { seed, batchSize, sampling, preprocess } = recipe;
  const { maskCollimation } = preprocess;
  const classes = set.images.map(({ target }) => target.classes);
  const take = sampler(classes, { seed, batchSize, sampling });
  const loader = openLoader({
    request(step, slot) {
      const image = set.images[take(step, slot)];
      const input = { ...recipe.input, maskCollimation, window: null };
      return { image, input, seed, step, slot };
    },
    ...{ slots: [0, 1], firstStep: 0, steps: 4, workers: 0, ahead: 1 },
  });
  try {
    for (const batch of shown) {
      const samples = batch.map(({ path: _, ...sample }) => sample);
      assert.deepEqual(samples, await loader.next());
    }
  } finally {
    await loader.close();
  }
  assert.equal(shown.length, 4);
  for (const { path, target, objects } of shown.flat()) {
    const image = set.images.find(({ fileName }) => fileName === basename(path));
    assert.deepEqual(objects, image?.target.classes);
    assert.equal(target.boxes.length, objects.length);
  }
});

test("shownSamples: begun at a later step, the same as there; windows at their steps", async (context) => {
  const set = await syntheticSet(context);
  const window = { side: 32, around: ["fracture"], probability: 1, stepShare: 0.5 };
  const windowed = { ...recipe, input: { ...recipe.input, window } };
  const whole = await all(shownSamples(windowed, set, { end: 4 }));
  assert.deepEqual(await all(shownSamples(windowed, set, { first: 2, end: 4 })), whole.slice(2));
  const sides = whole.map((batch) => batch.map(({ image }) => [image.width, image.height]));
  for (const step of [1, 3]) {
    assert.deepEqual(sides[step], [
      [32, 32],
      [32, 32],
    ]);
  }
  for (const step of [0, 2]) {
    for (const [width, height] of sides[step]) assert.ok(Math.min(width, height) >= 56);
  }
});

test("shownSamples: a window around what the set does not have is refused", async (context) => {
  const set = await syntheticSet(context);
  const window = { side: 32, around: ["fibula"], probability: 1, stepShare: 1 };
  const windowed = { ...recipe, input: { ...recipe.input, window } };
  await assert.rejects(all(shownSamples(windowed, set, { end: 1 })), {
    code: "data",
    message: /windows around fibula: expected such a category/,
  });
});
