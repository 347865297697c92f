/** The sentence of whatever was thrown; decoders also throw strings and plain objects. */
export function causeText(cause: unknown): string {
  if (cause instanceof Error) return cause.message;
  if (typeof cause === "object" && cause !== null && "exception" in cause) {
    return causeText(cause.exception);
  }
  return String(cause);
}
