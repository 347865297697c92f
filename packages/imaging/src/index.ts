export {
  analysisOf,
  type DetectorClasses,
  type Examined,
  type ExaminedRadiograph,
  findingsOf,
  fuseExamined,
  fuseMirrored,
  inRadiograph,
  type PreparedScale,
  shownByName,
  weighedByImage,
} from "./analysis.ts";
export { blackenCollimation } from "./collimation.ts";
export { detailBand } from "./detail.ts";
export type { Detection } from "./detection.ts";
export { ImagingError, type ImagingErrorCode } from "./errors.ts";
export { longestExtentMm, type Spacing, toFinding } from "./findings.ts";
export { fuseDetections, mirrorDetection } from "./fuse-detections.ts";
export {
  decodeLevels,
  encodeLevels,
  halveLevels,
  type LevelImage,
} from "./gray-levels.ts";
export {
  type BoneArrangement,
  boneArrangement,
  featuresOf,
  GUESSED_VIEWS,
  guessProjection,
  type ProjectionGuess,
} from "./guess-projection.ts";
export type { DisplayImage, NetworkImage } from "./images.ts";
export { type LabelMap, paintLabels, structureMask } from "./label-map.ts";
export { onePerPlace, type PlacedFracture } from "./one-per-place.ts";
export {
  type OutlinedRadiograph,
  outlineStructures,
} from "./outline-structures.ts";
export {
  type FindingLine,
  type OverlayGround,
  overlayLayout,
  overlaySvg,
  type TrueOutlines,
} from "./overlay-svg.ts";
export { type PlacedDetection, type PlacedMask, pasteMask, toRadiograph } from "./paste.ts";
export { type LabelProbabilities, placeLabels } from "./place-labels.ts";
export {
  maskCollimation,
  mirrorImage,
  type PreparedImage,
  prepareImage,
  resizedSize,
  resizeImage,
  resizeTarget,
} from "./prepare-image.ts";
export {
  type ClippedShares,
  clippedShares,
  type RadiographFault,
  radiographFault,
} from "./radiograph-fault.ts";
export type { Target } from "./target.ts";
export { windowFunction } from "./window.ts";
export { type ChannelLayout, type ChannelOptions, writeChannels } from "./write-channels.ts";
