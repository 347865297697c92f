import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { fileSha256, readSeenImages, recordSeenImages } from "./seen-images.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-seen-"));
after(() => rmSync(folder, { recursive: true }));
const paths = Array.from({ length: 9 }, (_, i) => join(folder, `radiograph-${i}.png`));
for (const [i, path] of paths.entries()) writeFileSync(path, `picture ${i}`);
const [training, tuning] = [paths.slice(0, 6), paths.slice(6)];
const model = (run: string) => join(folder, run, "checkpoints", "step-000001", "model.safetensors");
mkdirSync(join(folder, "run", "checkpoints", "step-000001"), { recursive: true });

test("recordSeenImages: a run's detector knows its radiographs again, by their content", async () => {
  await recordSeenImages(join(folder, "run"), { training, tuning }, null);
  const seen = readSeenImages(model("run"));
  assert.equal(seen?.training.size, training.length);
  assert.equal(seen?.tuning.size, tuning.length);
  const elsewhere = join(folder, "renamed.png");
  copyFileSync(training[0], elsewhere);
  assert.ok(seen?.training.has(await fileSha256(elsewhere)));
  assert.ok(seen?.tuning.has(await fileSha256(tuning[0])));
  assert.ok(!seen?.training.has(await fileSha256(tuning[0])));
});

test("recordSeenImages: a record that is there stays, also where files changed since", async () => {
  const path = join(folder, "run", "seen-images.json");
  const before = readFileSync(path, "utf8");
  await recordSeenImages(join(folder, "run"), { training: tuning, tuning: [] }, null);
  assert.equal(readFileSync(path, "utf8"), before);
});

test("recordSeenImages: what the initial weights have seen is seen", async () => {
  mkdirSync(join(folder, "next"));
  const first = readSeenImages(model("run"));
  await recordSeenImages(join(folder, "next"), { training: tuning, tuning: [] }, first);
  const seen = readSeenImages(join(folder, "next", "model.safetensors"));
  assert.equal(seen?.training.size, paths.length);
  assert.equal(seen?.tuning.size, tuning.length);
});

test("readSeenImages: an earlier version's run has no record, and a damaged one is named", () => {
  mkdirSync(join(folder, "old"));
  assert.equal(readSeenImages(join(folder, "old", "model.safetensors")), null);
  writeFileSync(join(folder, "old", "seen-images.json"), '{"format":"other"}');
  assert.throws(
    () => readSeenImages(join(folder, "old", "model.safetensors")),
    (error) => error instanceof Error && /seen-images\.json/.test(error.message),
  );
});

test("recordSeenImages: a radiograph that cannot be read is named, and nothing is written", async () => {
  mkdirSync(join(folder, "broken"));
  const broken = { training: [...training, join(folder, "nowhere.png")], tuning: [] };
  const recording = recordSeenImages(join(folder, "broken"), broken, null);
  await assert.rejects(recording, /nowhere\.png: cannot be read: /);
  assert.equal(readSeenImages(join(folder, "broken", "model.safetensors")), null);
});
