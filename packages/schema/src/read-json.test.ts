import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { SchemaError } from "./errors.ts";
import { readJson, readRecord } from "./read-json.ts";

const schema = z.object({ images: z.array(z.object({ width: z.number() })) });

function check(text: string, code: string, message: RegExp): void {
  assert.throws(
    () => readJson(schema, text, "a.json"),
    (error) =>
      error instanceof SchemaError &&
      error.code === code &&
      message.test(error.message) &&
      !error.message.includes("\n"),
  );
}

test("readJson: a record that fits is returned", () => {
  assert.deepEqual(readJson(schema, '{"images":[{"width":3}]}', "a.json"), {
    images: [{ width: 3 }],
  });
});

test("readJson: an empty file says so", () =>
  check("\n", "not-json", /^a\.json: expected JSON, got an empty file$/));
test("readJson: broken JSON is one line", () => check('{"images":\n[', "not-json", /^a\.json: /));
test("readJson: names the place that is wrong", () =>
  check('{"images":[{"width":1},{"width":"2"}]}', "not-valid", /^a\.json at images\[1\]\.width: /));
test("readJson: counts what else is wrong", () =>
  check('{"images":[{"width":""},{}]}', "not-valid", /\(and 1 more\)$/));

test("readRecord: an unknown key is named with the one that was meant", () => {
  const strict = z.strictObject({ people: z.array(z.strictObject({ surname: z.string() })) });
  const value = { people: [{ surname: "A" }, { surname: "B", surnmae: "C" }] };
  assert.throws(
    () => readRecord(strict, value, "a.toml"),
    /^SchemaError: a\.toml at people\[1\]: unknown key "surnmae" \(did you mean "surname"\?\)$/,
  );
});
