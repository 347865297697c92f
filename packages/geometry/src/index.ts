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
export { emptyMask, largestComponent, type Mask, maskArea, maskBounds, maskIou } from "./mask.ts";
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
export {
  decodeRuns,
  encodeRuns,
  type RunLength,
  runsFromString,
  runsToString,
} from "./run-length.ts";
export { simplifyPolygon } from "./simplify.ts";
export { traceMask } from "./trace.ts";
