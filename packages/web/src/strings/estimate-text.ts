/** What was estimated, with its interval. */
import type { Estimate } from "@malleolus/schema";

/** `41 (35 – 48)`; a dash where nothing was measured. */
export function estimateText({ value, interval }: Estimate, decimals: number): string {
  if (value === null) return "–";
  const text = value.toFixed(decimals);
  if (interval === null) return text;
  return `${text} (${interval.map((end) => end.toFixed(decimals)).join(" – ")})`;
}
