/** Numbers as a report prints them; the interval after a figure is set lighter by the style. */
import type { Proportion } from "@malleolus/schema";
import { html, type Markup } from "./markup.ts";

type Interval = readonly [low: number, high: number] | null;

/** What stands for a figure that does not exist. */
const NONE = "–";

export function decimal(value: number | null, digits = 2): string {
  return value === null ? NONE : value.toFixed(digits).replace("-", "−");
}

/** `0.96 (0.93–0.99)` */
export function withInterval(value: number | null, interval: Interval, digits = 2): Markup {
  if (interval === null) return html`${decimal(value, digits)}`;
  const ends = interval.map((end) => decimal(end, digits));
  // A dash before a minus would look like another.
  const said = ends.join(interval.some((end) => end < 0) ? " to " : "–");
  return html`${decimal(value, digits)} <i>${said}</i>`;
}

/**
 * `92`: whole percents, since a test of a hundred patients holds no finer ones; `99.8` and `0.2` where a whole one
 * would say of some that they are all or none.
 */
export function percentOf(share: number): string {
  const whole = Math.round(100 * share);
  if ((whole === 100 && share < 1) || (whole === 0 && share > 0)) {
    return Math.min(99.9, Math.max(0.1, 100 * share)).toFixed(1);
  }
  return `${whole}`;
}

/** `92% (75–98)` */
export function percent({ share, interval }: Proportion): Markup {
  if (share === null) return html`${NONE}`;
  const ends = interval?.map((end) => Math.round(100 * end)).join("–");
  return html`${percentOf(share)}%${ends === undefined ? null : html` <i>${ends}</i>`}`;
}

/** `92% (23/25, 75–98)`, for a sentence. */
export function counted(proportion: Proportion): Markup {
  const { count: part, total, share, interval } = proportion;
  if (share === null) return html`${NONE}`;
  const ends = interval?.map((end) => Math.round(100 * end)).join("–");
  return html`${percentOf(share)}% <i>(${part}/${total}${ends === undefined ? null : `, ${ends}`})</i>`;
}

/** `23/25` */
export function fraction({ count: part, total }: Proportion): string {
  return `${part}/${total}`;
}

/** `2 min 13 s` */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const rest = whole % 60;
  return `${Math.floor(whole / 60)} min${rest === 0 ? "" : ` ${rest} s`}`;
}

/** With a narrow space at the thousands. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}
