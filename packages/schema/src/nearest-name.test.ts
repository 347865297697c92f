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

test("nearestName: a letter dropped, inserted or replaced, the nearest of several, and the first of equals", () => {
  assert.equal(nearestName("sed", ["seed", "steps"]), "seed");
  assert.equal(nearestName("seeed", ["steps", "seed"]), "seed");
  assert.equal(nearestName("soed", ["steps", "seed"]), "seed");
  assert.equal(nearestName("ab", ["cb", "ad"]), "cb");
  // Two letters of a short name may be wrong, or half of a long one, and no more.
  assert.deepEqual(
    ["xy", "xyz", "abxy", "abcdxyzw", "abcxyzwv"].map((name, i) =>
      nearestName(name, [["ab"], ["abc"], ["abcd"], ["abcdefgh"], ["abcdefgh"]][i]),
    ),
    ["ab", null, "abcd", "abcdefgh", null],
  );
});
