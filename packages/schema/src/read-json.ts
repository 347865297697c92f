/**
 * From text or `unknown` to a typed record, or one clear line that says what is wrong where.
 */
import type { z } from "zod";
import { SchemaError } from "./errors.ts";

/**
 * The record in a JSON text. `where` (a file's name, say) begins the message.
 *
 * Throws SchemaError `not-json` or `not-valid`; the latter names the first place that is wrong.
 */
export function readJson<T>(schema: z.ZodType<T>, text: string, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const what = text.trim() === "" ? "an empty file" : `something else (${messageOf(cause)})`;
    throw new SchemaError("not-json", `${where}: expected JSON, got ${what}`, { cause });
  }
  return readRecord(schema, value, where);
}

/** The record in a value from outside. Throws SchemaError `not-valid`, as `readJson`. */
export function readRecord<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const more = result.error.issues.length - 1;
  const place = issue.path.length === 0 ? "" : ` at ${pathText(issue.path)}`;
  throw new SchemaError(
    "not-valid",
    `${where}${place}: ${issue.message}${more > 0 ? ` (and ${more} more)` : ""}`,
    { cause: result.error },
  );
}

/** `images[3].width` */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0];
}
