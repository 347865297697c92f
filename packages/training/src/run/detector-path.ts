/** Where the detector of a run is. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { TrainingError } from "../errors.ts";
import { latestCheckpoint } from "./checkpoint.ts";

/**
 * The `model.safetensors` that a path means: a run's latest, a checkpoint's, or itself.
 *
 * @throws TrainingError `run` where there is none.
 */
export function detectorPath(path: string): string {
  if (!existsSync(path)) {
    throw new TrainingError(
      "run",
      `${path}: expected a run's directory or a model.safetensors, got nothing; check the path`,
    );
  }
  if (!statSync(path).isDirectory()) return path;
  const own = join(path, "model.safetensors");
  if (existsSync(own)) return own;
  const latest = latestCheckpoint(path);
  if (latest !== null) return join(latest.path, "model.safetensors");
  throw new TrainingError(
    "run",
    `${path}: expected a run with a checkpoint, got a directory without; train longer, or name a model.safetensors`,
  );
}
