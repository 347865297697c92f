/** The command on two networks that know nothing, with records of what they were trained on. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { maskRcnn, openDetector, writeDetector } from "@malleolus/networks";
import { detectron2Config } from "@malleolus/schema";
import { manualSeed, scope } from "@malleolus/torch";
import sharp from "sharp";
import { run } from "../test-command.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-fuse-"));
after(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);

function writeRun(
  name: string,
  classes: readonly string[],
  training: readonly string[] | null,
): string {
  mkdirSync(at(name));
  const config = detectron2Config(classes);
  scope(() => {
    manualSeed(3);
    const model = maskRcnn({
      ...config,
      backbone: { ...config.backbone, fpnChannels: 32 },
      roi: {
        ...config.roi,
        box: { ...config.roi.box, fullyConnectedChannels: 32 },
        mask: { ...config.roi.mask, channels: 32, convolutions: 1 },
      },
    });
    const preprocess = { minSize: 64, maxSize: 96, maskCollimation: false, testTimeFlip: false };
    writeDetector(at(name, "model.safetensors"), model, preprocess);
  });
  if (training !== null) {
    const record = { format: "malleolus-run-images-1", training, tuning: [] };
    writeFileSync(at(name, "seen-images.json"), JSON.stringify(record));
  }
  return at(name);
}

await sharp(Buffer.alloc(60 * 50, 90), { raw: { width: 60, height: 50, channels: 1 } })
  .png()
  .toFile(at("0.png"));
const sha256 = createHash("sha256")
  .update(readFileSync(at("0.png")))
  .digest("hex");
const [first, second, unknown, other] = [
  writeRun("first", ["fracture"], ["aa"]),
  writeRun("second", ["fracture"], [sha256, "aa"]),
  writeRun("unknown", ["fracture"], null),
  writeRun("other", ["cast"], ["aa"]),
];

test("fuse: one detector of two, and evaluate refuses the radiographs of either's training", async () => {
  const done = await run("fuse", "--checkpoint", first, second, "--out", at("models", "both"));
  assert.deepEqual(done, {
    code: 0,
    written: `${at("models", "both")}: a detector of 2 networks\n`,
    said: "",
  });
  const detector = openDetector(at("models", "both", "model.safetensors"));
  assert.equal(detector.members.length, 2);
  detector.close();
  const model = ["--checkpoint", at("models", "both"), "--out", at("both.onnx")];
  const exported = await run("export", "--onnx", ...model);
  assert.match(
    exported.said,
    /both\/model\.safetensors: expected one network, got several that were/,
  );
  assert.ok(!existsSync(at("both.onnx")));
  const coco = {
    images: [{ id: 1, file_name: "0.png", width: 60, height: 50 }],
    annotations: [],
    categories: [{ id: 1, name: "fracture" }],
  };
  writeFileSync(at("truth.json"), JSON.stringify(coco));
  const set = ["--coco", at("truth.json"), "--images", folder, "--dtype", "float32"];
  const refused = await run("evaluate", ...set, "--checkpoint", at("models", "both"));
  assert.equal(refused.code, 1);
  assert.match(
    refused.said,
    /0\.png: expected radiographs that the detector has not seen, got 1 of 1/,
  );
});

test("fuse: where one has no record of its training there is none of both, and that is said", async () => {
  const out = at("half");
  const { code, said } = await run("fuse", "--checkpoint", first, unknown, "--out", out);
  assert.equal(code, 0);
  assert.match(
    said,
    /^\S*unknown\/model\.safetensors: nothing says on which radiographs it was trained, so/,
  );
  assert.deepEqual(readdirSync(out), ["model.safetensors"]);
});

test("fuse: the mean of two is one network, and evaluate refuses the radiographs of either's training", async () => {
  const out = at("mean");
  const done = await run("fuse", "--average", "--checkpoint", first, second, "--out", out);
  assert.deepEqual(done, { code: 0, written: `${out}: the mean of 2 detectors\n`, said: "" });
  const detector = openDetector(join(out, "model.safetensors"));
  assert.equal(detector.members.length, 1);
  detector.close();
  const record = JSON.parse(readFileSync(join(out, "seen-images.json"), "utf8"));
  assert.deepEqual(record.training.toSorted(), [sha256, "aa"].toSorted());
  const refused = await run("fuse", "--average", "--checkpoint", first, other, "--out", at("none"));
  assert.match(
    refused.said,
    /other\/model\.safetensors: expected the same network as .* classes \["cast"\]/,
  );
  assert.ok(!existsSync(at("none")));
});

test("fuse: what cannot be fused is told, and nothing is made", async () => {
  const out = at("none");
  for (const [paths, message] of [
    [[first], /expected two or more detectors, got 1; name the others behind it\n$/],
    [
      [first, at("first", "model.safetensors")],
      /expected detectors that differ, got this one twice/,
    ],
    [
      [first, other],
      /other\/model\.safetensors: expected the classes fracture, as .*, got the classes cast;/,
    ],
    [
      [first, at("nowhere")],
      /nowhere: expected a run's directory or a model\.safetensors, got nothing/,
    ],
  ] as const) {
    const { code, said } = await run("fuse", "--checkpoint", ...paths, "--out", out);
    assert.equal(code, 1);
    assert.match(said, message);
    assert.ok(!existsSync(out));
  }
  const there = await run("fuse", "--checkpoint", first, second, "--out", first);
  assert.match(there.said, /expected nothing there, got a file or a folder; name another place\n$/);
  assert.deepEqual(readdirSync(first).toSorted(), ["model.safetensors", "seen-images.json"]);
});
