/**
 * The connected components of items and keys: items that share a key, directly or through others.
 */

/** In the order of the items, each in the place of its first one. */
export function connected<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): T[][] {
  const parents = items.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]];
      root = parents[root];
    }
    return root;
  };
  const holders = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    for (const key of keysOf(item)) {
      const holder = holders.get(key);
      if (holder === undefined) {
        holders.set(key, index);
        continue;
      }
      const [first, second] = [rootOf(holder), rootOf(index)].toSorted((a, b) => a - b);
      parents[second] = first;
    }
  }
  const sets = new Map<number, T[]>();
  for (const [index, item] of items.entries()) {
    const root = rootOf(index);
    const set = sets.get(root);
    if (set === undefined) sets.set(root, [item]);
    else set.push(item);
  }
  return [...sets.values()];
}
