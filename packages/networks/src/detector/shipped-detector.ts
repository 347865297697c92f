/**
 * The detector that comes with the project: a small network that has seen simulated ankles and nothing
 * else. It is there so that the first minute has something to try, and a training something better
 * than chance to begin with. How it was made, and how good it is, stands in `detectors/README.md`.
 *
 * It is an entrance of its own, `@malleolus/networks/shipped-detector`: where ONNX Runtime is to run the
 * detector, LibTorch must not be loaded to find it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

const PATH = join(import.meta.dirname, "../../detectors/simulated-ankle.safetensors");

/** Null where the file was left out of an installation. */
export function shippedDetector(): string | null {
  return existsSync(PATH) ? PATH : null;
}
