/**
 * The differences of recipes, key by key: those of several runs, or a run's and the one that is to go
 * on with it.
 */

export interface RecipeDifference {
  /** As `optimizer.schedule.warmup.steps`. */
  readonly key: string;
  /** Of each recipe; undefined where it lacks the key. */
  readonly values: readonly unknown[];
}

/** Only detection reads it, so that a run from before recipes named it goes on. */
const SOUND_CLASS = "model.soundClass";

/**
 * Where they differ in what they learn, in the first recipe's order of keys. What is expected of a recipe
 * is no part of it, nor is the class that is no finding.
 */
export function recipeDifferences(
  recipes: readonly Readonly<Record<string, unknown>>[],
): RecipeDifference[] {
  return differences(recipes.map(({ expected: _, ...learned }) => learned)).filter(
    ({ key }) => key !== SOUND_CLASS,
  );
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
