/** The detector of a run: the file that a path means. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { bestCheckpoint, latestCheckpoint } from "./checkpoint.ts";
import { RunError } from "./errors.ts";

export interface FoundDetector {
  /** A `model.safetensors`. */
  readonly path: string;
  /** Which of a run's checkpoints it is of, and after which step; null where one was named. */
  readonly chosen: { readonly which: "best" | "latest"; readonly step: number } | null;
}

/**
 * The `model.safetensors` that a path means: a run's best where it was validated, else its latest; a
 * checkpoint's; or itself.
 *
 * @throws RunError `run` where there is none.
 */
export function findDetector(path: string): FoundDetector {
  if (!existsSync(path)) {
    throw new RunError(
      "run",
      `${path}: expected a run's directory or a model.safetensors, got nothing; check the path`,
    );
  }
  if (!statSync(path).isDirectory()) return { path, chosen: null };
  const own = join(path, "model.safetensors");
  if (existsSync(own)) return { path: own, chosen: null };
  const best = bestCheckpoint(path);
  const found = best ?? latestCheckpoint(path);
  if (found !== null) {
    return {
      path: join(found.path, "model.safetensors"),
      chosen: { which: best === null ? "latest" : "best", step: found.step },
    };
  }
  throw new RunError(
    "run",
    `${path}: expected a run with a checkpoint, got a directory without; train longer, or name a model.safetensors`,
  );
}
