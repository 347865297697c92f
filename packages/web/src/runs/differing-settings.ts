/** What recipes do not share, by the path of each setting; of a run without a recipe, a dash. */
export interface DifferingSetting {
  readonly name: string;
  readonly values: readonly string[];
}

export function differingSettings(recipes: readonly (string | null)[]): DifferingSetting[] {
  const settings = recipes.map((text) =>
    text === null ? null : new Map(leavesOf(JSON.parse(text), "")),
  );
  const names = new Set(settings.flatMap((one) => [...(one?.keys() ?? [])]));
  return [...names].flatMap((name) => {
    const values = settings.map((one) => one?.get(name) ?? "–");
    return new Set(values).size > 1 ? [{ name, values }] : [];
  });
}

function leavesOf(value: unknown, path: string): [name: string, value: string][] {
  if (typeof value !== "object" || value === null) return [[path, JSON.stringify(value)]];
  // A list is one setting: where it differs, all of it is of interest.
  if (Array.isArray(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, part]) =>
    leavesOf(part, path === "" ? key : `${path}.${key}`),
  );
}
