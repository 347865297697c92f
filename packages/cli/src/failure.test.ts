import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { CodedError } from "@malleolus/errors";
import { describeFailure } from "./failure.ts";

class DataError extends CodedError<"truncated"> {
  override readonly name = "DataError";
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("failure: a package's error is its message", () => {
  assert.equal(
    describeFailure(new DataError("truncated", "a.dcm: ends early")),
    "a.dcm: ends early",
  );
});

test("failure: the operating system's error is its message", () => {
  const error = thrownBy(() => readFileSync("/nowhere/a.dcm"));
  assert.match(
    describeFailure(error),
    /^ENOENT: no such file or directory, open '\/nowhere\/a\.dcm'$/,
  );
});

test("failure: anything else is a bug, with its stack and its causes", () => {
  const error = new TypeError("x is not a function", { cause: new Error("the first") });
  const text = describeFailure(error);
  assert.match(text, /^internal: TypeError: x is not a function\n +at .*failure\.test\.ts/);
  assert.match(text, /\ncaused by Error: the first\n/);
});

test("failure: a misuse of Node's own functions is a bug, although it has a code", () => {
  const misuse = thrownBy(() => Buffer.alloc(-1));
  assert.match(describeFailure(misuse), /^internal: RangeError/);
});

test("failure: an error that only looks like a package's is a bug", () => {
  const error = Object.assign(new Error("ends early"), { name: "DataError", code: "truncated" });
  assert.match(describeFailure(error), /^internal: /);
});

test("failure: what is thrown and is no Error is a bug", () => {
  assert.equal(describeFailure("text"), "internal: text was thrown, which is not an Error");
});
