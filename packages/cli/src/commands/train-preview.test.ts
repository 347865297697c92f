/** What a training shows its network, drawn instead of trained. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import sharp from "sharp";
import { prepareTraining, start } from "../test-small-training.ts";

test("train --preview: a picture of each image of the first batches, and no training", async (context) => {
  const { folder, train } = await prepareTraining(context);
  const preview = join(folder, "run", "preview");
  const first = await start([...train, "--preview", "2"]).ended;
  assert.equal(first.code, 0, first.said);
  assert.equal(first.written, `${preview}\n`);
  assert.match(first.said, /4 pictures of 2 steps, outlines and boxes dashed; nothing was trained/);
  const names = [
    "step-000001-1.png",
    "step-000001-2.png",
    "step-000002-1.png",
    "step-000002-2.png",
  ];
  assert.deepEqual(readdirSync(preview), names);
  assert.deepEqual(readdirSync(join(folder, "run")), ["preview"]);
  const whites = await Promise.all(names.map((name) => whitePixels(join(preview, name))));
  // Bars of 220 are no white: what is white is drawn. One image in three has no bar.
  assert.ok(
    whites.some((count) => count > 100),
    `${whites}`,
  );

  writeFileSync(join(preview, "notes.txt"), "mine");
  const again = await start([...train, "--preview", "1"]).ended;
  assert.equal(again.code, 0, again.said);
  assert.match(again.said, /2 pictures of a step/);
  assert.deepEqual(readdirSync(preview), ["notes.txt", ...names.slice(0, 2)]);

  // The folder becomes a run as if nothing had been.
  const trained = await start([...train, "--steps", "1"]).ended;
  assert.equal(trained.code, 0, trained.said);
  assert.ok(existsSync(join(folder, "run", "recipe.json")));
});

test("train --preview: with what trains, it is refused", async (context) => {
  const { train } = await prepareTraining(context);
  for (const option of [["--processes", "2"], ["--profile", "3"], ["--json"]]) {
    const { code, said } = await start([...train, "--preview", "2", ...option]).ended;
    assert.equal(code, 2);
    assert.match(said, /'--preview <steps>' cannot be used with option/);
  }
});

/** Above the caption and its notice: of a radiograph of 64 x 72 pixels or so, times its scale. */
async function whitePixels(path: string): Promise<number> {
  const { data, info } = await sharp(path).grayscale().raw().toBuffer({ resolveWithObject: true });
  const above = data.subarray(0, info.width * Math.floor(info.height * 0.9));
  return above.reduce((count, value) => count + (value > 245 ? 1 : 0), 0);
}
