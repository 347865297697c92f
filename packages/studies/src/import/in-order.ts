/**
 * Work on many items at a time whose results come in the order of the items.
 *
 * At most `limit` are under way or wait for one before them. Where the results are not all taken, or
 * one fails, the others that were begun are awaited and given to `drop`.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  { limit, drop }: { readonly limit: number; readonly drop: (result: Result) => void },
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // Looked at in its turn; until then, a failure is nobody's surprise.
      result.catch(() => undefined);
      begun.push(result);
      if (begun.length < limit) continue;
      const oldest = begun.shift();
      if (oldest !== undefined) yield await oldest;
    }
    for (let next = begun.shift(); next !== undefined; next = begun.shift()) yield await next;
  } finally {
    for (const rest of await Promise.allSettled(begun)) {
      if (rest.status === "fulfilled") drop(rest.value);
    }
  }
}
