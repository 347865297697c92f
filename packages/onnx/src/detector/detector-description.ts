/**
 * What a detector's file says of itself beside its weights, the same in safetensors and in ONNX: its
 * configuration, its preprocessing and its decision.
 */
import {
  DETECTOR_FORMATS,
  detectorConfig,
  detectorPreprocess,
  FUSED_FORMAT,
  type MaskRcnnConfig,
  type PatientDecision,
  type Preprocess,
  patientDecisionSchema,
  readJson,
  SchemaError,
} from "@malleolus/schema";
import { OnnxError } from "../errors.ts";
import { readMetadata } from "../format/read-metadata.ts";

/** What a detector's file says beside its weights. */
export interface DetectorDescription {
  readonly config: MaskRcnnConfig;
  readonly preprocess: Preprocess;
  /** How a patient's class is decided from its analyses; null where nothing was fitted. */
  readonly decision: PatientDecision | null;
}

/** @throws OnnxError `checkpoint`, beginning with `where`, for what is no detector in ONNX, or not whole. */
export function readDetectorModel(model: Uint8Array, where: string): DetectorDescription {
  return describeDetector(readMetadata(model, where), where);
}

/** @throws OnnxError `checkpoint`, beginning with `where`, for what is no detector, or of another version. */
export function describeDetector(
  metadata: Readonly<Record<string, string>>,
  where: string,
): DetectorDescription {
  const { format = "none", decision } = metadata;
  if (format === FUSED_FORMAT) {
    throw new OnnxError(
      "checkpoint",
      `${where}: expected one network, got several that were fused; give one of them, or use LibTorch`,
    );
  }
  if (!DETECTOR_FORMATS.some((known) => known === format)) {
    throw new OnnxError(
      "checkpoint",
      `${where}: expected a detector (${DETECTOR_FORMATS[0]}), got format ${format}; ${REMEDY}`,
    );
  }
  try {
    return {
      config: detectorConfig(metadata, `${where}: its configuration`),
      preprocess: detectorPreprocess(metadata, `${where}: its preprocessing`),
      decision:
        decision === undefined
          ? null
          : readJson(patientDecisionSchema, decision, `${where}: its decision`),
    };
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new OnnxError("checkpoint", `${cause.message}; it is of another version: ${REMEDY}`, {
      cause,
    });
  }
}

const REMEDY = "give the model.safetensors of a run of malleolus train, or its export";
