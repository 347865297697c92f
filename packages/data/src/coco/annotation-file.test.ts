import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { DataError } from "../errors.ts";
import { annotationJson } from "./annotation-file.ts";
import { parseInPieces } from "./json-pieces.ts";

const VALUE = {
  images: [
    { id: 1, file_name: 'a "\\" {x}, [y].png' },
    { id: 2, file_name: "ö\\" },
  ],
  info: { nested: [[1, 2], { a: "}" }], version: null },
  empty: [],
  licence: "none",
  annotations: [{ id: 3, bbox: [1, -2.5e3, 3, 4] }, 7, "text", true, [[], [1]]],
};
const TEXT = JSON.stringify(VALUE);

test("annotationJson: a byte order mark is passed over, in one text and in pieces", () => {
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(TEXT)]);
  assert.deepEqual(annotationJson(marked, "a.json"), VALUE);
  assert.deepEqual(annotationJson(marked, "a.json", 10), VALUE);
});

test("annotationJson: a file that is too long for a string is read record by record", () => {
  const spaced = `\n ${JSON.stringify(VALUE, null, 2)} ${" ".repeat(1000)}\n`;
  for (const text of [TEXT, spaced]) {
    assert.deepEqual(annotationJson(Buffer.from(text), "a.json", 100), VALUE);
  }
});

test("parseInPieces: what JSON.parse refuses, it refuses", () => {
  const wrong = [
    TEXT.slice(0, -1),
    `${TEXT}]`,
    `${TEXT}{}`,
    '{"a": [1,]}',
    '{"a": [1 2]}',
    '{"a": [1}',
    '{"a" 1}',
    '{"a": 1,}',
    "{a: 1}",
    '{"a": [NaN]}',
    '{"a": "text}',
    "[1,2",
    "{",
  ];
  for (const text of wrong) {
    assert.throws(() => JSON.parse(text), SyntaxError, text);
    assert.throws(() => parseInPieces(Buffer.from(text)), SyntaxError, text);
  }
});

const line = '{"data_row": {"id": "x0"}, "projects": {}}';
const others: readonly (readonly [what: string, Buffer, RegExp])[] = [
  ["UTF-16 with its mark", Buffer.from(`\ufeff${TEXT}`, "utf16le"), /UTF-16.*save it as UTF-8/],
  ["UTF-16 without", Buffer.from(TEXT, "utf16le"), /UTF-16/],
  ["UTF-16, high bytes first", Buffer.from(`\ufeff${TEXT}`, "utf16le").swap16(), /UTF-16/],
  [
    "a zip archive",
    Buffer.concat([Buffer.from("PK\x03\x04"), deflateRawSync(TEXT)]),
    /a zip archive; unpack/,
  ],
  ["gzip", gzipSync(TEXT), /gzip/],
  ["CVAT's XML", Buffer.from('<?xml version="1.0"?><annotations/>'), /XML/],
  ["one object a line", Buffer.from(`${line}\n${line}\n`), /NDJSON.*Labelbox/],
  ["NaN", Buffer.from('{"area": NaN}'), /NaN and Infinity.*write null/],
  ["nothing", Buffer.from("\ufeff \n"), /an empty file/],
  ["broken JSON", Buffer.from('{"images": [\n'), /something else \(/],
];
for (const [what, bytes, expected] of others) {
  test(`annotationJson: ${what} is called by its name`, () => {
    assert.throws(
      () => annotationJson(bytes, "a.json"),
      (error) =>
        error instanceof DataError &&
        error.code === "invalid-annotations" &&
        error.message.startsWith("a.json: expected JSON, got ") &&
        !error.message.includes("\n") &&
        expected.test(error.message),
    );
  });
}
