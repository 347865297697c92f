import assert from "node:assert/strict";
import test from "node:test";
import { OnnxError } from "../errors.ts";
import { readFields } from "./protobuf-reader.ts";
import {
  bytesField,
  floatField,
  integerField,
  messageBytes,
  messageField,
  textField,
} from "./protobuf-writer.ts";

/** The description's own examples, and the two's complement of what is negative. */
const cases: readonly (readonly [name: string, written: Uint8Array, hex: string])[] = [
  ["150 in field 1", messageBytes([integerField(1, 150)]), "089601"],
  ["a text", messageBytes([textField(2, "testing")]), "120774657374696e67"],
  ["a message in a message", messageBytes([messageField(3, [integerField(1, 150)])]), "1a03089601"],
  ["minus one", messageBytes([integerField(1, -1)]), "08ffffffffffffffffff01"],
  ["a field beyond 15", messageBytes([integerField(20, 1)]), "a00101"],
  ["a fraction", messageBytes([floatField(2, 1.5)]), "150000c03f"],
];
for (const [name, written, hex] of cases) {
  test(`protobuf: ${name}`, () => assert.equal(Buffer.from(written).toString("hex"), hex));
}

test("readFields: what was written, numbers as fields without content", () => {
  const written = messageBytes([
    integerField(1, -1),
    floatField(2, 0.5),
    bytesField(3, Uint8Array.of(7, 8)),
    textField(200, ""),
  ]);
  const read = [...readFields(written)].map(({ number, bytes }) => [number, ...bytes]);
  assert.deepEqual(read, [[1], [2], [3, 7, 8], [200]]);
});

test("readFields: a message that was cut anywhere is refused, or ends between two fields", () => {
  const fields = [integerField(1, 300), textField(2, "abc"), floatField(3, 2)];
  const whole = messageBytes(fields);
  const ends = fields.map((_, i) => messageBytes(fields.slice(0, i + 1)).length);
  for (let length = 1; length < whole.length; length++) {
    const read = () => [...readFields(whole.subarray(0, length))];
    if (ends.includes(length)) assert.ok(read().length > 0);
    else assert.throws(read, OnnxError);
  }
});
