/** The weights of rare classes in a cross-entropy. */
import { ModelError } from "./errors.ts";

/**
 * A weight for every class from how often it occurs: its prevalence to the power of `-power`, scaled
 * so that the mean over all occurrences is 1. With a power of 1 all classes count the same in sum;
 * with 0 every occurrence does. Between them lies what pixels need: a fracture is a thousandth of
 * a radiograph, and with a power of 1 one of its pixels would outweigh a thousand of the background.
 *
 * @throws ModelError `input` for a class that never occurs: no weight makes up for it.
 */
export function weightsByPrevalence(counts: readonly number[], power: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const absent = counts.findIndex((count) => !(count > 0));
  if (absent >= 0) {
    throw new ModelError(
      "input",
      `weightsByPrevalence: expected every class to occur, got ${counts[absent]} of class ${absent}; ` +
        "give examples of it, or leave the class out",
    );
  }
  const raw = counts.map((count) => (count / total) ** -power);
  const mean = raw.reduce((sum, weight, i) => sum + weight * (counts[i] / total), 0);
  return raw.map((weight) => weight / mean);
}
