/** Where the recipes of several runs differ, key by key. */

export interface RecipeDifference {
  /** As `optimiser.schedule.warmup.steps`. */
  readonly key: string;
  /** Of each recipe; undefined where it lacks the key. */
  readonly values: readonly unknown[];
}

/** In the first recipe's order of keys. What is expected of a recipe is no part of what it does. */
export function compareRecipes(
  recipes: readonly Readonly<Record<string, unknown>>[],
): RecipeDifference[] {
  return differences(recipes.map(({ expected: _, ...learned }) => learned));
}

function differences(values: readonly unknown[], prefix = ""): RecipeDifference[] {
  if (!values.every(isRecord)) {
    const [first, ...others] = values.map((value) => JSON.stringify(value));
    return others.every((other) => other === first) ? [] : [{ key: prefix, values }];
  }
  const keys = new Set(values.flatMap((value) => Object.keys(value)));
  return [...keys].flatMap((key) =>
    differences(
      values.map((value) => value[key]),
      prefix === "" ? key : `${prefix}.${key}`,
    ),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
