/** What every piece of evidence is made of: a sentence, a place, and figures in words. */
import type { Proportion } from "@malleolus/schema";

export interface Evidence {
  readonly text: string;
  /** A place in the page. */
  readonly where: { readonly anchor: string; readonly title: string };
}

export const PARTICIPANTS = { anchor: "participants", title: "Who was studied" };
export const METHODS = { anchor: "methods", title: "Methods" };
export const RESULTS = { anchor: "results", title: "Results" };

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

export function share({ count, total: all, interval }: Proportion): string {
  return `${count}/${all}${ends(interval)}`;
}

export function ends(interval: readonly [number, number] | null): string {
  return interval === null ? "" : ` (${interval.map((end) => end.toFixed(2)).join("–")})`;
}
