/**
 * From the outlines of a finding back to the run lengths of its mask, exactly: `traceMask` leaves
 * every horizontal border between a set pixel and one that is not in exactly one outline, so that a
 * column's runs end where such a border crosses it.
 */
import type { Polygon, RunLength } from "@malleolus/geometry";

/** `polygons` run along pixel borders within the image, as `traceMask` draws them. */
export function runsOfOutlines(
  polygons: readonly Polygon[],
  width: number,
  height: number,
): RunLength {
  const changes = new Map<number, number[]>();
  for (const polygon of polygons) {
    for (let i = 0; i < polygon.length; i += 2) {
      const next = (i + 2) % polygon.length;
      if (polygon[i + 1] !== polygon[next + 1]) continue;
      const [from, to] = [polygon[i], polygon[next]].toSorted((a, b) => a - b);
      for (let x = from; x < to; x++) {
        const column = changes.get(x) ?? [];
        column.push(polygon[i + 1]);
        changes.set(x, column);
      }
    }
  }
  // Places in column-major order at which zeros and ones alternate.
  const places = [...changes.entries()]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([x, rows]) => rows.toSorted((a, b) => a - b).map((y) => x * height + y));
  // A run that ends at a column's foot and goes on at the next one's head is one run.
  const kept: number[] = [];
  for (const place of places) {
    if (kept.at(-1) === place) kept.pop();
    else kept.push(place);
  }
  const counts = [...kept, width * height].map((place, i) => place - (kept[i - 1] ?? 0));
  // `encodeRuns` ends with the last run that has a pixel.
  if (counts.length > 1 && counts.at(-1) === 0) counts.pop();
  return { size: [height, width], counts };
}
