/**
 * From text or `unknown` to a typed record, or one clear line that says what is wrong where.
 */
import { z } from "zod";
import { SchemaError } from "./errors.ts";
import { nearestName } from "./nearest-name.ts";

/**
 * The record in a JSON text. `where` (a file's name, say) begins the message.
 *
 * @throws SchemaError `not-json` or `not-valid`; the latter names the first place that is wrong.
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

/**
 * The record in a value from outside.
 *
 * @throws SchemaError `not-valid`, as `readJson`.
 */
export function readRecord<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  // A key that was misspelt is missing too, and says less.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const more = result.error.issues.length - 1;
  const place = issue.path.length === 0 ? "" : ` at ${pathText(issue.path)}`;
  const text = issue.code === "unrecognized_keys" ? describeUnknown(schema, issue) : issue.message;
  throw new SchemaError(
    "not-valid",
    `${where}${place}: ${text}${more > 0 ? ` (and ${more} more)` : ""}`,
    { cause: result.error },
  );
}

/** `unknown key "nmae" (did you mean "name"?)` */
function describeUnknown(schema: z.ZodType, issue: z.core.$ZodIssueUnrecognizedKeys): string {
  const [key] = issue.keys;
  const near = nearestName(key, keysAt(schema, issue.path));
  return `unknown key "${key}"${near === null ? "" : ` (did you mean "${near}"?)`}`;
}

/** The keys that a schema knows at a path; none where it takes any. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  if (
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodOptional
  ) {
    return keysAt(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodPipe) return keysAt(schema.out, path);
  if (schema instanceof z.ZodDiscriminatedUnion) {
    return schema.options.flatMap((option) => keysAt(option, path));
  }
  if (schema instanceof z.ZodArray) return keysAt(schema.element, path.slice(1));
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, path.slice(1));
  if (!(schema instanceof z.ZodObject)) return [];
  const [first, ...rest] = path;
  return first === undefined
    ? Object.keys(schema.shape)
    : keysAt(schema.shape[String(first)], rest);
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
