/**
 * A detector that ONNX Runtime runs: a file of ONNX in, findings out, by the same steps before and after the
 * network as LibTorch's detector has, and no LibTorch.
 */
import {
  analysisOf,
  type Detection,
  type DisplayImage,
  type Examined,
  type ExaminedRadiograph,
  findingsOf,
  fuseMirrored,
  mirrorImage,
  type NetworkImage,
  type PreparedImage,
  prepareImage,
  weighedByImage,
  writeChannels,
} from "@malleolus/imaging";
import type { Finding, RadiographAnalysis } from "@malleolus/schema";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { type DetectorDescription, readDetectorModel } from "../detector/detector-description.ts";
import { SCORE_THRESHOLD } from "../detector/detector-graph.ts";
import { OnnxError } from "../errors.ts";
import { IMAGE } from "../layers/padded-image.ts";
import type { OnnxRuntime, Outputs, SessionOptions } from "./runtime.ts";

export interface OnnxDetectorOptions {
  /** Findings with a lower score are left out; default the file's. */
  readonly scoreThreshold?: number;
  readonly session?: SessionOptions;
}

/** A radiograph, with its millimetres where they are known. */
export type OnnxDetectableImage = DisplayImage & Omit<ExaminedRadiograph, "width" | "height">;

export interface OnnxDetector extends DetectorDescription {
  readonly classes: readonly string[];
  /**
   * Objects of every class, each class on its own, by falling score, in pixels of the image: what
   * average precision measures.
   */
  detect(image: OnnxDetectableImage): Promise<Finding[]>;
  /** Fractures, one a place, and the evidence for a patient's class. */
  analyze(image: OnnxDetectableImage): Promise<RadiographAnalysis>;
  /** Of an image that is at the network's size already, as it is: neither resized nor mirrored. */
  examinePrepared(image: NetworkImage): Promise<Examined>;
  /** Frees the session; it cannot be used any more. */
  close(): Promise<void>;
}

/**
 * @throws OnnxError `checkpoint`, beginning with `where`, for what is no detector in ONNX, or not whole;
 *   `runtime` where ONNX Runtime does not take it.
 */
export async function openOnnxDetector(
  model: Uint8Array,
  where: string,
  runtime: OnnxRuntime,
  options: OnnxDetectorOptions = {},
): Promise<OnnxDetector> {
  const description = readDetectorModel(model, where);
  const { config, preprocess } = description;
  const threshold = options.scoreThreshold ?? config.roi.scoreThreshold;
  const session = await openSession(model, where, runtime, options.session);

  const examinePrepared = async (image: NetworkImage): Promise<Examined> => {
    const { width, height } = image;
    const channels = new Float32Array(3 * height * width);
    const layout = { pixelStep: 1, rowStep: width, channelStep: height * width };
    writeChannels(image, config, channels, layout);
    const outputs = await run(session, where, {
      [IMAGE]: new runtime.Tensor("float32", channels, [3, height, width]),
      [SCORE_THRESHOLD]: new runtime.Tensor("float32", Float32Array.of(threshold), [1]),
    });
    const seen = examinedOf(outputs, config.classes.length);
    return config.imageHead?.weighsScores ? weighedByImage(seen, threshold) : seen;
  };
  const examine = async ({ image }: PreparedImage): Promise<Examined> => {
    const seen = await examinePrepared(image);
    if (!preprocess.testTimeFlip) return seen;
    const mirrored = await examinePrepared(mirrorImage(image));
    return fuseMirrored(seen, mirrored, image.width, threshold);
  };
  return {
    ...description,
    classes: config.classes,
    async detect(image) {
      const prepared = prepareImage(image, preprocess);
      const { detections } = await examine(prepared);
      return findingsOf(detections, image, prepared, config.classes);
    },
    async analyze(image) {
      const prepared = prepareImage(image, preprocess);
      return analysisOf(await examine(prepared), image, prepared, config);
    },
    examinePrepared,
    close: () => session.release(),
  };
}

async function openSession(
  model: Uint8Array,
  where: string,
  runtime: OnnxRuntime,
  options: SessionOptions = {},
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(model, options);
  } catch (cause) {
    throw refusal(`${where}: ONNX Runtime does not open it`, cause);
  }
}

async function run(
  session: InferenceSession,
  where: string,
  inputs: InferenceSession.FeedsType,
): Promise<Outputs> {
  try {
    return await session.run(inputs);
  } catch (cause) {
    throw refusal(`${where}: ONNX Runtime does not run it`, cause);
  }
}

function refusal(what: string, cause: unknown): OnnxError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new OnnxError("runtime", `${what}: ${said}`, { cause });
}

function examinedOf(outputs: Outputs, classCount: number): Examined {
  const boxes = floats(outputs, "boxes");
  const classes = integers(outputs, "classes");
  const scores = floats(outputs, "scores");
  const probabilities = floats(outputs, "probabilities");
  const masks = floats(outputs, "masks");
  const cells = scores.length === 0 ? 0 : masks.length / scores.length;
  const detections = Array.from(
    scores,
    (score, i): Detection => ({
      box: [boxes[i * 4], boxes[i * 4 + 1], boxes[i * 4 + 2], boxes[i * 4 + 3]],
      class: classes[i],
      score,
      probabilities: probabilities.slice(i * classCount, (i + 1) * classCount),
      mask: masks.slice(i * cells, (i + 1) * cells),
    }),
  );
  return { detections, shown: "shown" in outputs ? floats(outputs, "shown") : null };
}

function floats(outputs: Outputs, name: string): Float32Array {
  const { data } = outputOf(outputs, name);
  if (data instanceof Float32Array) return data;
  throw unlike(name);
}

function integers(outputs: Outputs, name: string): Int32Array {
  const { data } = outputOf(outputs, name);
  if (data instanceof Int32Array) return data;
  throw unlike(name);
}

function outputOf(outputs: Outputs, name: string): Tensor {
  const output = outputs[name];
  if (output === undefined) throw unlike(name);
  return output;
}

function unlike(name: string): OnnxError {
  return new OnnxError(
    "internal",
    `internal: the graph gives out no ${name} of the type it should have`,
  );
}
