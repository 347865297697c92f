import assert from "node:assert/strict";
import test from "node:test";
import { causeText } from "./cause-text.ts";
import { CodedError } from "./coded-error.ts";

class DoorError extends CodedError<"locked" | "missing"> {
  override readonly name = "DoorError";
}

test("CodedError: a package's error has its code, its name and its cause, on one line", () => {
  const cause = new Error("no key");
  const error = new DoorError("locked", "front: expected an open door,\n  got a locked one", {
    cause,
  });
  assert.ok(error instanceof CodedError && error instanceof Error);
  assert.deepEqual(
    [error.name, error.code, error.message, error.cause],
    ["DoorError", "locked", "front: expected an open door, got a locked one", cause],
  );
});

const causes: readonly (readonly [cause: unknown, text: string])[] = [
  [new Error("whole"), "whole"],
  ["a string", "a string"],
  [{ exception: { exception: new Error("within") } }, "within"],
  [null, "null"],
];
for (const [cause, text] of causes) {
  test(`causeText: ${text}`, () => assert.equal(causeText(cause), text));
}
