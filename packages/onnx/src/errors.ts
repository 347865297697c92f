/**
 * The one error of this package.
 *
 * `config`: a configuration that cannot be built; `checkpoint`: a file that is no network of this project, or
 * not whole; `input`: an image that cannot be used; `runtime`: ONNX Runtime refuses; `internal`: a fault of
 * this package.
 */
import { CodedError } from "@malleolus/errors";

export type OnnxErrorCode = "config" | "checkpoint" | "input" | "runtime" | "internal";

export class OnnxError extends CodedError<OnnxErrorCode> {
  override readonly name = "OnnxError";
}
