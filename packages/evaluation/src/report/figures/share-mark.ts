/** A share with its interval as a dot on a line from 0 to 1, to stand in a cell of a table. */
import type { Proportion } from "@malleolus/schema";
import { html, type Markup } from "../markup.ts";

export function shareMark({ share, interval }: Proportion): Markup {
  if (share === null || interval === null) return html``;
  const at = (value: number) => (4 + 92 * value).toFixed(1);
  return html`<svg class="mark" viewBox="0 0 100 12" width="100" height="12" aria-hidden="true"><path class="rail" d="M4 6H96"/><path class="whisker" d="M${at(interval[0])} 6H${at(interval[1])}"/><circle cx="${at(share)}" cy="6" r="3.2"/></svg>`;
}
