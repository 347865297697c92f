/** A detector as a file of ONNX for browsers: made when it is first wanted, without LibTorch. */
import { readFile } from "node:fs/promises";
import { shippedDetector } from "@malleolus/networks/shipped-detector";
import { findDetector } from "@malleolus/runs";

/**
 * The detector that is named, else the one that comes with the project; null where that is not there.
 *
 * @throws RunError `run` where the one that is named is not there.
 */
export function requireDetector(path: string | undefined): string | null {
  return path === undefined ? shippedDetector() : findDetector(path).path;
}

/** @throws OnnxError `checkpoint` where it is no detector, or not whole. */
export async function readDetectorModel(path: string | null): Promise<Uint8Array | null> {
  if (path === null) return null;
  const { exportNetwork, readDetectorModel: describe } = await import("@malleolus/onnx");
  // Half the bytes: the project's own lie in float16 exactly, others' nearest in whole numbers.
  const weightType = path === shippedDetector() ? "float16" : "int16";
  const model = exportNetwork(await readFile(path), path, { weightType, forBrowser: true });
  describe(model, path);
  return model;
}
