/**
 * A detector: checkpoint in, findings out. One file holds all that serving needs: the weights,
 * the network's configuration, and how radiographs are brought to its size.
 */

import {
  analysisOf,
  type DisplayImage,
  findingsOf,
  type PreparedImage,
  prepareImage,
  type Spacing,
  shownByName,
} from "@malleolus/imaging";
import {
  DETECTOR_FORMAT,
  DETECTOR_FORMATS,
  detectorConfig,
  detectorPreprocess,
  type Finding,
  type MaskRcnnConfig,
  type PatientDecision,
  type Preprocess,
  patientDecisionSchema,
  type RadiographAnalysis,
  readJson,
  SchemaError,
} from "@malleolus/schema";
import { autocast, type Device, nn, scope, writeSafetensors } from "@malleolus/torch";
import { ModelError } from "../errors.ts";
import { examineWithFlip } from "../mask-rcnn/flip-at-test-time.ts";
import { type MaskRcnn, maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { type FileKind, loadAll, parsed, readNetworkFile, settleModel } from "../network-file.ts";
import { freeModel, storeAsBfloat16 } from "../placement.ts";

const FILE: FileKind = {
  what: "a detector",
  formats: DETECTOR_FORMATS,
  remedy: "give the model.safetensors of a run of malleolus train",
};

export type Precision = "float32" | "bfloat16";

export interface DetectorOptions {
  /** Default `cpu`. */
  readonly device?: Device;
  /** Of convolutions and matrix products; default `float32`. */
  readonly precision?: Precision;
  /** Findings with a lower score are left out; default the checkpoint's. */
  readonly scoreThreshold?: number;
}

/** A radiograph, with its millimetres where they are known. */
export type DetectableImage = DisplayImage & Partial<Spacing>;

/** All that a detector finds in a radiograph. */
export interface SeenRadiograph {
  /** As `detect` gives them. */
  readonly findings: readonly Finding[];
  /** The probability that the radiograph shows each class, by name; null without an image head. */
  readonly shown: Readonly<Record<string, number>> | null;
}

export interface Detector {
  readonly classes: readonly string[];
  readonly config: MaskRcnnConfig;
  readonly preprocess: Preprocess;
  readonly device: Device;
  readonly precision: Precision;
  /** How a patient's class is decided from its analyses; null where nothing was fitted. */
  readonly decision: PatientDecision | null;
  /**
   * Objects of every class, each class on its own, by falling score, in pixels of the image: what
   * average precision measures.
   */
  detect(image: DetectableImage): Finding[];
  /** The same, and what its image head says. */
  see(image: DetectableImage): SeenRadiograph;
  /**
   * Fractures, one a place, and the evidence for a patient's class. A detector of several classes that
   * knows no sound one has each class's findings instead.
   */
  analyze(image: DetectableImage): RadiographAnalysis;
  /** Frees its tensors; it cannot be used any more. */
  close(): void;
}

/**
 * Writes a model so that `openDetector` reads it, atomically.
 *
 * @throws TorchError `checkpoint` when it cannot be written; an older file is then still there.
 */
export function writeDetector(path: string, model: MaskRcnn, preprocess: Preprocess): void {
  const { minSize, maxSize, maskCollimation, testTimeFlip } = preprocess;
  writeSafetensors(path, nn.stateDict(model), {
    format: DETECTOR_FORMAT,
    config: JSON.stringify(model.config),
    preprocess: JSON.stringify({ minSize, maxSize, maskCollimation, testTimeFlip }),
  });
}

/**
 * Writes how patients' classes are decided into a detector's file, atomically; what was there of it
 * before goes.
 *
 * @throws ModelError `checkpoint` as `openDetector`, and for a decision of other classes.
 * @throws TorchError `checkpoint` when it cannot be written; the older file is then still there.
 */
export function writeDecision(path: string, decision: PatientDecision): void {
  scope(() => {
    const { tensors, metadata } = readNetworkFile(path, FILE);
    const { classes } = parsed(() => detectorConfig(metadata, `${path}: its configuration`), FILE);
    checkDecision(decision, classes, path);
    writeSafetensors(path, tensors, { ...metadata, decision: JSON.stringify(decision) });
  });
}

/** Whether a file is a detector's on an EfficientNet-Lite; false for one that cannot be read. */
export function isOnEfficientNetLite(path: string): boolean {
  try {
    const { metadata } = scope(() => readNetworkFile(path, FILE));
    return detectorConfig(metadata, path).backbone.kind === "efficientnet-lite2";
  } catch (error) {
    if (error instanceof ModelError || error instanceof SchemaError) return false;
    throw error;
  }
}

/**
 * Opens a checkpoint that `writeDetector` wrote.
 *
 * @throws ModelError `checkpoint`, one line that begins with the path, when it cannot be
 *   read, was cut, or is of another model or format.
 */
export function openDetector(path: string, options: DetectorOptions = {}): Detector {
  const device = options.device ?? "cpu";
  const precision = options.precision ?? "float32";
  const { model, preprocess, decision } = scope(() => readModel(path, options.scoreThreshold));
  const { config } = model;
  settleModel(model, device);
  if (precision === "bfloat16") storeWhatIsCast(model);
  const { sizeDivisibility: divisibility, pixelMean, channels, classes } = config;
  const examine = (prepared: PreparedImage) =>
    autocast(precision === "bfloat16" ? precision : null, () =>
      examineWithFlip(model, prepared.image, preprocess.testTimeFlip, {
        device,
        divisibility,
        pixelMean,
        channels,
      }),
    );
  const see = (image: DetectableImage) => {
    const prepared = prepareImage(image, preprocess);
    const { detections, shown } = examine(prepared);
    return {
      findings: findingsOf(detections, image, prepared, classes),
      shown: shown === null ? null : shownByName(shown, classes),
    };
  };
  return {
    classes: config.classes,
    config,
    preprocess,
    device,
    precision,
    decision,
    detect: (image) => see(image).findings,
    see,
    analyze(image) {
      const prepared = prepareImage(image, preprocess);
      return analysisOf(examine(prepared), image, prepared, config);
    },
    close: () => freeModel(model),
  };
}

/** All but the norms' convolutions, folded from float32, and the box predictors, which stay in it. */
function storeWhatIsCast(model: MaskRcnn): void {
  const { bottom_up: _, ...pyramid } = model.backbone;
  const { rpn_head } = model.proposal_generator;
  const { box_head, mask_head, second_box_head = {} } = model.roi_heads;
  for (const part of [pyramid, rpn_head, box_head, mask_head, second_box_head]) {
    storeAsBfloat16(part);
  }
}

/** The model with the file's weights, and its preprocessing. */
function readModel(
  path: string,
  scoreThreshold: number | undefined,
): { model: MaskRcnn; preprocess: Preprocess; decision: PatientDecision | null } {
  const { tensors, metadata } = readNetworkFile(path, FILE);
  const stored = parsed(() => detectorConfig(metadata, `${path}: its configuration`), FILE);
  const preprocess = parsed(() => detectorPreprocess(metadata, `${path}: its preprocessing`), FILE);
  const threshold = scoreThreshold ?? stored.roi.scoreThreshold;
  const config = { ...stored, roi: { ...stored.roi, scoreThreshold: threshold } };
  const model = nn.undrawn(() => maskRcnn(config));
  loadAll(model, tensors, path, FILE);
  const decision =
    metadata.decision === undefined
      ? null
      : parsed(
          () => readJson(patientDecisionSchema, metadata.decision, `${path}: its decision`),
          FILE,
        );
  if (decision !== null) checkDecision(decision, stored.classes, path);
  return { model, preprocess, decision };
}

function checkDecision(decision: PatientDecision, classes: readonly string[], path: string): void {
  if (decision.classes.join("\n") === classes.join("\n")) return;
  throw new ModelError(
    "checkpoint",
    `${path}: expected a decision between the detector's classes (${classes.join(", ")}), got one ` +
      `between ${decision.classes.join(", ")}; fit one for this detector with malleolus calibrate`,
  );
}
