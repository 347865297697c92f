import assert from "node:assert/strict";
import test from "node:test";
import type { Recipe } from "@malleolus/schema";
import { parseRecipe } from "./read-recipe.ts";
import { recipeDifferences } from "./recipe-differences.ts";
import { namedRecipes } from "./recipes/named-recipes.ts";
import { quickRecipe } from "./recipes/quick.ts";

/** As it stands in a file, where the classes are known. */
const written = (): Recipe =>
  structuredClone({ ...quickRecipe, model: { ...quickRecipe.model, classes: ["fracture"] } });

for (const { recipe } of namedRecipes) {
  test(`recipe: ${recipe.name} is a recipe once its classes are known`, () => {
    // A segmentation's structures are named already.
    const { model } = recipe;
    const whole =
      model.kind === "segmentation"
        ? recipe
        : { ...recipe, model: { ...model, classes: ["fracture"] } };
    assert.deepEqual(parseRecipe(JSON.parse(JSON.stringify(whole)), "r.json"), whole);
  });
}

test("recipe: names are unique, and every recipe says what to expect of it", () => {
  const names = namedRecipes.map(({ recipe }) => recipe.name);
  assert.equal(new Set(names).size, names.length);
  for (const { recipe } of namedRecipes) assert.ok(recipe.expected.length > 0);
});

test("recipe: the paper's epochs of its 749 radiographs are the steps that are written there", () => {
  for (const { recipe } of namedRecipes) {
    const { name, epochs, steps, batchSize } = recipe;
    if (epochs !== null) assert.equal(Math.ceil((epochs * 749) / batchSize), steps, name);
  }
});

const wrong: readonly (readonly [name: string, change: object, expected: RegExp])[] = [
  [
    "a metric of another network",
    { validation: { everySteps: 1, metric: "mean Dice", patience: null } },
    /at validation\.metric: expected what a model of kind "mask-rcnn" is measured by: box AP, box AP50, /,
  ],
  [
    "an unknown key at the top",
    { optimizr: {} },
    /^r\.json: unknown key "optimizr" \(did you mean "optimizer"\?\)$/,
  ],
  [
    "an unknown key inside",
    { input: { ...quickRecipe.input, minSize: 320 } },
    /^r\.json at input: unknown key "minSize" \(did you mean "minSizes"\?\)$/,
  ],
  [
    "an unknown key of a schedule's kind",
    {
      optimizer: {
        ...quickRecipe.optimizer,
        schedule: {
          ...quickRecipe.optimizer.schedule,
          decay: { kind: "steps", milestones: [10], gama: 0.1, gamma: 0.1 },
        },
      },
    },
    /^r\.json at optimizer\.schedule\.decay: unknown key "gama" \(did you mean "gamma"\?\)$/,
  ],
  [
    "an unknown key of the network",
    { model: { ...written().model, anchor: {} } },
    /^r\.json at model: unknown key "anchor" \(did you mean "anchors"\?\)$/,
  ],
  ["a key like nothing", { qqqqqqqqqqqq: 1 }, /^r\.json: unknown key "qqqqqqqqqqqq"$/],
  ["a value of another type", { steps: "many" }, /^r\.json at steps: .*expected number/],
  ["a value out of range", { batchSize: 0 }, /^r\.json at batchSize: /],
  [
    "parts of unequal size",
    { batchSize: 4, gradientAccumulation: 3 },
    /^r\.json at gradientAccumulation: .*divides/,
  ],
  ["a key that is missing", { seed: undefined }, /^r\.json at seed: /],
];
for (const [name, change, expected] of wrong) {
  test(`recipe: ${name} is one clear line`, () => {
    assert.throws(() => parseRecipe({ ...written(), ...change }, "r.json"), {
      name: "RunError",
      code: "recipe",
      message: expected,
    });
  });
}

test("recipe: two differ where they learn differently, place by place", () => {
  const other = {
    ...written(),
    expected: [],
    seed: 2,
    optimizer: { ...quickRecipe.optimizer, method: { kind: "sgd" as const, momentum: 0.8 } },
    weights: { sha256: "ab" },
    model: { ...written().model, soundClass: "no_fracture" },
  };
  assert.deepEqual(recipeDifferences([written(), other, written()]), [
    { key: "seed", values: [1, 2, 1] },
    { key: "weights", values: [null, { sha256: "ab" }, null] },
    { key: "optimizer.method.momentum", values: [0.9, 0.8, 0.9] },
  ]);
  assert.deepEqual(recipeDifferences([written(), written()]), []);
});
