/**
 * What went wrong: `argument` a value of the wrong kind, `operator` LibTorch refused the call,
 * `freed` a tensor that no longer exists, `scope` a misuse of lifetimes, `checkpoint` a file
 * that cannot be read or written, `setup` no addon, `lost` another process of a group is gone.
 */
import { CodedError } from "@malleolus/errors";

export type TorchErrorCode =
  | "argument"
  | "operator"
  | "freed"
  | "scope"
  | "checkpoint"
  | "setup"
  | "lost";

/** Every error of this package. The addon makes them too: it is given this class. */
export class TorchError extends CodedError<TorchErrorCode> {
  override readonly name = "TorchError";
  /** The operator's full name, as `aten::conv2d`, where one was called. */
  readonly operator: string | null;

  constructor(
    code: TorchErrorCode,
    message: string,
    { operator = null, ...options }: ErrorOptions & { readonly operator?: string | null } = {},
  ) {
    super(code, message, options);
    this.operator = operator;
  }
}
