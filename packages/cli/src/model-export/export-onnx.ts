/** `malleolus export --onnx`: a network as one file that ONNX Runtime reads, without LibTorch on either side. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { writeFileWhole } from "@malleolus/host";
import type { WeightType } from "@malleolus/onnx";
import { chooseDetector } from "../choose-detector.ts";
import { CliError } from "../errors.ts";
import type { Output } from "../output.ts";

export interface OnnxExport {
  /** Undefined for the detector that comes with the project. */
  readonly checkpoint: string | undefined;
  readonly out: string;
  readonly weights: WeightType;
  readonly json: boolean;
}

/**
 * @throws CliError `folder` where the file cannot take its place.
 * @throws OnnxError `checkpoint` for a file that is none of our networks.
 */
export async function exportOnnx(given: OnnxExport, output: Output): Promise<void> {
  const { checkpoint, out, weights, json } = given;
  if (existsSync(out) && statSync(out).isDirectory()) {
    throw new CliError("folder", `${out}: expected a file's name, got a folder; name a file in it`);
  }
  const path = await chooseDetector(checkpoint, json, output);
  const { exportNetwork } = await import("@malleolus/onnx");
  const model = exportNetwork(readFileSync(path), path, { weightType: weights });
  writeFileWhole(out, model);
  const sha256 = createHash("sha256").update(model).digest("hex");
  const told = { path: out, checkpoint: path, weights, bytes: model.length, sha256 };
  const size = (model.length / 1e6).toFixed(1);
  output.write(
    json
      ? `${JSON.stringify(told)}\n`
      : `${out}: ${size} MB, weights in ${weights}, of ${path}\n  sha256 ${sha256}\n`,
  );
}
