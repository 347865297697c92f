export { constant, msraFill, normal, undrawn, xavierFill } from "./initialize.ts";
export {
  type BatchNorm,
  batchNorm2d,
  type Convolution,
  type ConvolutionOptions,
  convolution,
  foldNorm,
  frozenBatchNorm2d,
  fullyConnected,
  type GroupNorm,
  groupNorm2d,
  type Linear,
  type Norm,
  scaleAndShift,
  transposedConvolution,
} from "./layers.ts";
export {
  freeze,
  type Layer,
  type LoadReport,
  loadStateDict,
  parameters,
  type StateDict,
  stateDict,
} from "./module.ts";
