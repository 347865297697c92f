/** The one error of this package: a server that cannot be started, or a request that it refuses. */
import { CodedError } from "@malleolus/errors";
import type { FailureCode } from "@malleolus/schema";

export type ServerErrorCode =
  | FailureCode
  /** An address, certificate or setting with which it cannot be started. */
  | "settings";

export class ServerError extends CodedError<ServerErrorCode> {
  override readonly name = "ServerError";
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ServerErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfter?: number } = {},
  ) {
    super(code, message, options);
    this.retryAfter = options.retryAfter;
  }
}
