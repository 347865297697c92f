/** The preliminary networks as files of ONNX: the same metadata as the safetensors they were made of. */
import { classificationConfigSchema, readJson, segmentationConfigSchema } from "@malleolus/schema";
import type { Graph, WeightTypes } from "../graph/graph.ts";
import type { Weights } from "../weights/safetensors.ts";
import { classifierGraph } from "./classifier-graph.ts";
import { deepLabGraph } from "./deeplab-graph.ts";

/** @throws SchemaError for a configuration of another version; OnnxError `checkpoint` for other weights. */
export type PreliminaryGraph = (
  config: string,
  where: string,
  weights: Weights,
  weightTypes: WeightTypes,
) => Graph;

/** By the format that a file says it has. */
export const PRELIMINARY_GRAPHS: ReadonlyMap<string, PreliminaryGraph> = new Map<
  string,
  PreliminaryGraph
>([
  [
    "malleolus-segmenter-1",
    (config, where, weights, weightTypes) =>
      deepLabGraph(readJson(segmentationConfigSchema, config, where), weights, weightTypes),
  ],
  [
    "malleolus-classifier-1",
    (config, where, weights, weightTypes) =>
      classifierGraph(readJson(classificationConfigSchema, config, where), weights, weightTypes),
  ],
]);
