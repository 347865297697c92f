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

test("readRecord: an unknown key is named wherever it is, before what is missing for it", () => {
  const inner = z.strictObject({ surname: z.string() });
  const strict = z.strictObject({
    first: inner.nullable(),
    second: inner.optional(),
    third: z.array(inner).readonly(),
    byName: z.record(z.string(), inner),
    kinds: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("a"), left: z.number() }),
      z.strictObject({ kind: z.literal("b"), right: z.number() }),
    ]),
    piped: z.preprocess((value) => value, inner),
  });
  const value = {
    first: null,
    third: [{ surname: "A" }],
    byName: { x: { surname: "A" } },
    kinds: { kind: "b", right: 1 },
    piped: { surname: "A" },
  };
  assert.deepEqual(readRecord(strict, value, "r"), value);
  const said = (change: object) => {
    try {
      readRecord(strict, { ...value, ...change }, "r");
    } catch (error) {
      return String(error);
    }
    return "nothing";
  };
  const meant = 'unknown key "surnmae" (did you mean "surname"?)';
  const slip = { surnmae: "A" };
  for (const [change, place] of [
    [{ first: slip }, "first"],
    [{ second: slip }, "second"],
    [{ third: [{ surname: "A" }, slip] }, "third[1]"],
    [{ byName: { x: slip } }, "byName.x"],
    [{ piped: slip }, "piped"],
  ] as const) {
    assert.equal(said(change), `SchemaError: r at ${place}: ${meant} (and 1 more)`);
  }
  assert.match(
    said({ kinds: { kind: "b", right: 1, rihgt: 1 } }),
    /^SchemaError: r at kinds: unknown key "rihgt" \(did you mean "right"\?\)$/,
  );
  assert.equal(said({ thrid: 1 }), 'SchemaError: r: unknown key "thrid" (did you mean "third"?)');
  assert.equal(said({ elsewhere: 1 }), 'SchemaError: r: unknown key "elsewhere"');
});

test("readRecord: an unknown key deep in lists and records of records", () => {
  const inner = z.strictObject({ name: z.strictObject({ surname: z.string() }) });
  const strict = z.strictObject({ list: z.array(inner), byName: z.record(z.string(), inner) });
  const [right, slip] = [{ name: { surname: "A" } }, { name: { surnmae: "A" } }];
  for (const [value, place] of [
    [{ list: [right, slip], byName: {} }, "list[1].name"],
    [{ list: [], byName: { x: slip } }, "byName.x.name"],
  ] as const) {
    assert.throws(() => readRecord(strict, value, "r"), {
      name: "SchemaError",
      message: `r at ${place}: unknown key "surnmae" (did you mean "surname"?) (and 1 more)`,
    });
  }
});

test("readRecord: of a schema that takes any keys, nothing is meant", () => {
  const schema = z.tuple([z.strictObject({ surname: z.string() })]);
  assert.throws(
    () => readRecord(schema, [{ surname: "A", surnmae: "B" }], "r"),
    /^SchemaError: r at \[0\]: unknown key "surnmae"$/,
  );
});

test("readJson: what is no JSON is told in one line", () => {
  check("{", "not-json", /^a\.json: expected JSON, got something else \(.+\)$/);
  check("   ", "not-json", /got an empty file$/);
});
