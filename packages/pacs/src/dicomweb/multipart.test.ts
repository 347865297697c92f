import assert from "node:assert/strict";
import { test } from "node:test";
import { boundaryOf, multipartOf, readParts } from "./multipart.ts";

/** A stream that comes in pieces of some length. */
async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function partsOf(body: Uint8Array, boundary: string, length: number, most = 1000) {
  const parts: Buffer[] = [];
  for await (const part of readParts(inPieces(body, length), boundary, most, "GET x")) {
    parts.push(Buffer.from(part));
  }
  return parts;
}

const files = ["first\r\n--almost", "", "\r\n\r\nthird\r\n"].map((text) => Buffer.from(text));

test("readParts: what was put together comes apart, in whatever pieces it comes", async () => {
  const { type, body } = multipartOf(files);
  const boundary = boundaryOf(type, "x");
  for (const length of [1, 2, 3, 7, 64, 10_000]) {
    assert.deepEqual(await partsOf(body, boundary, length), files, `pieces of ${length}`);
  }
});

test("readParts: a preamble, other headers and an epilogue are passed over", async () => {
  const text =
    "hello\r\n--b\r\nContent-Type: a\r\nX: y\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\nbye";
  const parts = await partsOf(Buffer.from(text), "b", 5);
  assert.deepEqual(parts.map(String), ["one", "two"]);
});

test("readParts: an answer that breaks off, and a part that is too long, are refused", async () => {
  const { type, body } = multipartOf(files);
  const boundary = boundaryOf(type, "x");
  for (const cut of [3, 70, body.length - 6]) {
    await assert.rejects(partsOf(body.subarray(0, cut), boundary, 50), {
      code: "answer",
      message: "GET x: the answer ends within a part; the connection broke: ask again",
    });
  }
  for (const length of [1, 10_000]) {
    await assert.rejects(partsOf(body, boundary, length, 10), { code: "limit" });
  }
});

test("boundaryOf: quoted and bare boundaries, and other types are refused", () => {
  assert.equal(
    boundaryOf('multipart/related; type="application/dicom"; boundary="a b"', "x"),
    "a b",
  );
  assert.equal(boundaryOf("Multipart/Related;boundary=abc;type=x", "x"), "abc");
  for (const type of [
    null,
    "application/json",
    "multipart/related; type=x",
    "multipart/mixed; boundary=a",
  ]) {
    assert.throws(() => boundaryOf(type, "GET x"), { code: "answer" });
  }
});
