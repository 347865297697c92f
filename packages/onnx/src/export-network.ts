/**
 * A network's safetensors as one file of ONNX: a detector's, a segmenter's or a classifier's. Its metadata are
 * the file's own, so that it says what it is and how radiographs are prepared for it.
 */
import { SchemaError } from "@malleolus/schema";
import { describeDetector } from "./detector/detector-description.ts";
import { detectorGraph } from "./detector/detector-graph.ts";
import { OnnxError } from "./errors.ts";
import type { Graph, WeightType, WeightTypes } from "./graph/graph.ts";
import { PRELIMINARY_GRAPHS } from "./preliminary/preliminary-file.ts";
import { type NetworkFile, readNetworkBytes } from "./weights/safetensors.ts";

export interface ExportOptions {
  /**
   * Of matrices and kernels as they are stored, all or each by its name; the graph computes in float32 in
   * either case.
   */
  readonly weightType: WeightType | WeightTypes;
  /**
   * Whether a detector's file is for a browser's engines: its large 3x3 convolutions go by tiles, with a quarter
   * of the multiplications, which are most of the time in WebAssembly (elsewhere ONNX Runtime has better ones);
   * and nothing is float64, which its build for WebGPU lacks. Default false.
   */
  readonly forBrowser?: boolean;
}

/**
 * @throws OnnxError `checkpoint`, beginning with `where`, for a file that is none of these networks, or not
 *   whole; `config` for a configuration that cannot be built.
 */
export function exportNetwork(
  file: Uint8Array,
  where: string,
  { weightType, forBrowser = false }: ExportOptions,
): Uint8Array<ArrayBuffer> {
  const network = readNetworkBytes(file, where);
  const weightTypes = typeof weightType === "string" ? () => weightType : weightType;
  return graphOf(network, where, weightTypes, forBrowser).bytes(network.metadata);
}

function graphOf(
  { metadata, weights }: NetworkFile,
  where: string,
  weightTypes: WeightTypes,
  forBrowser: boolean,
): Graph {
  const preliminary = PRELIMINARY_GRAPHS.get(metadata.format ?? "");
  if (preliminary === undefined) {
    return detectorGraph(
      describeDetector(metadata, where).config,
      weights,
      weightTypes,
      forBrowser,
    );
  }
  try {
    return preliminary(metadata.config ?? "", `${where}: its configuration`, weights, weightTypes);
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new OnnxError("checkpoint", `${cause.message}; it is of another version: train it anew`, {
      cause,
    });
  }
}
