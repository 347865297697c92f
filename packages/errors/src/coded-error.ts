/**
 * An error that was foreseen. Each package throws one class of its own on this base, with its own codes;
 * whatever else is thrown is a fault of ours. It is no package's to catch by this class, but for the one
 * place that tells a person which of the two it was.
 */
export abstract class CodedError<Code extends string = string> extends Error {
  readonly code: Code;

  /** The message is one line: where, what was expected, what came, what to do. */
  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message.replace(/\s*\n\s*/g, " "), options);
    this.code = code;
  }
}
