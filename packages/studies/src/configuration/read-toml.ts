/** A TOML file to a typed record, or one line that says what is wrong where. */
import { readFileSync } from "node:fs";
import { causeText } from "@malleolus/errors";
import { readRecord, SchemaError } from "@malleolus/schema";
import { parse } from "smol-toml";
import type { z } from "zod";
import { StudyError } from "../errors.ts";

/**
 * @throws StudyError `configuration`; an unknown key comes with the one that was probably meant.
 */
export function readToml<T>(schema: z.ZodType<T>, path: string): T {
  let value: unknown;
  try {
    value = parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new StudyError("configuration", `${path}: expected TOML: ${causeText(cause)}`, { cause });
  }
  try {
    return readRecord(schema, value, path);
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new StudyError("configuration", cause.message, { cause });
  }
}
