/**
 * The preliminary networks that come with the project: they outline and classify simulated ankles and have
 * seen nothing else. How they were made, and how good they are, stands in `detectors/README.md`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../detectors");

export interface ShippedPreliminary {
  readonly segmentation: string;
  readonly classification: string;
}

/** Null where either was left out of an installation. */
export function shippedPreliminary(): ShippedPreliminary | null {
  const segmentation = join(FOLDER, "simulated-outlines.safetensors");
  const classification = join(FOLDER, "simulated-classes.safetensors");
  return [segmentation, classification].every((path) => existsSync(path))
    ? { segmentation, classification }
    : null;
}
