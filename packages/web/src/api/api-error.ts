/** What can go wrong between a page and the server, as pages need to tell it apart. */
import type { FailureCode } from "@malleolus/schema";

export type ApiErrorCode =
  | FailureCode
  /** Nothing came back. */
  | "offline"
  /** What came back is no answer of this API. */
  | "unreadable";

export class ApiError extends Error {
  readonly code: ApiErrorCode;
  /** Of `too-many`: when to try again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Whether the same request may succeed later, unchanged. */
export function mayPass(code: ApiErrorCode): boolean {
  return ["offline", "unreadable", "internal", "unavailable", "too-many", "csrf"].includes(code);
}
