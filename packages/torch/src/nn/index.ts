export { constant, msraFill, normal, xavierFill } from "./initialize.ts";
export { type BatchNorm, batchNorm2d, type Convolution, convolution, type ConvolutionOptions, foldNorm, frozenBatchNorm2d, fullyConnected, type GroupNorm, groupNorm2d, type Linear, type Norm, scaleAndShift, transposedConvolution } from "./layers.ts";
export { freeze, type Layer, type LoadReport, loadStateDict, parameters, type StateDict, stateDict } from "./module.ts";
