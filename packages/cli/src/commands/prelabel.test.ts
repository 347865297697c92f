/** `malleolus prelabel` on a study of small pictures, with networks that know nothing. */
import assert from "node:assert/strict";
import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { parseCoco } from "@malleolus/data";
import { deepLab, imageClassifier, writeClassifier, writeSegmenter } from "@malleolus/networks";
import {
  ankleClassification,
  classifierConfig,
  deepLabConfig,
  prelabelSchema,
} from "@malleolus/schema";
import {
  closeStudy,
  folderImages,
  imagesWithoutPrelabel,
  openQueue,
  openStudy,
  work,
} from "@malleolus/studies";
import { manualSeed, scope } from "@malleolus/torch";
import sharp from "sharp";
import { prelabelOf } from "../prelabel/prelabel-record.ts";
import { preliminaryModel } from "../prelabel/prelabel-study.ts";
import { run } from "../test-command.ts";
import { prelabelJobs, startPrelabelling } from "../worker/prelabel-jobs.ts";

const [width, height] = [60, 80];
const preprocess = { minSize: 64, maxSize: 96, maskCollimation: false, testTimeFlip: false };

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

function newFolder(context: TestContext): string {
  const before = process.env.MALLEOLUS_PASSPHRASE;
  process.env.MALLEOLUS_PASSPHRASE = "lantern gravel otter nineteen";
  const folder = mkdtempSync(join(tmpdir(), "malleolus-cli-prelabel-"));
  context.after(() => {
    if (before === undefined) delete process.env.MALLEOLUS_PASSPHRASE;
    else process.env.MALLEOLUS_PASSPHRASE = before;
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** Pictures from `first` on, without fractures. */
async function importImages(folder: string, study: string, first: number, count: number) {
  const images = join(folder, `images-${first}`);
  mkdirSync(images);
  const numbers = Array.from({ length: count }, (_, i) => first + i);
  for (const i of numbers) {
    const pixels = Uint8Array.from({ length: width * height }, (_, n) => (n * (7 + i)) % 251);
    await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png()
      .toFile(join(images, `${i}.png`));
  }
  const coco = {
    images: numbers.map((i) => ({
      id: i + 1,
      file_name: `${i}.png`,
      width,
      height,
      patient: `p${i}`,
    })),
    categories: [{ id: 1, name: "weber_b" }],
    annotations: numbers.slice(0, 1).map((i) => ({
      id: i + 1,
      image_id: i + 1,
      category_id: 1,
      segmentation: [[10, 10, 30, 10, 30, 20]],
    })),
  };
  const annotations = join(folder, `coco-${first}.json`);
  writeFileSync(annotations, JSON.stringify(coco));
  const args = ["import", "coco", annotations, "--images", images, "--study", study];
  const { code, said } = await run(...args, "--unannotated", "no_fracture");
  assert.equal(code, 0, said);
}

function writeNetworks(folder: string): { segmentation: string; classification: string } {
  const [segmentation, classification] = ["s", "c"].map((name) =>
    join(folder, `${name}.safetensors`),
  );
  const classes = ankleClassification.classes.map(({ id }) => id);
  scope(() => {
    manualSeed(3);
    const ofBones = deepLabConfig();
    const small = {
      ...ofBones,
      backbone: { ...ofBones.backbone, norm: "group" },
      aspp: { channels: 16, rates: [2], separable: true },
      decoder: { lowChannels: 8, channels: 16, convolutions: 1 },
    } as const;
    writeSegmenter(segmentation, deepLab(small), preprocess);
    const ofClasses = classifierConfig(classes);
    const backbone = { ...ofClasses.backbone, norm: "group" } as const;
    writeClassifier(classification, imageClassifier({ ...ofClasses, backbone }), preprocess);
  });
  return { segmentation, classification };
}

test("prelabel: every radiograph once, and what is new since", async (context) => {
  const folder = newFolder(context);
  const study = join(folder, "study");
  assert.equal((await run("init", study)).code, 0);
  await importImages(folder, study, 0, 3);
  const { segmentation, classification } = writeNetworks(folder);
  const networks = ["--segmentation", segmentation, "--classification", classification];
  const args = ["prelabel", study, ...networks, "--threads", "1", "--workers", "1"];
  const first = await run(...args, "--json");
  assert.equal(first.code, 0, first.said);
  const counts = JSON.parse(first.written);
  // Networks that know nothing see no leg, and invent none.
  assert.deepEqual(
    [counts.stored, counts.outlined, counts.noLowerLeg, counts.failed],
    [3, 0, 3, 0],
  );
  const opened = await openStudy(study);
  assert.deepEqual(await imagesWithoutPrelabel(opened, counts.model), []);
  await closeStudy(opened);

  await importImages(folder, study, 3, 2);
  const again = await run(...args);
  assert.equal(again.code, 0, again.said);
  assert.match(
    again.written,
    /^2 radiographs prelabelled: 0 outlined, 2 without a lower leg, 0 that/,
  );
  assert.match(again.said, /the classifier is not calibrated: malleolus calibrate/);
  const nothing = await run(...args, "--json");
  assert.equal(JSON.parse(nothing.written).stored, 0);

  // What cannot be read is named, for programs too, and the rest goes on.
  const stored = () => globSync("**/*.png", { cwd: join(study, "images") });
  const before = new Set(stored());
  await importImages(folder, study, 5, 2);
  const [damaged] = stored().filter((path) => !before.has(path));
  chmodSync(join(study, "images", damaged), 0o600);
  writeFileSync(join(study, "images", damaged), "no picture");
  const partly = await run(...args, "--json");
  const { stored: kept, failed } = JSON.parse(partly.written);
  assert.deepEqual([kept, failed], [1, 1]);
  assert.match(partly.said, new RegExp(basename(damaged)));
});

/** A worker that is there before anybody has sent a job for its networks; what it says when it works, later. */
async function workerOn(
  context: TestContext,
  folder: string,
  segmentation: string,
  classification: string,
) {
  const study = await openStudy(folder);
  const queue = await openQueue(study);
  const networks = startPrelabelling({ segmentation, classification, threads: 1 });
  context.after(async () => {
    await networks.close();
    await queue.close();
    await closeStudy(study);
  });
  const model = await preliminaryModel("preliminary", segmentation, classification);
  const jobs = prelabelJobs(
    {
      ...{ study, queue, images: folderImages(study.images), who: "me" },
      onImage: () => undefined,
      onFailure: assert.fail,
    },
    model,
    networks,
  );
  return async () => {
    const events: string[] = [];
    const stop = new AbortController();
    await work([jobs], {
      stop: stop.signal,
      untilEmpty: true,
      onEvent: (event) => {
        events.push("reason" in event ? event.reason : event.event);
        stop.abort();
      },
    });
    return events;
  };
}

test("prelabel: by jobs, every radiograph gets what the command proposes, once", async (context) => {
  const folder = newFolder(context);
  const { segmentation, classification } = writeNetworks(folder);
  const networks = ["--segmentation", segmentation, "--classification", classification];
  const records: string[][] = [];
  for (const name of ["by command", "by jobs"]) {
    const study = join(folder, name);
    assert.equal((await run("init", study)).code, 0);
    await importImages(mkdtempSync(join(folder, "pictures-")), study, 0, 3);
    const importLast = () => importImages(mkdtempSync(join(folder, "pictures-")), study, 3, 1);
    if (name === "by command") {
      await importLast();
      const args = ["--threads", "1", "--workers", "1"];
      assert.equal((await run("prelabel", study, ...networks, ...args)).code, 0);
    } else {
      const args = [study, "--prelabel", ...networks];
      const other = await run("jobs", study, "--prelabel", "--segmentation", classification);
      assert.match(other.said, /expected a segmenter .*, got format malleolus-classifier-1;/);
      const earlier = await workerOn(context, study, segmentation, classification);
      const sent = await run("jobs", ...args, "--name", "ours");
      assert.match(sent.said, /^3 radiographs sent to be prelabelled in 1 jobs$/m);
      assert.deepEqual(await earlier(), ["completed"]);
      await importLast();
      await run("jobs", ...args, "--name", "ours");
      const worked = await run("worker", ...args, "--threads", "1", "--until-empty");
      assert.equal(
        worked.written,
        "1 jobs done with 1 radiographs, 0 given back, 0 lost\n",
        worked.said,
      );
      const again = await run("jobs", ...args, "--name", "ours");
      assert.match(again.said, /^0 radiographs sent/m);
    }
    const opened = await openStudy(study);
    const rows = await opened.database.selectFrom("prelabels").select("record").execute();
    await closeStudy(opened);
    const own = rows.map(({ record }) => record.replace('"name":"ours"', '"name":"preliminary"'));
    records.push(own.toSorted());
  }
  assert.equal(new Set(records[0]).size, 4);
  assert.deepEqual(records[1], records[0]);
});

test("prelabel: both networks from a bundle, and what they propose as COCO", async (context) => {
  const folder = newFolder(context);
  const study = join(folder, "study");
  assert.equal((await run("init", study)).code, 0);
  await importImages(folder, study, 0, 3);
  const { segmentation, classification } = writeNetworks(folder);
  const bundle = join(folder, "bundle");
  const networks = ["--segmentation", segmentation, "--classification", classification];
  const bundled = await run("bundle", bundle, ...networks, "--model-version", "7");
  assert.equal(bundled.code, 0, bundled.said);
  assert.match(
    bundled.written,
    /^.*bundle: segmentation [0-9a-f]{12}, classification [0-9a-f]{12}\n/,
  );
  const coco = join(folder, "proposals.json");
  const args = ["prelabel", study, "--bundle", bundle, "--threads", "1", "--coco", coco];
  const { code, said } = await run(...args);
  assert.equal(code, 0, said);
  const dataset = parseCoco(readFileSync(coco, "utf8"), coco);
  // Some cases may be drawn without proposals: none of theirs is written.
  const [, left] = /proposals\.json: \d radiographs, .*; (\d) left out, whose/.exec(said) ?? [];
  assert.equal(dataset.images.length + Number(left), 3);
  for (const { extra } of dataset.images) {
    assert.equal(Object(extra.probabilities).no_fracture > 0, true);
    assert.equal(extra.lower_leg, false);
  }

  const both = await run(...args, "--segmentation", segmentation);
  assert.equal(both.code, 2);
  const alone = await run("prelabel", study, "--classification", classification);
  assert.match(alone.said, /expected a network that outlines, got a classification alone; name/);
  const bare = await run("prelabel", study, "--threads", "1");
  assert.equal(bare.code, 0, bare.said);
  assert.match(bare.said, /by the networks that come with the project, which have seen simulated/);
  assert.match(bare.written, /^3 radiographs prelabelled: 0 outlined, 3 without a lower leg/);
  const lone = join(folder, "lone");
  await run("bundle", lone, "--classification", classification);
  const without = await run("prelabel", study, "--bundle", lone);
  assert.match(without.said, /expected a network that outlines, got .*lone, a bundle without one;/);
  assert.match((await run("bundle", lone)).said, /expected at least one network, got none;/);
  const wrong = await run("bundle", join(folder, "wrong"), "--segmentation", classification);
  assert.match(wrong.said, /expected a segmenter \(malleolus-segmenter-1\), got format/);
});

test("prelabel: a file of another network is told, and nothing is stored", async (context) => {
  const folder = newFolder(context);
  const study = join(folder, "study");
  assert.equal((await run("init", study)).code, 0);
  const { classification } = writeNetworks(folder);
  const { code, said } = await run("prelabel", study, "--segmentation", classification);
  assert.equal(code, 1);
  assert.match(
    said,
    /expected a segmenter \(malleolus-segmenter-1\), got format malleolus-classifier-1;/,
  );
});

test("prelabelOf: what is seen is a record that a study takes", () => {
  const model = { sha256: "a1".repeat(32), name: "preliminary", version: "1" };
  const shape = {
    structure: "fracture",
    polygons: [[1, 1, 9, 1, 9, 3, 1, 3]],
    line: { points: [1, 2, 9, 2], widthMm: 0.4 },
    score: 0.7,
  };
  const seen = {
    file: null,
    width,
    height,
    pixelSpacingMm: [0.2, 0.2] as const,
    outlined: { isLowerLeg: true, shapes: [shape], fractureProbability: 0.6 },
    classByHeight: "weber_b",
    // The file says which view it is: that guess is of no use.
    projection: {
      view: { value: "lateral" as const, probability: 0.7 },
      side: { value: "left" as const, probability: 0.8 },
    },
    view: "ap" as const,
    side: null,
    probabilities: Float32Array.of(0.1, 0.2, 0.3, 0.4),
    flippedProbabilities: null,
  };
  const classes = ankleClassification.classes.map(({ id }) => id);
  const record = prelabelOf(seen, "b2".repeat(32), model, classes);
  assert.deepEqual(prelabelSchema.parse(record), record);
  assert.deepEqual(Object.keys(record.probabilities ?? {}), classes);
  assert.deepEqual(
    [record.shapes, record.segmentation],
    [[shape], { fractureProbability: 0.6, class: "weber_b" }],
  );
  assert.deepEqual([record.view, record.side], [null, { value: "left", probability: 0.8 }]);
});
