/** A window as a table from grey value to the four bytes of a canvas's pixel. */
import { greyOf, type Window } from "../view/window.ts";

const OPAQUE = 0xff000000;
export const BLACK = OPAQUE;

/** Fills `table`, of 65,536 entries. Canvas bytes are red, green, blue, alpha, lowest first. */
export function fillWindowTable(table: Uint32Array, window: Window): void {
  const low = window.level - window.width / 2;
  const first = Math.min(Math.max(Math.floor(low), 0), table.length);
  const last = Math.min(Math.max(Math.ceil(low + window.width), first), table.length);
  table.fill(entryOf(window, 0, low), 0, first);
  for (let value = first; value < last; value++) table[value] = pixelOf(greyOf(window, value));
  table.fill(entryOf(window, 1, low), last);
}

function entryOf(window: Window, end: 0 | 1, low: number): number {
  return pixelOf(greyOf(window, low + end * window.width));
}

function pixelOf(grey: number): number {
  return (OPAQUE | (grey << 16) | (grey << 8) | grey) >>> 0;
}
