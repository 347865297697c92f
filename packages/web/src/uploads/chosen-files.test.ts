import assert from "node:assert/strict";
import test from "node:test";
import { chosenFiles } from "./chosen-files.ts";

test("chosenFiles: what a system writes beside radiographs is left out, what is too large is named", () => {
  const files = ["a.dcm", ".DS_Store", "DICOMDIR", "Thumbs.db", "IM0001", "empty", "b.zip"].map(
    (name) => ({ name, size: { empty: 0, "b.zip": 11 }[name] ?? 10 }),
  );
  const { wanted, tooLarge } = chosenFiles(files, 10);
  assert.deepEqual(
    [wanted, tooLarge].map((some) => some.map(({ name }) => name)),
    [["a.dcm", "IM0001"], ["b.zip"]],
  );
});
