import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { readRadiograph } from "@malleolus/data";
import { mirrorImage, outlineStructures, prepareImage } from "@malleolus/imaging";
import {
  deepLab,
  imageClassifier,
  openClassifier,
  openSegmenter,
  writeClassifier,
  writeSegmenter,
} from "@malleolus/networks";
import { classifierConfig, deepLabConfig } from "@malleolus/schema";
import { manualSeed, nn, scope, setThreads } from "@malleolus/torch";
import sharp from "sharp";
import { prelabelRadiographs } from "./prelabel-radiographs.ts";

// Sums in another order differ in the last digits.
setThreads(1);

const preprocess = { minSize: 64, maxSize: 96, maskCollimation: false, testTimeFlip: false };

/** A classifier of whole radiographs, or one that looks where this or another segmentation finds something. */
type Looks = "everywhere" | "where it finds" | "where another finds";

function networksIn(folder: string, looks: Looks = "everywhere") {
  manualSeed(3);
  const [segmenter, classifier] = ["segmenter", "classifier"].map((name) => join(folder, name));
  scope(() => {
    const ofBones = deepLabConfig();
    const small = {
      ...ofBones,
      backbone: { ...ofBones.backbone, norm: "group" },
      aspp: { channels: 16, rates: [2], separable: true },
      decoder: { lowChannels: 8, channels: 16, convolutions: 1 },
    } as const;
    const outlines = deepLab(small);
    writeSegmenter(segmenter, outlines, { ...preprocess, testTimeFlip: looks !== "everywhere" });
    const { structures, backbone, aspp, decoder } = small;
    const pooling =
      looks === "everywhere"
        ? ({ kind: "mean" } as const)
        : { kind: "structures" as const, structures, aspp, decoder };
    const model = imageClassifier({ ...classifierConfig(["A", "none"]), backbone, pooling });
    nn.normal(model.classifier[1].weight, 1);
    if (looks === "where it finds" && model.whereFound !== null) {
      nn.loadStateDict(model.whereFound.segmentation, nn.stateDict(outlines));
    }
    writeClassifier(classifier, model, preprocess);
  });
  return { segmenter: openSegmenter(segmenter), classifier: openClassifier(classifier) };
}

async function filesIn(context: TestContext): Promise<{ folder: string; files: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-prelabel-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const [width, height] = [60, 80];
  const files: string[] = [];
  for (let i = 0; i < 5; i++) {
    const path = join(folder, `${i}.png`);
    const pixels = Uint8Array.from({ length: width * height }, (_, n) => (n * (7 + i)) % 251);
    if (i === 2) writeFileSync(path, "not a radiograph");
    else
      await sharp(pixels, { raw: { width, height, channels: 1 } })
        .png()
        .toFile(path);
    files.push(path);
  }
  return { folder, files };
}

test("prelabelRadiographs: in the order of the files, as the networks see each, with a bad file's reason", async (context) => {
  const { folder, files } = await filesIn(context);
  const { segmenter, classifier } = networksIn(folder);
  const { signal } = new AbortController();
  const options = {
    files,
    pathOf: (file: string) => file,
    segmenter,
    classifier,
    heightRule: null,
    stop: signal,
  };
  const seen = await Array.fromAsync(prelabelRadiographs({ ...options, workers: 2 }));
  assert.deepEqual(
    seen.map(({ file }) => file),
    files,
  );
  for (const [i, one] of seen.entries()) {
    if ("error" in one) {
      assert.equal(i, 2);
      assert.ok(one.error.message.startsWith(files[2]), one.error.message);
      continue;
    }
    const radiograph = await readRadiograph(files[i]);
    const { found } = segmenter.segment(radiograph);
    assert.deepEqual(one.outlined, outlineStructures(found, segmenter.structures, radiograph));
    assert.deepEqual(one.probabilities, classifier.classify(radiograph));
    const { width, height, pixels } = radiograph;
    const flipped = classifier.classify(mirrorImage({ width, height, pixels }));
    for (const [k, value] of flipped.entries()) {
      assert.ok(Math.abs(value - (one.flippedProbabilities?.[k] ?? Number.NaN)) < 1e-4);
    }
    assert.deepEqual([one.width, one.height], [width, height]);
  }

  const alone = prelabelRadiographs({ ...options, classifier: null, workers: 1 });
  const [first] = await Array.fromAsync(alone);
  assert.ok(!("error" in first) && first.probabilities === null);
  segmenter.close();
  classifier.close();
});

for (const looks of ["where it finds", "where another finds"] as const) {
  test(`prelabelRadiographs: a classifier that looks ${looks}, as each network by itself`, async (context) => {
    const { folder, files } = await filesIn(context);
    const { segmenter, classifier } = networksIn(folder, looks);
    const isOne = classifier.segmentation?.weightsHash === segmenter.weightsHash;
    assert.equal(isOne, looks === "where it finds");
    const { signal: stop } = new AbortController();
    const options = { files: [files[0]], pathOf: (file: string) => file, heightRule: null, stop };
    const [one] = await Array.fromAsync(
      prelabelRadiographs({ ...options, segmenter, classifier, workers: 1 }),
    );
    assert.ok(!("error" in one));
    const radiograph = await readRadiograph(files[0]);
    const { image } = prepareImage(radiograph, preprocess);
    const found = segmenter.segmentPrepared(image);
    assert.deepEqual(one.outlined, outlineStructures(found, segmenter.structures, radiograph));
    const { width, height, pixels } = radiograph;
    assertClose(one.probabilities, classifier.classify(radiograph));
    assertClose(
      one.flippedProbabilities,
      classifier.classify(mirrorImage({ width, height, pixels })),
    );
    segmenter.close();
    classifier.close();
  });
}

test("prelabelRadiographs: stopped, it ends after the radiograph that is going on", async (context) => {
  const { folder, files } = await filesIn(context);
  const { segmenter, classifier } = networksIn(folder);
  const controller = new AbortController();
  const seen: string[] = [];
  const all = prelabelRadiographs({
    files,
    pathOf: (file) => file,
    segmenter,
    classifier,
    heightRule: null,
    workers: 1,
    stop: controller.signal,
  });
  for await (const { file } of all) {
    seen.push(file);
    controller.abort();
  }
  assert.deepEqual(seen, files.slice(0, 1));
  segmenter.close();
  classifier.close();
});

function assertClose(own: Float32Array | null, other: Float32Array): void {
  assert.equal(own?.length, other.length);
  for (const [k, value] of other.entries()) {
    assert.ok(Math.abs(value - (own?.[k] ?? Number.NaN)) < 1e-4, `${own} and ${other}`);
  }
}
