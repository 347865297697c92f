import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import sharp from "sharp";
import { isOwnOutput, markOverlay, requireRoom } from "./own-output.ts";

test("own output: overlays are told by their mark, findings by what they say, and nothing else is", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-own-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  const raw = { width: 9, height: 5, channels: 3 } as const;
  const png = await sharp(new Uint8Array(135).fill(7), { raw }).png().toBuffer();
  const marked = markOverlay(png);
  assert.deepEqual(await sharp(marked).raw().toBuffer(), await sharp(png).raw().toBuffer());
  const prediction = { file: "a.dcm", detector: "m", scoreThreshold: 0.5, findings: [] };
  const files: readonly (readonly [name: string, data: Uint8Array | string, isOwn: boolean])[] = [
    ["a.png", marked, true],
    ["b.png", png, false],
    ["a.json", JSON.stringify(prediction), true],
    ["b.json", JSON.stringify({ file: "a.dcm" }), false],
    ["c.json", "{", false],
    ["d.txt", JSON.stringify(prediction), false],
    ["e.json", "null", false],
  ];
  for (const [name, data, isOwn] of files) {
    writeFileSync(at(name), data);
    assert.equal(isOwnOutput(at(name)), isOwn, name);
  }
  assert.equal(isOwnOutput(at("absent.json")), false);
  assert.equal(isOwnOutput(folder), false);

  const file = (name: string) => ({ path: `/in/${name}`, name });
  requireRoom([file("a"), file("new")], folder, true);
  requireRoom([file("x/y")], at("no folder yet"), true);
  writeFileSync(at("f.png"), png);
  requireRoom([file("f")], folder, false);
  assert.throws(() => requireRoom([file("a"), file("b"), file("f")], folder, true), {
    code: "folder",
    message: `${folder}: expected room for what is found, got other files that would be replaced: ${at("b.json")}, ${at("b.png")}, ${at("f.png")}; give another --out`,
  });
});
