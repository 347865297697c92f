/**
 * The one error of this package: a record from outside that is not what it should be.
 */
import { CodedError } from "@malleolus/errors";

export type SchemaErrorCode = "not-json" | "not-valid";

export class SchemaError extends CodedError<SchemaErrorCode> {
  override readonly name = "SchemaError";
}
