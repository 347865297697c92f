/** How the lines of a test report look. */
import { performance } from "node:perf_hooks";

/** Every line of a text, moved to the right under the line that it explains. */
export function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, "      ").concat("\n");
}

/** The time since a `performance.now()`, as people read it. */
export function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
