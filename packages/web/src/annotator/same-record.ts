/**
 * Whether two records say the same, in whatever order their keys are written: what comes back from the server, or out
 * of the browser's storage, has been through a parser that has an order of its own.
 */
export function isSameRecord(one: unknown, other: unknown): boolean {
  return one === other || textOf(one) === textOf(other);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
