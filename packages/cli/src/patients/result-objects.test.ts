import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readRadiograph } from "@malleolus/data";
import { type ElementValue, TRANSFER_SYNTAX, writeDicomFile } from "@malleolus/data/dicom";
import type { Prediction } from "@malleolus/schema";
import sharp from "sharp";
import { isOwnOutput, requireObjectRoom } from "../own-output.ts";
import { objectWriter } from "./result-objects.ts";

const [WIDTH, HEIGHT] = [60, 50];

function radiograph(instance: string, study: string): Uint8Array {
  const pixels = new Uint16Array(WIDTH * HEIGHT).fill(300);
  const sopClass = "1.2.840.10008.5.1.4.1.1.1";
  const elements = new Map<number, ElementValue>([
    [0x00080016, { vr: "UI", value: sopClass }],
    [0x00080018, { vr: "UI", value: instance }],
    [0x00080060, { vr: "CS", value: "CR" }],
    [0x00100010, { vr: "PN", value: "Nobody" }],
    [0x0020000d, { vr: "UI", value: study }],
    [0x0020000e, { vr: "UI", value: `${study}.1` }],
    [0x00280002, { vr: "US", value: 1 }],
    [0x00280004, { vr: "CS", value: "MONOCHROME2" }],
    [0x00280010, { vr: "US", value: HEIGHT }],
    [0x00280011, { vr: "US", value: WIDTH }],
    [0x00280100, { vr: "US", value: 16 }],
    [0x00280101, { vr: "US", value: 12 }],
    [0x00280102, { vr: "US", value: 11 }],
    [0x00280103, { vr: "US", value: 0 }],
    [0x7fe00010, { vr: "OW", value: new Uint8Array(pixels.buffer) }],
  ]);
  const transferSyntax = TRANSFER_SYNTAX.none;
  return writeDicomFile(elements, { sopClass, sopInstance: instance, transferSyntax });
}

function predictionOf(file: string, found: boolean): Prediction {
  const box = [10, 10, 30, 24] as const;
  return {
    format: "malleolus-prediction-1",
    file,
    detector: "model.safetensors",
    scoreThreshold: 0.4,
    width: WIDTH,
    height: HEIGHT,
    pixelSpacingMm: null,
    spacingSource: "none",
    findings: found
      ? [
          {
            class: "weber_b",
            score: 0.8,
            box,
            polygons: [[10, 10, 30, 10, 30, 24, 10, 24]],
            areaMm2: null,
            lengthMm: null,
            calibration: "none",
          },
        ]
      : [],
    classScores: {},
    imageProbabilities: null,
    patient: "P-1",
    answer: {
      class: "weber_b",
      probabilities: { weber_b: 0.8, no_fracture: 0.2 },
      fractureProbability: 0.8,
      radiographs: 3,
      prevalence: 0.3,
    },
  };
}

/** Two radiographs of one study and one of another, a picture, and a detector's file. */
async function prepare(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-objects-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const at = (name: string) => join(folder, name);
  writeFileSync(at("a.dcm"), radiograph("1.3.99.7.1", "1.3.99.7"));
  writeFileSync(at("b.dcm"), radiograph("1.3.99.7.2", "1.3.99.7"));
  writeFileSync(at("c.dcm"), radiograph("1.3.99.8.1", "1.3.99.8"));
  const raw = { width: WIDTH, height: HEIGHT, channels: 1 } as const;
  await sharp(new Uint8Array(WIDTH * HEIGHT), { raw })
    .png()
    .toFile(at("d.png"));
  writeFileSync(at("model.safetensors"), "weights");
  const names = ["a.dcm", "b.dcm", "c.dcm", "d.png"];
  return {
    at,
    files: names.map((name) => ({ path: at(name), name })),
    predicted: names.map((name) => ({
      name,
      prediction: predictionOf(at(name), name === "a.dcm"),
    })),
    writing: {
      folder: at("objects"),
      detectorFile: at("model.safetensors"),
      detector: { classes: ["weber_b", "no_fracture"], engine: "libtorch", precision: "float32" },
      isThresholdGiven: false,
    },
  } as const;
}

test("objectWriter: objects of each DICOM file, a report of each study, and nothing of a picture", async (context) => {
  const { at, predicted, writing } = await prepare(context);
  await (await objectWriter(writing))(predicted);
  const written = readdirSync(at("objects")).sort();
  assert.deepEqual(written, [
    "a.dcm.picture.dcm",
    "a.dcm.presentation.dcm",
    "a.dcm.report.dcm",
    "a.dcm.segmentation.dcm",
    "b.dcm.picture.dcm",
    "b.dcm.presentation.dcm",
    "c.dcm.picture.dcm",
    "c.dcm.presentation.dcm",
    "c.dcm.report.dcm",
  ]);
  // The picture is larger than the small radiograph, and can be looked at by our own reader, too.
  const picture = await readRadiograph(at("objects/a.dcm.picture.dcm"));
  assert.ok(picture.width > WIDTH && picture.displayed.max > 0.9);
  const report = readFileSync(at("objects/a.dcm.report.dcm"), "latin1");
  assert.match(report, /score threshold 0.4, by the decided class/);
  assert.match(report, /prevalence 0.3/);
  assert.match(report, /precision float32/);
});

test("objectWriter: a repeated analysis writes the same files", async (context) => {
  const { at, predicted, writing } = await prepare(context);
  const contents = async (folder: string, isThresholdGiven = false) => {
    await (await objectWriter({ ...writing, folder, isThresholdGiven }))(predicted);
    return readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  };
  const first = await contents(at("first"));
  assert.deepEqual(await contents(at("second")), first);
  // Other settings make other objects.
  const third = await contents(at("third"), true);
  for (const [i, file] of third.entries()) assert.notDeepEqual(file, first[i]);
});

test("objectWriter: a radiograph that objects cannot name is refused before anything is written", async (context) => {
  const { at, predicted, writing } = await prepare(context);
  writeFileSync(at("b.dcm"), radiograph("", "1.3.99.7"));
  const write = await objectWriter(writing);
  await assert.rejects(write(predicted), { code: "damaged" });
  assert.throws(() => readdirSync(at("objects")), { code: "ENOENT" });
});

test("own output: objects are told from radiographs, and replace nothing else", async (context) => {
  const { at, files, predicted, writing } = await prepare(context);
  await (await objectWriter(writing))(predicted);
  for (const name of readdirSync(at("objects")))
    assert.ok(isOwnOutput(at(`objects/${name}`)), name);
  for (const name of ["a.dcm", "d.png", "model.safetensors"])
    assert.ok(!isOwnOutput(at(name)), name);
  requireObjectRoom(files, at("objects"));
  writeFileSync(at("objects/b.dcm.segmentation.dcm"), radiograph("1.3.99.7.3", "1.3.99.7"));
  assert.throws(() => requireObjectRoom(files, at("objects")), {
    code: "folder",
    message: `${at("objects")}: expected room for what is found, got other files that would be replaced: ${at("objects/b.dcm.segmentation.dcm")}; give another --dicom`,
  });
});
