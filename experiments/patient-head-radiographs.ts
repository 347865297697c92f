/**
 * What `patient-head.ts` knows of a radiograph: the detector's analysis, its best regions with what the box head makes of
 * them, and where these lie above the plafond by the preliminary segmentation's tibia. Not started by hand.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Radiograph } from "@malleolus/data";
import { type LegFrame, legFrame, levelInFrame } from "@malleolus/evaluation";
import {
  type Box,
  boxIou,
  largestComponent,
  type Mask,
  rasterizePolygons,
  scaleBox,
} from "@malleolus/geometry";
import { analysisOf, type Detection, prepareImage, structureMask } from "@malleolus/imaging";
import {
  arrangeRegions,
  batchImages,
  freeModel,
  type MaskRcnn,
  maskRcnn,
  openSegmenter,
  poolRegions,
  type Segmenter,
} from "@malleolus/networks";
import {
  ankleClassification,
  detectorConfig,
  detectorPreprocess,
  type Preprocess,
  radiographAnalysisSchema,
  readJson,
} from "@malleolus/schema";
import { nn, noGrad, readSafetensors, scope } from "@malleolus/torch";
import { z } from "zod";
import { textOf, wholeLines } from "./kept-lines.ts";

/** Regions with a lower score are not looked at; analyses begin at the detector's own, 0.05. */
const LEAST_REGION = 0.02;
const ANALYSIS_FROM = 0.05;
/** The best of a radiograph, and from this overlap on two are one, whatever their classes. */
const [MOST_REGIONS, SAME_FROM] = [6, 0.5];

const seenSchema = z.strictObject({
  analysis: radiographAnalysisSchema,
  regions: z.array(
    z.strictObject({
      /** Of every class, without the background. */
      probabilities: z.array(z.number()),
      /** What the box head's hidden layers make of it; float32 in base64. */
      features: z.string(),
      /**
       * Millimetres above the plafond of the box's lower border, middle and upper border, its width and its height;
       * null where the tibia or the pixel's size is not known.
       */
      placeMm: z.array(z.number()).nullable(),
    }),
  ),
  /** Of the line of the best finding, where it lies on the fibula, as `fractureLevel`. */
  level: z.strictObject({ lowestMm: z.number(), highestMm: z.number() }).nullable(),
  /** Of the radiograph's middle above the plafond; null as for regions. */
  middleMm: z.number().nullable(),
});
export type SeenRadiograph = z.infer<typeof seenSchema>;
const lineSchema = seenSchema.extend({ key: z.string() });

export interface RadiographSource {
  readonly classes: readonly string[];
  /** As it was kept, else looked at. */
  see(key: string, read: () => Promise<Radiograph>): Promise<SeenRadiograph>;
  close(): void;
}

/** What is seen is kept in a file as it comes, so that a call that was cut goes on. */
export function openRadiographs(given: {
  readonly detector: string;
  readonly segmenter: string;
  readonly kept: string;
}): RadiographSource {
  const known = readKept(given.kept);
  const { model, preprocess } = openModel(given.detector);
  const segmenter = openSegmenter(given.segmenter);
  return {
    classes: model.config.classes,
    async see(key, read) {
      const before = known.get(key);
      if (before !== undefined) return before;
      const seen = look(await read(), model, preprocess, segmenter);
      known.set(key, seen);
      appendFileSync(given.kept, `${JSON.stringify({ key, ...seen })}\n`);
      return seen;
    },
    close() {
      freeModel(model);
      segmenter.close();
    },
  };
}

function readKept(path: string): Map<string, SeenRadiograph> {
  mkdirSync(dirname(path), { recursive: true });
  return new Map(
    wholeLines(path).map((line, i) => {
      const { key, ...seen } = readJson(lineSchema, line, `${path}, line ${i + 1}`);
      return [key, seen];
    }),
  );
}

function openModel(path: string): { model: MaskRcnn; preprocess: Preprocess } {
  return scope(() => {
    const { tensors, metadata } = readSafetensors(path);
    const stored = detectorConfig(metadata, path);
    const roi = { ...stored.roi, scoreThreshold: LEAST_REGION };
    const model = nn.undrawn(() => maskRcnn({ ...stored, roi }));
    const { missing, mismatched } = nn.loadStateDict(model, tensors);
    if (missing.length + mismatched.length > 0) throw new Error(`${path}: not all weights fit`);
    nn.freeze(model);
    return { model, preprocess: detectorPreprocess(metadata, path) };
  });
}

function look(
  radiograph: Radiograph,
  model: MaskRcnn,
  preprocess: Preprocess,
  segmenter: Segmenter,
): SeenRadiograph {
  const { width, height, pixelSpacingMm } = radiograph;
  const prepared = prepareImage(radiograph, preprocess);
  const { sizeDivisibility: divisibility, pixelMean, channels } = model.config;
  const { detections, chosen, features } = noGrad(() =>
    scope(() => {
      const { tensor, sizes } = batchImages([prepared.image], {
        divisibility,
        pixelMean,
        channels,
      });
      const maps = model.backbone.forward(tensor);
      const pooledFrom = maps.slice(0, 4);
      const proposed = model.proposal_generator.propose(maps, sizes);
      const [detections] = model.roi_heads.detect(pooledFrom, proposed, sizes);
      const chosen = bestRegions(detections);
      return { detections, chosen, features: featuresOf(chosen, model, pooledFrom) };
    }),
  );
  const analysis = analysisOf(
    { detections: detections.filter(({ score }) => score > ANALYSIS_FROM), shown: null },
    radiograph,
    prepared,
    model.config,
  );
  const { labels } = segmenter.segment(radiograph);
  const bone = (name: string) => structureMask(labels, segmenter.structures, name);
  const frame = frameOf(bone("tibia"), pixelSpacingMm);
  const [best] = analysis.findings;
  const level =
    best === undefined
      ? null
      : levelInFrame(
          { fibula: bone("fibula"), fracture: rasterizePolygons(best.polygons, width, height) },
          frame,
          ankleClassification.zonesMm,
        ).level;
  return {
    analysis,
    regions: chosen.map(({ box, probabilities }, i) => ({
      probabilities: [...probabilities],
      features: textOf(features[i]),
      placeMm: placeOf(box, prepared, frame, pixelSpacingMm),
    })),
    level,
    middleMm: frame?.heightMm(width / 2, height / 2) ?? null,
  };
}

/** By falling score, one a place. */
function bestRegions(detections: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const one of detections) {
    if (kept.length === MOST_REGIONS) break;
    if (kept.every(({ box }) => boxIou(box, one.box) < SAME_FROM)) kept.push(one);
  }
  return kept;
}

/** The box head's last hidden layer, of every region in the order given. [regions][D] */
function featuresOf(
  regions: readonly Detection[],
  { roi_heads, config }: MaskRcnn,
  maps: Parameters<typeof poolRegions>[0],
): Float32Array[] {
  if (regions.length === 0) return [];
  const arranged = arrangeRegions(
    [Float32Array.from(regions.flatMap(({ box }) => box))],
    config.roi,
  );
  const pooled = poolRegions(maps, arranged, config.roi.box);
  const hidden = roi_heads.box_head.forward(pooled).toFloat32Array(); // [n * D]
  const size = hidden.length / regions.length;
  const features = new Array<Float32Array>(regions.length);
  arranged.places.forEach((place, row) => {
    features[place] = hidden.slice(row * size, (row + 1) * size);
  });
  return features;
}

/** Null where too little of the tibia is seen, and without millimetres. Specks of a segmentation are no bone. */
export function frameOf(tibia: Mask, spacingMm: Radiograph["pixelSpacingMm"]): LegFrame | null {
  if (spacingMm === null || !tibia.data.includes(1)) return null;
  return legFrame(largestComponent(tibia), spacingMm);
}

function placeOf(
  box: Box,
  { scaleX, scaleY }: { readonly scaleX: number; readonly scaleY: number },
  frame: LegFrame | null,
  spacingMm: Radiograph["pixelSpacingMm"],
): number[] | null {
  if (frame === null || spacingMm === null) return null;
  const [x1, y1, x2, y2] = scaleBox(box, 1 / scaleX, 1 / scaleY);
  const middle = (x1 + x2) / 2;
  return [
    frame.heightMm(middle, y2),
    frame.heightMm(middle, (y1 + y2) / 2),
    frame.heightMm(middle, y1),
    (x2 - x1) * spacingMm[1],
    (y2 - y1) * spacingMm[0],
  ];
}
