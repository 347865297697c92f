import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { writeSyntheticSet } from "../synthetic-set.ts";
import { holdOut } from "../tuning-set.ts";
import { fileSha256, readSeenImages, recordSeenImages } from "./seen-images.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-seen-"));
after(() => rmSync(folder, { recursive: true }));
const all = await writeSyntheticSet(join(folder, "set"), 9);
const { set, tuning } = holdOut(all, 0.34, 1);
const model = (run: string) => join(folder, run, "checkpoints", "step-000001", "model.safetensors");
mkdirSync(join(folder, "run", "checkpoints", "step-000001"), { recursive: true });

test("recordSeenImages: a run's detector knows its radiographs again, by their content", async () => {
  await recordSeenImages(join(folder, "run"), set, tuning, null);
  const seen = readSeenImages(model("run"));
  assert.equal(seen?.training.size, set.images.length);
  assert.equal(seen?.tuning.size, tuning.images.length);
  const elsewhere = join(folder, "renamed.png");
  copyFileSync(set.images[0].path, elsewhere);
  assert.ok(seen?.training.has(await fileSha256(elsewhere)));
  assert.ok(seen?.tuning.has(await fileSha256(tuning.images[0].path)));
  assert.ok(!seen?.training.has(await fileSha256(tuning.images[0].path)));
});

test("recordSeenImages: a record that is there stays, also where files changed since", async () => {
  const path = join(folder, "run", "seen-images.json");
  const before = readFileSync(path, "utf8");
  await recordSeenImages(join(folder, "run"), tuning, null, null);
  assert.equal(readFileSync(path, "utf8"), before);
});

test("recordSeenImages: what the initial weights have seen is seen", async () => {
  mkdirSync(join(folder, "next"));
  const first = readSeenImages(model("run"));
  await recordSeenImages(join(folder, "next"), tuning, null, first);
  const seen = readSeenImages(join(folder, "next", "model.safetensors"));
  assert.equal(seen?.training.size, all.images.length);
  assert.equal(seen?.tuning.size, tuning.images.length);
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
  const [one, ...rest] = set.images;
  const images = [{ ...one, path: join(folder, "nowhere.png") }, ...rest];
  const recording = recordSeenImages(join(folder, "broken"), { ...set, images }, null, null);
  await assert.rejects(recording, /nowhere\.png: cannot be read: /);
  assert.equal(readSeenImages(join(folder, "broken", "model.safetensors")), null);
});
