import assert from "node:assert/strict";
import test from "node:test";
import { nearestName } from "./nearest-name.ts";

test("nearestName: a slip finds its name, something else finds none", () => {
  const known = ["momentum", "weightDecay", "clipNorm"];
  assert.equal(nearestName("weigthDecay", known), "weightDecay");
  assert.equal(nearestName("MOMENTUM", known), "momentum");
  assert.equal(nearestName("x", []), null);
  assert.equal(nearestName("somethingElse", known), null);
});
