/** The one error of this package: a server that cannot be started, or a request that it refuses. */
import type { FailureCode } from "@malleolus/schema";

export type ServerErrorCode =
  | FailureCode
  /** An address, certificate or setting with which it cannot be started. */
  | "settings";

export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly code: ServerErrorCode;
  /** Seconds after which to try again. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ServerErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfter?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}
