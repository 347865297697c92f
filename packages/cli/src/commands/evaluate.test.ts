/** The command on a few small images, with a network that knows nothing and logs that know all. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  copyFileSync,
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
import { maskRcnn, writeDetector } from "@malleolus/networks";
import {
  detectionEvaluationSchema,
  detectron2Config,
  type MaskRcnnConfig,
} from "@malleolus/schema";
import { manualSeed, nn, scope } from "@malleolus/torch";
import sharp from "sharp";
import { runCommandLine } from "../command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "malleolus-evaluate-"));
after(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);

async function run(...args: string[]) {
  let [written, said] = ["", ""];
  const code = await runCommandLine(["evaluate", ...args], {
    write: (text) => {
      written += text;
    },
    writeError: (text) => {
      said += text;
    },
  });
  return { code, written, said };
}

/** Half of every proposal's score for the class. */
function writeTinyDetector(
  path: string,
  classes: readonly string[],
  seed: number,
  imageHead: MaskRcnnConfig["imageHead"] = null,
): void {
  const config = detectron2Config(classes);
  scope(() => {
    manualSeed(seed);
    const model = maskRcnn({
      ...config,
      imageHead,
      backbone: { ...config.backbone, fpnChannels: 32 },
      roi: {
        ...config.roi,
        detectionsPerImage: 3,
        box: { ...config.roi.box, fullyConnectedChannels: 32 },
        mask: { ...config.roi.mask, channels: 32, convolutions: 1 },
      },
    });
    nn.constant(model.roi_heads.box_predictor.cls_score.weight, 0);
    writeDetector(path, model, {
      minSize: 64,
      maxSize: 96,
      maskCollimation: false,
      testTimeFlip: false,
    });
  });
}

const [width, height] = [60, 50];
/** `[x, y, width, height]` of each image's objects; a crowd on the third. */
const objects = [
  [[5, 5, 20, 10]],
  [],
  [[10, 20, 30, 20]],
  [
    [2, 2, 8, 8],
    [30, 30, 12, 9],
  ],
  [],
];
const coco = {
  // Not in the order of their ids.
  images: objects.map((_, i) => ({
    id: 9 - i,
    file_name: `${i}.png`,
    width,
    height,
    patient: `p${Math.max(1, i)}`,
    side: i % 2 === 0 ? "right" : "left",
  })),
  annotations: objects.flatMap((boxes, i) =>
    boxes.map(([x, y, w, h], j) => ({
      id: 10 * i + j + 1,
      image_id: 9 - i,
      category_id: 1,
      bbox: [x, y, w, h],
      segmentation: [[x, y, x + w, y, x + w, y + h, x, y + h]],
      iscrowd: i === 2 ? 1 : 0,
    })),
  ),
  categories: [{ id: 1, name: "fracture" }],
};
for (const i of objects.keys()) {
  const pixels = Uint8Array.from({ length: width * height }, (_, n) => (n * (7 + i)) % 200);
  await sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(at(`${i}.png`));
}
writeFileSync(at("truth.json"), JSON.stringify(coco));
writeTinyDetector(at("model.safetensors"), ["fracture"], 3);
const base = ["--coco", at("truth.json"), "--images", folder, "--dtype", "float32"];
const whole = [...base, "--checkpoint", at("model.safetensors"), "--threads", "1"];

test("evaluate: one that was cut goes on, and ends with the same object", async () => {
  const first = await run(...whole, "--json", "--out", at("first"));
  assert.equal(first.code, 0, first.said);
  const evaluation = JSON.parse(first.written);
  assert.deepEqual([evaluation.images, evaluation.imagesWithObjects], [5, 3]);
  assert.equal(evaluation.box.recall50.total, 3);
  assert.equal(evaluation.groups, 4);
  assert.deepEqual(evaluation.trainingImages, { isKnown: false, trainedOn: 0, tunedWith: 0 });
  assert.match((await run(...whole)).written, /could not be checked: its run keeps no record/);
  assert.equal(evaluation.imageLevel.auc.positives, 3);
  assert.equal(readFileSync(at("first/evaluation.json"), "utf8"), first.written);

  const log = readFileSync(at("first/predictions.jsonl"), "utf8");
  const lines = log.trimEnd().split("\n");
  const ids = lines.slice(1).map((line) => JSON.parse(line).image);
  assert.deepEqual(ids, [5, 6, 7, 8, 9]);
  // The third image's line is cut, the first one's was changed: it is not found again.
  const [header, ...found] = lines;
  assert.ok(found.every((line) => JSON.parse(line).findings.length > 0));
  const changed = JSON.stringify({ image: 5, findings: [] });
  writeFileSync(
    at("first/predictions.jsonl"),
    `${header}\n${changed}\n${found[1]}\n${found[2].slice(0, 20)}`,
  );
  const second = await run(...whole, "--json", "--out", at("first"));
  assert.equal(second.code, 0, second.said);
  const expected = `${[header, changed, ...found.slice(1)].join("\n")}\n`;
  assert.equal(readFileSync(at("first/predictions.jsonl"), "utf8"), expected);
  const third = await run(...whole, "--json", "--out", at("first"));
  assert.equal(third.written, second.written);
  const nothingKept = await run(...whole, "--json");
  assert.equal(nothingKept.written, first.written);
});

function finding([x, y, w, h]: readonly number[], score: number) {
  return {
    class: "fracture",
    score,
    box: [x, y, x + w, y + h],
    polygons: [[x, y, x + w, y, x + w, y + h, x, y + h]],
    areaMm2: null,
    lengthMm: null,
    calibration: "none",
  };
}

test("evaluate: an image head's probability is a radiograph's score, kept and gone on with", async () => {
  const head = { hiddenChannels: 8, lossWeight: 1, weighsScores: true };
  writeTinyDetector(at("head.safetensors"), ["fracture"], 4, head);
  const args = [...base, "--checkpoint", at("head.safetensors"), "--threads", "1"];
  const { written } = await run(...args, "--json", "--out", at("head"));
  const { imageLevel } = JSON.parse(written);
  assert.equal(imageLevel.scoredBy, "image head");
  const log = readFileSync(at("head/predictions.jsonl"), "utf8").trimEnd().split("\n");
  assert.ok(log.slice(1).every((line) => JSON.parse(line).shown.fracture > 0));
  // The head told the three with objects from the two without, and finds nothing.
  const known = log.slice(1).map((line) => {
    const { image, imageSha256 } = JSON.parse(line);
    const isFractured = objects[9 - image].length > 0;
    return JSON.stringify({
      image,
      imageSha256,
      findings: [],
      shown: { fracture: isFractured ? 0.4 : 0.3 },
    });
  });
  writeFileSync(at("head/predictions.jsonl"), `${[log[0], ...known].join("\n")}\n`);
  const again = JSON.parse((await run(...args, "--json", "--out", at("head"))).written).imageLevel;
  assert.deepEqual([again.auc.auc, again.highestScoreAuc.auc], [1, 0.5]);
  const { written: text } = await run(...args, "--out", at("head"));
  // An earlier version's line says nothing of the head: its radiograph is looked at again.
  const [changed, ...others] = known;
  const { shown: _, ...earlier } = JSON.parse(changed);
  const lines = [log[0], JSON.stringify(earlier), ...others];
  writeFileSync(at("head/predictions.jsonl"), `${lines.join("\n")}\n`);
  const looked = JSON.parse((await run(...args, "--json", "--out", at("head"))).written);
  assert.equal(looked.imageLevel.scoredBy, "image head");
  const ended = readFileSync(at("head/predictions.jsonl"), "utf8").trimEnd().split("\n");
  assert.equal(ended.length, lines.length + 1);
  assert.equal(JSON.parse(ended[ended.length - 1]).image, earlier.image);
  assert.match(text, /without, by the image head: AUC 1\.000 .*; by the best score: 0\.500/);
});

test("evaluate: findings that are the truth have precision 1, and a false positive costs some", async () => {
  await run(...whole, "--out", at("known"), "--limit", "1");
  const [header] = readFileSync(at("known/predictions.jsonl"), "utf8").split("\n");
  const write = (falsePositives: readonly object[]) => {
    const lines = objects.map((boxes, i) => {
      const findings = boxes.map((box) => finding(box, 0.5));
      return JSON.stringify({ image: 9 - i, findings: i === 1 ? falsePositives : findings });
    });
    writeFileSync(at("known/predictions.jsonl"), `${[header, ...lines].join("\n")}\n`);
  };
  write([]);
  const perfect = JSON.parse((await run(...whole, "--out", at("known"), "--json")).written);
  for (const shape of [perfect.box, perfect.mask]) {
    assert.deepEqual([shape.averagePrecision.all, shape.averageRecall.best100], [1, 1]);
    assert.deepEqual([shape.recall50.count, shape.recall50.total], [3, 3]);
    assert.deepEqual(shape.intervals.averagePrecision.iou75, [1, 1]);
    assert.equal(shape.averagePrecision.large, null);
  }
  assert.equal(perfect.imageLevel.auc.auc, 1);
  assert.equal(perfect.imageLevel.specificity.share, 1);
  assert.deepEqual(perfect.found.falsePositivesPerImage.value, 0);
  const sides = perfect.subgroups.filter(({ field }: { field: string }) => field === "side");
  assert.deepEqual(
    sides.map(({ value, images, objects }: Record<string, unknown>) => [value, images, objects]),
    [
      ["left", 2, 2],
      ["right", 3, 1],
    ],
  );

  write([finding([1, 1, 9, 9], 0.9)]);
  const { written } = await run(...whole, "--out", at("known"), "--by", "side");
  // Three of four, the first one wrong.
  assert.match(
    written,
    /^5 radiographs, 3 of them with objects: 3 \(fracture\), in 4 groups of what is as good as /,
  );
  assert.match(written, /\nbox +fracture +0\.750 +0\.750 +0\.750 +0\.750 +– +– .* 3\/3\n/);
  assert.match(written, /\nmask +fracture +0\.750 /);
  assert.match(written, /\nbox +all radiographs +0\.750 \(\d\.\d+ to 1\.000\) /);
  assert.match(written, /\n +with objects only +1\.000 \(1\.000 to 1\.000\) /);
  assert.match(
    written,
    /objects found: 100 % \(\d+ to 100\), of 3; false boxes a radiograph: 0\.20 \(/,
  );
  // One false box is a fifth of a radiograph's, and scores more than all that is right.
  assert.match(written, /\nobjects found +0 % \(0 to \d+\) +100 % /);
  assert.match(written, /\nfrom score +– +0\.500 /);
  assert.match(written, /\nside +left +2 +2 +100 % .* 0\.667 /);
  assert.match(written, /\nsize of the object +small +2 +3 +100 % /);
  assert.match(written, /AUC 0\.500 \(/);
  assert.match(written, /sensitivity 100 % \(3\/3, \d+ to 100\), specificity 50 % \(1\/2, /);
  const unknown = await run(...whole, "--out", at("known"), "--by", "region");
  assert.match(unknown.said, /--by region: expected a field of .*; there is patient, side\n$/);
});

test("evaluate: the worst mistakes are drawn, those of an earlier evaluation are gone", async () => {
  await run(...whole, "--out", at("worst"), "--limit", "1");
  const [header] = readFileSync(at("worst/predictions.jsonl"), "utf8").split("\n");
  const found = [
    [finding([5, 5, 20, 10], 0.6)],
    [finding([1, 1, 9, 9], 0.4)],
    // In a crowd, and beside it.
    [finding([12, 22, 9, 9], 0.9), finding([45, 2, 9, 9], 0.7)],
    // The second object is found badly: no false positive, but not found either.
    [finding([2, 2, 8, 8], 0.8), finding([33, 32, 15, 12], 0.95)],
    [],
  ];
  const lines = found.map((findings, i) => JSON.stringify({ image: 9 - i, findings }));
  writeFileSync(at("worst/predictions.jsonl"), `${[header, ...lines].join("\n")}\n`);
  const { code, said } = await run(...whole, "--out", at("worst"), "--worst", "5");
  assert.equal(code, 0, said);
  const drawn = said.split("\n").filter((line) => line.includes("  score "));
  assert.deepEqual(
    drawn.map((line) => line.replace(`${at("worst", "worst")}/`, "")),
    [
      "missed          score 0.000  missed-01-3.png",
      "missed          score 0.600  missed-02-0.png",
      "false positive  score 0.700  false-positive-01-2.png",
      "false positive  score 0.400  false-positive-02-1.png",
    ],
  );
  const picture = await sharp(at("worst/worst/missed-01-3.png")).metadata();
  assert.ok((picture.width ?? 0) >= 800);

  writeFileSync(at("worst/worst/notes.txt"), "mine");
  await run(...whole, "--out", at("worst"), "--worst", "1");
  assert.deepEqual(readdirSync(at("worst/worst")).toSorted(), [
    "false-positive-01-2.png",
    "missed-01-3.png",
    "notes.txt",
  ]);
});

test("evaluate: what the run was trained on is refused, by the files' hashes", async () => {
  const sha256 = (name: string) =>
    createHash("sha256")
      .update(readFileSync(at(name)))
      .digest("hex");
  mkdirSync(at("run/checkpoints/step-000001"), { recursive: true });
  copyFileSync(at("model.safetensors"), at("run/checkpoints/step-000001/model.safetensors"));
  const record = {
    format: "malleolus-run-images-1",
    training: [sha256("1.png"), sha256("3.png")],
    tuning: [sha256("0.png")],
  };
  writeFileSync(at("run/seen-images.json"), JSON.stringify(record));
  const args = [...base, "--checkpoint", at("run/checkpoints/step-000001"), "--threads", "1"];
  const { code, said } = await run(...args, "--out", at("seen"));
  assert.equal(code, 1);
  assert.match(
    said,
    /\nmalleolus: .*3\.png, .*1\.png: expected radiographs that the detector has not seen, got 2 of 5 that [^\n]*--allow-training-images\n$/,
  );
  assert.ok(!existsSync(at("seen")));
  const allowed = await run(...args, "--allow-training-images");
  assert.equal(allowed.code, 0, allowed.said);
  assert.match(allowed.written, /TRAINED ON 2 of the 5: /);
  assert.match(allowed.written, /its best checkpoint was chosen by 1 of the 5: /);
});

test("evaluate: an intact bone that says no fracture is no object", async () => {
  const two = [
    { id: 1, name: "fracture" },
    { id: 2, name: "no_fracture" },
  ];
  const box = [3, 30, 10, 12];
  const [x, y, w, h] = box;
  const intact = {
    id: 90,
    image_id: 8,
    category_id: 2,
    bbox: box,
    segmentation: [[x, y, x + w, y, x + w, y + h, x, y + h]],
    iscrowd: 0,
  };
  const annotations = [...coco.annotations, intact];
  writeFileSync(at("two.json"), JSON.stringify({ ...coco, annotations, categories: two }));
  writeTinyDetector(at("two.safetensors"), ["fracture", "no_fracture"], 3);
  const args = [...base, "--coco", at("two.json"), "--checkpoint", at("two.safetensors")];
  await run(...args, "--out", at("two"), "--limit", "1");
  const [header] = readFileSync(at("two/predictions.jsonl"), "utf8").split("\n");
  const lines = objects.map((boxes, i) => {
    const findings = boxes.map((found) => finding(found, 0.5));
    const bone = { ...finding(box, 0.9), class: "no_fracture" };
    return JSON.stringify({ image: 9 - i, findings: i === 4 ? [bone] : findings });
  });
  writeFileSync(at("two/predictions.jsonl"), `${[header, ...lines].join("\n")}\n`);
  const { written, said } = await run(...args, "--out", at("two"), "--json");
  assert.notEqual(written, "", said);
  const evaluation = JSON.parse(written);
  assert.deepEqual(detectionEvaluationSchema.parse(evaluation), evaluation);
  assert.equal(evaluation.box.averagePrecision.all, 1);
  assert.equal(evaluation.box.classes[1].averagePrecision.all, 0);
  assert.equal(evaluation.imageLevel.auc.auc, 1);
  assert.deepEqual(
    [evaluation.imagesWithObjects, evaluation.found.falsePositivesPerImage.value],
    [3, 0],
  );
  const nothing = await run(...args, "--not-objects", "fracture,no_fracture");
  assert.match(nothing.said, /expected a class of .*two\.json that is left to find, got none; /);
});

test("evaluate: --worst without a folder is wrong usage", async () => {
  const { code, said } = await run(...whole, "--worst", "3");
  assert.equal(code, 2);
  assert.match(said, /--worst needs --out, a folder/);
});

const other: readonly (readonly [name: string, args: readonly string[], RegExp])[] = [
  ["threshold", [...whole, "--threshold", "0.2"], /got those of another --threshold; give another/],
  ["dtype", [...whole, "--dtype", "bfloat16"], /got those of another --dtype; /],
  [
    "checkpoint",
    [...base, "--checkpoint", at("second.safetensors")],
    /got those of another checkpoint; /,
  ],
];
test("evaluate: predictions of another evaluation are not mixed with this one's", async () => {
  writeTinyDetector(at("second.safetensors"), ["fracture"], 4);
  await run(...whole, "--out", at("mixed"), "--limit", "1");
  const before = readFileSync(at("mixed/predictions.jsonl"), "utf8");
  for (const [name, args, expected] of other) {
    const { code, said } = await run(...args, "--out", at("mixed"), "--limit", "1");
    assert.equal(code, 1, name);
    assert.match(said, /^malleolus: .*predictions\.jsonl: expected predictions of this [^\n]*\n$/);
    assert.match(said, expected);
  }
  assert.equal(readFileSync(at("mixed/predictions.jsonl"), "utf8"), before);
});

test("evaluate: predictions of other images under the same names are not taken for these", async () => {
  const others = at("others");
  mkdirSync(others);
  for (const i of objects.keys()) copyFileSync(at(`${i}.png`), join(others, `${i}.png`));
  const args = [...whole, "--images", others, "--out", at("stale")];
  assert.equal((await run(...args)).code, 0);
  const before = readFileSync(at("stale/predictions.jsonl"), "utf8");
  copyFileSync(at("0.png"), join(others, "3.png"));
  const { code, said } = await run(...args);
  assert.equal(code, 1);
  assert.match(said, /got those of others under 1 of their names \(.*3\.png\); give another --out/);
  assert.equal(readFileSync(at("stale/predictions.jsonl"), "utf8"), before);
  // Elsewhere, the same images are the same.
  copyFileSync(at("3.png"), join(others, "3.png"));
  assert.equal((await run(...whole, "--out", at("stale"))).code, 0);
});

test("evaluate: images that are missing are named before any is looked at, and crowds are told", async () => {
  const images = coco.images.map((image, i) =>
    i > 2 ? { ...image, file_name: `x${i}.png` } : image,
  );
  writeFileSync(at("missing.json"), JSON.stringify({ ...coco, images }));
  const { code, said } = await run(...whole, "--coco", at("missing.json"), "--out", at("missing"));
  assert.equal(code, 1);
  assert.match(
    said,
    /^malleolus: .*: expected 5 images, but 2 are missing: .*x3\.png, .*x4\.png\n$/,
  );
  assert.ok(!existsSync(at("missing")));
  const told = await run(...whole, "--json");
  assert.match(
    told.said,
    /^note on .*truth\.json: 1 of 4 annotations, on 1 image, is a crowd [^\n]*\.\n$/,
  );
});

test("evaluate: a checkpoint of other classes is named in a line, and nothing is made", async () => {
  writeTinyDetector(at("classes.safetensors"), ["weber-a", "weber-b"], 3);
  const args = [...base, "--checkpoint", at("classes.safetensors"), "--out", at("classes")];
  const { code, said } = await run(...args);
  assert.equal(code, 1);
  assert.match(
    said,
    /\nmalleolus: .*classes\.safetensors: expected a detector of .*truth\.json's classes \(fracture\), got one of weber-a, weber-b; [^\n]*\n$/,
  );
  assert.ok(!existsSync(at("classes")));
});

test("evaluate: an image of another size, and an object that is only a box, are named", async () => {
  const images = coco.images.map((image) => ({ ...image, width: 61 }));
  writeFileSync(at("wide.json"), JSON.stringify({ ...coco, images }));
  const wide = await run(...whole, "--coco", at("wide.json"));
  assert.equal(wide.code, 1);
  assert.match(
    wide.said,
    /^malleolus: .*wide\.json: 5 faults: .*0\.png: expected 61 x 50 pixels as annotated, got 60 x 50; [^\n]*\n$/,
  );
  const annotations = coco.annotations.map(({ segmentation: _, ...rest }) => rest);
  writeFileSync(at("boxes.json"), JSON.stringify({ ...coco, annotations }));
  const boxes = await run(...whole, "--coco", at("boxes.json"));
  assert.equal(boxes.code, 1);
  assert.match(
    boxes.said,
    /^malleolus: .*boxes\.json: annotation 1, 21, 31, 32: expected an outline, got only/,
  );
});

test("evaluate: a threshold above 1 is wrong usage", async () => {
  const { code, said } = await run(...whole, "--threshold", "1.5");
  assert.equal(code, 2);
  assert.match(said, /'1\.5' is invalid\. expected a number from 0 to 1/);
});
