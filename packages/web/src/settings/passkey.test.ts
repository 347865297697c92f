import assert from "node:assert/strict";
import test from "node:test";
import { passkeysWork } from "./passkey.ts";

test("passkeys: offered for names in a browser that has them, never for an address of numbers", () => {
  assert.equal(passkeysWork("reading.example"), false, "no browser");
  Object.assign(globalThis, { PublicKeyCredential: { parseCreationOptionsFromJSON() {} } });
  try {
    assert.deepEqual(["reading.example", "localhost", "127.0.0.1", "[::1]"].map(passkeysWork), [
      true,
      true,
      false,
      false,
    ]);
  } finally {
    Reflect.deleteProperty(globalThis, "PublicKeyCredential");
  }
});
