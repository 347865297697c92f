/** Orders that look random and are a function of the seed and of what is ordered. */
import { createHash } from "node:crypto";

/** Twenty hexadecimal digits to sort by: no two names of a study share them. */
export function seededKey(seed: number, ...path: readonly string[]): string {
  return createHash("sha256")
    .update([String(seed), ...path].join("\0"))
    .digest("hex")
    .slice(0, 20);
}

/** The items in the order of their names' keys, whatever order they come in. */
export function seededOrder<T>(
  items: readonly T[],
  name: (item: T) => string,
  seed: number,
  purpose: string,
): T[] {
  return items
    .map((item) => ({ item, key: seededKey(seed, purpose, name(item)) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
