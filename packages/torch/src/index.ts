export {
  autocast,
  type BackwardOptions,
  backward,
  type GradOptions,
  grad,
  noGrad,
} from "./autograd.ts";
export { readDetectron2Pkl } from "./checkpoints/detectron2-pkl.ts";
export { readPth } from "./checkpoints/pth.ts";
export { readSafetensors, type Safetensors, writeSafetensors } from "./checkpoints/safetensors.ts";
export type { StateDictFile } from "./checkpoints/state-dict-file.ts";
export { readWeightsFile } from "./checkpoints/weights-file.ts";
export {
  fromTypedArray,
  type Nested,
  type TensorOptions,
  type ToOptions,
  tensor,
} from "./creation.ts";
export { type Argument, call, type Result, schemaOf } from "./dispatch.ts";
export { type GradientBuckets, gradientBuckets } from "./distributed/gradient-buckets.ts";
export {
  joinProcessGroup,
  type MeetingPoint,
  missingForProcessGroups,
  type ProcessGroup,
  type ProcessGroupOptions,
} from "./distributed/process-group.ts";
export {
  bytesOf,
  type Device,
  type DType,
  type MemoryFormat,
  parseDevice,
  parseDType,
} from "./dtype.ts";
export { TorchError, type TorchErrorCode } from "./errors.ts";
export { at, type Index, setAt } from "./indexing.ts";
export type { OperatorCost, TypedArray } from "./native.ts";
export * as nn from "./nn/index.ts";
export * from "./ops.generated.ts";
export * as optim from "./optim/index.ts";
export { type Profile, stage, startProfile, stopProfile } from "./profile.ts";
export { addonPath, hasCuda, libtorchVersion, manualSeed, setThreads, threads } from "./runtime.ts";
export { keep, liveTensors, scope } from "./scope.ts";
export { Tensor } from "./tensor.ts";
