/**
 * The one error of this package: a record from outside that is not what it should be.
 */
export type SchemaErrorCode = "not-json" | "not-valid";

export class SchemaError extends Error {
  override readonly name = "SchemaError";
  readonly code: SchemaErrorCode;

  constructor(code: SchemaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
