export { type BorderDistance, borderDistance } from "./border-distance.ts";
export {
  type Box,
  boxArea,
  boxFromXywh,
  boxHeight,
  boxIou,
  boxToXywh,
  boxWidth,
  clipBox,
  flipBox,
  intersectBoxes,
  scaleBox,
  translateBox,
  unionBoxes,
} from "./box.ts";
export { type Centreline, centrelineOf } from "./centreline.ts";
export {
  type Components,
  type ConnectedRuns,
  connectedComponents,
  connectedRuns,
  fillHoles,
  largestComponent,
  type Plausible,
  plausibleComponents,
} from "./components.ts";
export { depthsOf, squaredDistances } from "./distance-transform.ts";
export { fillOutlines, fillOutlinesInWindow, runsOfOutlines } from "./fill-outlines.ts";
export {
  emptyMask,
  type Mask,
  type MaskPart,
  maskArea,
  maskBounds,
  maskIou,
} from "./mask.ts";
export { type Clean, cleanMask, maskOutlines } from "./mask-outlines.ts";
export {
  type Measured,
  measureAngle,
  measureBetweenLines,
  measureLength,
  measurePerpendicular,
  type Point,
} from "./measure.ts";
export { type OverlaidMasks, outlineMasks, outlinesIou, polygonsIou } from "./outline-overlap.ts";
export {
  clipPolygon,
  flipPolygon,
  type Polygon,
  polygonArea,
  polygonBounds,
  polygonSignedArea,
  scalePolygon,
  translatePolygon,
} from "./polygon.ts";
export {
  type PixelWindow,
  rasterizePolygons,
  rasterizePolygonsInBox,
  rasterizeWindow,
} from "./rasterize.ts";
export { type Crossing, lineCrossings, ringCrossings } from "./ring-crossings.ts";
export {
  decodeRuns,
  encodeRuns,
  type RunLength,
  runsFromString,
  runsToString,
} from "./run-length.ts";
export { simplifyLine, simplifyPolygon } from "./simplify.ts";
export { simplifyBorder } from "./simplify-border.ts";
export { thinMask } from "./thinning.ts";
export { traceMask } from "./trace.ts";
export { unionOutline } from "./union-outline.ts";
