import assert from "node:assert/strict";
import { test } from "node:test";
import { requireUid } from "./uid.ts";

test("requireUid: UIDs come through, and nothing that leads elsewhere", () => {
  for (const uid of ["1.2.840.10008.1.1", "2.25.0", `1.${"2".repeat(62)}`]) {
    assert.equal(requireUid(uid, "study"), uid);
  }
  const bad = [
    "",
    "1",
    "1..2",
    "1.02",
    ".1.2",
    "1.2.",
    "../1.2",
    "1.2/../../etc",
    "1.2\n",
    "1.2?x=y",
    "a.b",
  ];
  for (const text of [...bad, `1.${"2".repeat(63)}`]) {
    assert.throws(() => requireUid(text, "study"), { code: "uid" }, text);
  }
});
