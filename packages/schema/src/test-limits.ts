/** A field's limits tried at both of their sides: for tests alone. */
import assert from "node:assert/strict";
import { z } from "zod";

/** The values at which a field's answer changes. */
export interface Limits {
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

/** A text of so many letters. */
export function text(least: number, most?: number): Limits {
  return {
    good: [
      "a".repeat(least),
      "a".repeat(least + 1),
      ...(most === undefined ? [] : ["a".repeat(most)]),
    ],
    bad: [
      ...(least === 0 ? [] : ["a".repeat(least - 1)]),
      ...(most === undefined ? [] : ["a".repeat(most + 1)]),
    ],
  };
}

/** A list of so many different entries, which `entry` makes of their place. */
export function list(entry: (place: number) => unknown, least: number, most?: number): Limits {
  const of = (count: number) => Array.from({ length: count }, (_, place) => entry(place));
  return {
    good: [of(least), of(least + 1), ...(most === undefined ? [] : [of(most)])],
    bad: [...(least === 0 ? [] : [of(least - 1)]), ...(most === undefined ? [] : [of(most + 1)])],
  };
}

/** A number that may be both ends; just beyond, by `step`, it may not. */
export function number(least: number, most?: number, step = 0.01): Limits {
  return {
    good: [least, least + step, ...(most === undefined ? [] : [most])],
    bad: [least - step, ...(most === undefined ? [] : [most + step])],
  };
}

/** A share that may be neither 0 nor 1, or not one of them. */
export function between(lower: "from 0" | "above 0", upper: "below 1" | "up to 1"): Limits {
  return {
    good: [0.01, 0.99, ...(lower === "from 0" ? [0] : []), ...(upper === "up to 1" ? [1] : [])],
    bad: [-0.01, 1.01, ...(lower === "from 0" ? [] : [0]), ...(upper === "up to 1" ? [] : [1])],
  };
}

export const whole = (least: number, most?: number): Limits => number(least, most, 1);
export const share: Limits = number(0, 1);

/** `path` is of names with dots between them: `[]` an entry of a list, `{}` of a record, `|1` of a union. */
export function assertLimits(schema: z.ZodType, path: string, { good, bad }: Limits): void {
  const field = fieldAt(schema, path === "" ? [] : path.split("."), path);
  const said = (value: unknown) => JSON.stringify(value)?.slice(0, 60);
  for (const value of good) {
    const { success, error } = field.safeParse(value);
    assert.ok(success, `${path}: ${said(value)} is refused: ${error?.issues[0]?.message}`);
  }
  for (const value of bad)
    assert.ok(!field.safeParse(value).success, `${path}: takes ${said(value)}`);
}

function fieldAt(schema: unknown, path: readonly string[], whole: string): z.ZodType {
  const [first, ...rest] = path;
  if (first === undefined && schema instanceof z.ZodType) return schema;
  if (
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return fieldAt(schema.unwrap(), path, whole);
  }
  if (schema instanceof z.ZodPipe) return fieldAt(schema.out, path, whole);
  if (schema instanceof z.ZodArray && first === "[]") return fieldAt(schema.element, rest, whole);
  if (schema instanceof z.ZodRecord && first === "{}")
    return fieldAt(schema.valueType, rest, whole);
  if (
    (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion) &&
    first?.startsWith("|")
  ) {
    return fieldAt(schema.options[Number(first.slice(1))], rest, whole);
  }
  assert.ok(schema instanceof z.ZodObject && first !== undefined, `${whole}: no field "${first}"`);
  return fieldAt(schema.shape[first], rest, whole);
}
