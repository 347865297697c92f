/**
 * A detector: checkpoint in, findings out. One file holds all that serving needs: the weights,
 * the network's configuration, and how radiographs are brought to its size; of several networks that are
 * asked together (`fused-detectors.ts`) all of it several times.
 */

import {
  analysisOf,
  type DisplayImage,
  type Examined,
  findingsOf,
  fuseExamined,
  inRadiograph,
  type PreparedScale,
  prepareImage,
  type Spacing,
  shownByName,
} from "@malleolus/imaging";
import {
  DETECTOR_FORMAT,
  DETECTOR_FORMATS,
  type DetectorMember,
  detectorMembers,
  type Finding,
  FUSED_FORMAT,
  type MaskRcnnConfig,
  type PatientDecision,
  type Preprocess,
  patientDecisionSchema,
  type RadiographAnalysis,
  readJson,
  SchemaError,
} from "@malleolus/schema";
import { autocast, type Device, nn, scope, type Tensor, writeSafetensors } from "@malleolus/torch";
import { ModelError } from "../errors.ts";
import { examineWithFlip } from "../mask-rcnn/flip-at-test-time.ts";
import { type MaskRcnn, maskRcnn } from "../mask-rcnn/mask-rcnn.ts";
import { type FileKind, loadAll, parsed, readNetworkFile, settleModel } from "../network-file.ts";
import { freeModel, storeAsBfloat16 } from "../placement.ts";

const FILE: FileKind = {
  what: "a detector",
  formats: [...DETECTOR_FORMATS, FUSED_FORMAT],
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
  /** Its class that stands for no fracture; null where there is none. */
  readonly soundClass: string | null;
  /** Whether it says of a radiograph as a whole what it shows. */
  readonly hasImageHead: boolean;
  /** Its networks, mostly one; what several find is fused. */
  readonly members: readonly DetectorMember[];
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
  writeSafetensors(path, nn.stateDict(model), detectorMetadata(model.config, preprocess));
}

/** What a detector's file says beside its weights. */
export function detectorMetadata(
  config: MaskRcnnConfig,
  { minSize, maxSize, maskCollimation, testTimeFlip }: Preprocess,
): Record<string, string> {
  return {
    format: DETECTOR_FORMAT,
    config: JSON.stringify(config),
    preprocess: JSON.stringify({ minSize, maxSize, maskCollimation, testTimeFlip }),
  };
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
    const [{ config }] = parsed(() => detectorMembers(metadata, path), FILE);
    checkDecision(decision, config.classes, path);
    writeSafetensors(path, tensors, { ...metadata, decision: JSON.stringify(decision) });
  });
}

/** Whether a file is a detector's with an EfficientNet-Lite in it; false for one that cannot be read. */
export function isOnEfficientNetLite(path: string): boolean {
  try {
    const { metadata } = scope(() => readNetworkFile(path, FILE));
    return detectorMembers(metadata, path).some(
      ({ config }) => config.backbone.kind === "efficientnet-lite2",
    );
  } catch (error) {
    if (error instanceof ModelError || error instanceof SchemaError) return false;
    throw error;
  }
}

/**
 * Opens a checkpoint that `writeDetector` or `writeFusedDetectors` wrote.
 *
 * @throws ModelError `checkpoint`, one line that begins with the path, when it cannot be
 *   read, was cut, or is of another model or format.
 */
export function openDetector(path: string, options: DetectorOptions = {}): Detector {
  const device = options.device ?? "cpu";
  const precision = options.precision ?? "float32";
  const { networks, decision } = scope(() => readNetworks(path, options.scoreThreshold));
  for (const { model } of networks) {
    settleModel(model, device);
    if (precision === "bfloat16") storeWhatIsCast(model);
  }
  const examine = examinerOf(networks, device, precision);
  const [{ model: first }] = networks;
  const { classes, soundClass, imageHead } = first.config;
  const see = (image: DetectableImage) => {
    const { seen, scale } = examine(image);
    return {
      findings: findingsOf(seen.detections, image, scale, classes),
      shown: seen.shown === null ? null : shownByName(seen.shown, classes),
    };
  };
  return {
    classes,
    soundClass,
    hasImageHead: imageHead !== null,
    members: networks.map(({ model: { config }, preprocess }) => ({ config, preprocess })),
    device,
    precision,
    decision,
    detect: (image) => see(image).findings,
    see,
    analyze(image) {
      const { seen, scale } = examine(image);
      return analysisOf(seen, image, scale, first.config);
    },
    close() {
      for (const { model } of networks) freeModel(model);
    },
  };
}

interface Network {
  readonly model: MaskRcnn;
  readonly preprocess: Preprocess;
}

interface Examination {
  readonly seen: Examined;
  readonly scale: PreparedScale;
}

/** Of one network what it sees in its own image's pixels; of several what they see in the radiograph's, fused. */
function examinerOf(
  networks: readonly Network[],
  device: Device,
  precision: Precision,
): (image: DetectableImage) => Examination {
  const examine = ({ model, preprocess }: Network, image: DetectableImage): Examination => {
    const prepared = prepareImage(image, preprocess);
    const { sizeDivisibility: divisibility, pixelMean, channels } = model.config;
    const seen = autocast(precision === "bfloat16" ? precision : null, () =>
      examineWithFlip(model, prepared.image, preprocess.testTimeFlip, {
        device,
        divisibility,
        pixelMean,
        channels,
      }),
    );
    return { seen, scale: prepared };
  };
  if (networks.length === 1) return (image) => examine(networks[0], image);
  const threshold = Math.min(...networks.map(({ model }) => model.config.roi.scoreThreshold));
  return (image) => {
    const views = networks.map((network) => {
      const { seen, scale } = examine(network, image);
      return inRadiograph(seen, scale);
    });
    return { seen: fuseExamined(views, threshold), scale: { scaleX: 1, scaleY: 1 } };
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

/** The networks with the file's weights, and how a patient's class is decided from what they say. */
function readNetworks(
  path: string,
  scoreThreshold: number | undefined,
): { networks: readonly Network[]; decision: PatientDecision | null } {
  const { members, decision } = readMembers(path);
  const networks = members.map(({ config: stored, preprocess, tensors }) => {
    const threshold = scoreThreshold ?? stored.roi.scoreThreshold;
    const config = { ...stored, roi: { ...stored.roi, scoreThreshold: threshold } };
    const model = nn.undrawn(() => maskRcnn(config));
    loadAll(model, tensors, path, FILE);
    return { model, preprocess };
  });
  return { networks, decision };
}

/** One of a file's networks. */
export interface StoredMember extends DetectorMember {
  /** Under the network's own names. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * A detector's file as it is stored.
 *
 * @throws ModelError `checkpoint` as `openDetector`.
 */
export function readMembers(path: string): {
  members: readonly StoredMember[];
  decision: PatientDecision | null;
} {
  const { tensors, metadata } = readNetworkFile(path, FILE);
  const stored = parsed(() => detectorMembers(metadata, path), FILE);
  const members = stored.map((member, i) => ({
    ...member,
    tensors: metadata.format === FUSED_FORMAT ? withoutPrefix(tensors, memberPrefix(i)) : tensors,
  }));
  const decision =
    metadata.decision === undefined
      ? null
      : parsed(
          () => readJson(patientDecisionSchema, metadata.decision, `${path}: its decision`),
          FILE,
        );
  if (decision !== null) checkDecision(decision, stored[0].config.classes, path);
  return { members, decision };
}

/** Before the names of one of several networks' tensors. */
export function memberPrefix(index: number): string {
  return `members.${index}.`;
}

function withoutPrefix(
  tensors: ReadonlyMap<string, Tensor>,
  prefix: string,
): ReadonlyMap<string, Tensor> {
  const own = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function checkDecision(decision: PatientDecision, classes: readonly string[], path: string): void {
  if (decision.classes.join("\n") === classes.join("\n")) return;
  throw new ModelError(
    "checkpoint",
    `${path}: expected a decision between the detector's classes (${classes.join(", ")}), got one ` +
      `between ${decision.classes.join(", ")}; fit one for this detector with malleolus calibrate`,
  );
}
