import assert from "node:assert/strict";
import test from "node:test";
import type { Validated, ValidationMeasures, ValidationMetric } from "@malleolus/schema";
import { afterValidation, endOf, isValidationDue } from "./best-so-far.ts";

const none: ValidationMeasures = {
  "box AP": null,
  "box AP50": null,
  "mask AP": null,
  "mask AP50": null,
  "image AUC": null,
  loss: null,
};

/** Validations after steps 10, 20, … with these values. */
function validated(metric: ValidationMetric, ...values: (number | null)[]): Validated | null {
  const settings = { everySteps: 10, metric, patience: null };
  return values.reduce<Validated | null>(
    (before, value, i) =>
      afterValidation(before, 10 * (i + 1), { ...none, [metric]: value }, settings),
    null,
  );
}

const cases: readonly (readonly [
  ValidationMetric,
  (number | null)[],
  [number, number] | null,
  number,
])[] = [
  ["mask AP50", [0], [10, 0], 0],
  ["mask AP50", [0.2, 0.3, 0.1, 0.3], [20, 0.3], 2],
  ["loss", [0.9, 0.5, 0.7], [20, 0.5], 1],
  ["box AP50", [null, 0.1], [20, 0.1], 0],
  ["loss", [Number.NaN, Number.NaN], null, 2],
  ["loss", [0.4, Number.NaN], [10, 0.4], 1],
];
for (const [metric, values, best, sinceBest] of cases) {
  test(`afterValidation: ${metric} ${values.join(", ")}`, () => {
    assert.deepEqual(validated(metric, ...values), {
      step: 10 * values.length,
      best: best && { step: best[0], value: best[1] },
      sinceBest,
    });
  });
}

test("isValidationDue: every so many steps and at the end, once", () => {
  const recipe = {
    steps: 25,
    validation: { everySteps: 10, metric: "loss", patience: null },
  } as const;
  const due = Array.from({ length: 26 }, (_, step) => step).filter((step) =>
    isValidationDue(recipe, step, null),
  );
  assert.deepEqual(due, [10, 20, 25]);
  assert.equal(isValidationDue(recipe, 20, { step: 20, best: null, sinceBest: 1 }), false);
  assert.equal(isValidationDue({ steps: 25, validation: null }, 25, null), false);
});

test("endOf: after the last step and its validation, or when patience ends", () => {
  const recipe = {
    steps: 30,
    validation: { everySteps: 10, metric: "loss", patience: 2 },
  } as const;
  const at = (step: number, sinceBest: number): Validated => ({ step, best: null, sinceBest });
  assert.equal(endOf(recipe, 29, at(20, 1)), null);
  assert.equal(endOf(recipe, 30, at(20, 1)), null);
  assert.equal(endOf(recipe, 30, at(30, 1)), "done");
  assert.equal(endOf(recipe, 20, at(20, 2)), "stopped early");
  assert.equal(endOf({ ...recipe, validation: null }, 30, null), "done");
});
