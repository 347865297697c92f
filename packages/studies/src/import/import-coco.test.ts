import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { decodeRadiograph } from "@malleolus/data";
import { skipWithout, testDataPath } from "@malleolus/data/test-data";
import { outlinesColumn } from "@malleolus/schema";
import { resolveAnnotations } from "../annotation/resolve-annotations.ts";
import { imagePath } from "../image-store.ts";
import { closeStudy, findHospital, openKeys, openStudy } from "../study.ts";
import { newStudy, PASSPHRASE, radiograph } from "../test-study.ts";
import { type CocoImport, importCoco } from "./import-coco.ts";
import type { ImportEvent } from "./import-dicom.ts";
import { inspectStudy } from "./test-import.ts";

const [WIDTH, HEIGHT] = [40, 30];

/** A grey PNG with a patient's name in it; another shade is another image. */
function pngFile(shade: number, patient = "Jansen"): Buffer {
  const chunk = (name: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.writeUInt8(8, 8);
  const row = Buffer.concat([Buffer.alloc(1), Buffer.alloc(WIDTH, shade)]);
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("tEXt", Buffer.from(`Title\0${patient}`)),
    chunk("IDAT", deflateSync(Buffer.concat(Array(HEIGHT).fill(row)))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

interface WrittenImage {
  readonly file: string;
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Category ids, each of a triangle of its own. */
  readonly outlined?: readonly number[];
}

/** A folder of PNGs with a COCO file of two categories beside it. */
function writeCoco(folder: string, images: readonly WrittenImage[]) {
  const pictures = join(folder, "pictures");
  mkdirSync(pictures, { recursive: true });
  for (const [index, { file }] of images.entries()) {
    if (file.endsWith(".png")) writeFileSync(join(pictures, file), pngFile(index));
  }
  const annotations = images.flatMap(({ outlined = [] }, index) =>
    outlined.map((category_id) => ({
      image_id: index + 1,
      category_id,
      segmentation: [[2, 2, 20, 4, 8, 25]],
    })),
  );
  const path = join(folder, "coco.json");
  const text = JSON.stringify({
    images: images.map(({ file, extra }, index) => ({
      width: WIDTH,
      height: HEIGHT,
      ...extra,
      id: index + 1,
      file_name: file,
    })),
    categories: [
      { id: 1, name: "Weber B" },
      { id: 2, name: "break" },
      { id: 3, name: "fibula" },
    ],
    annotations: annotations.map((annotation, index) => ({ id: index + 1, ...annotation })),
  });
  writeFileSync(path, text);
  return { path, pictures };
}

type Given = Partial<Pick<CocoImport, "categories" | "unannotated" | "onRemarks">>;

async function importInto(folder: string, path: string, images: string, given: Given = {}) {
  const study = await openStudy(folder);
  const keys = await openKeys(study, PASSPHRASE);
  const events: ImportEvent[] = [];
  try {
    const counts = await importCoco(study, {
      path,
      images,
      categories: new Map(),
      unannotated: null,
      hospital: findHospital(study, undefined),
      keys,
      who: "tester",
      onEvent: (event) => events.push(event),
      ...given,
    });
    return { counts, events };
  } finally {
    keys.close();
    await closeStudy(study);
  }
}

/** Class and state of every case, and what "coco" drew, by the images' shades. */
async function readStudy(folder: string) {
  await inspectStudy(folder);
  const study = await openStudy(folder);
  try {
    const rows = await study.database
      .selectFrom("images")
      .innerJoin("cases", "cases.id", "images.case_id")
      .leftJoin("annotations", "annotations.image_sha256", "images.sha256")
      .select(["images.sha256", "images.facts", "images.case_id", "cases.patient_id"])
      .select(["cases.state", "cases.class", "annotations.author", "annotations.visibility"])
      .select("annotations.outlines")
      .execute();
    const transitions = await study.database.selectFrom("transitions").selectAll().execute();
    return { rows, transitions };
  } finally {
    await closeStudy(study);
  }
}

test("importCoco: outlines become annotations, and say the class of their case", async (context) => {
  const { folder, study } = await newStudy(context);
  const { path, pictures } = writeCoco(folder, [
    { file: "a.png", outlined: [1, 3] },
    { file: "b.png" },
    { file: "c.png", extra: { patient_id: 7, case_id: "x" }, outlined: [2, 2] },
    { file: "d.png", extra: { patient_id: 7, case_id: "x" } },
  ]);
  const categories = new Map([["2", "weber_c"]]);
  const { counts } = await importInto(study, path, pictures, { categories });
  assert.deepEqual(
    [counts.imported, counts.refused, counts.classified, counts.annotated],
    [4, 0, 2, 3],
  );
  const { rows, transitions } = await readStudy(study);
  const found = rows.map((row) => {
    const outlines = row.outlines === null ? null : outlinesColumn.read(row.outlines, "truth");
    const drawn = outlines?.map((one) => [one.structure, one.polygons.length]);
    return [row.state, row.class, row.author, row.visibility, drawn];
  });
  const sorted = found.map((one) => JSON.stringify(one)).sort();
  const expected = [
    [
      "agreed",
      "weber_b",
      "coco",
      "easy",
      [
        ["fracture", 1],
        ["fibula", 1],
      ],
    ],
    ["imported", null, null, null, undefined],
    ["agreed", "weber_c", "coco", "easy", [["fracture", 2]]],
    ["agreed", "weber_c", "coco", "impossible", []],
  ];
  assert.deepEqual(sorted, expected.map((one) => JSON.stringify(one)).sort());
  assert.equal(new Set(rows.map(({ patient_id }) => patient_id)).size, 3);
  assert.equal(new Set(rows.map(({ case_id }) => case_id)).size, 3);
  assert.equal(transitions.length, 3 + 2 * 3);

  const opened = await openStudy(study);
  const resolved = await resolveAnnotations(opened, "tester");
  await closeStudy(opened);
  assert.deepEqual([resolved.resolved, resolved.casesAnnotated], [3, 2]);
});

test("importCoco: pictures are stored without what is written beside them", async (context) => {
  const { folder, study } = await newStudy(context);
  const { path, pictures } = writeCoco(folder, [{ file: "a.png" }, { file: "b.png" }]);
  await importInto(study, path, pictures);
  const { rows } = await readStudy(study);
  for (const { sha256 } of rows) {
    const stored = readFileSync(imagePath(join(study, "images"), sha256, "png"));
    assert.ok(pngFile(0).includes("Jansen") && !stored.includes("Jansen"));
    assert.equal((await decodeRadiograph(stored, "stored")).width, WIDTH);
  }
});

test("importCoco: a picture that differs in what is written beside it alone is known", async (context) => {
  const { folder, study } = await newStudy(context);
  const { path, pictures } = writeCoco(folder, [{ file: "a.png" }, { file: "b.png" }]);
  writeFileSync(join(pictures, "b.png"), pngFile(0, "Willemsen"));
  for (const expected of [
    [1, 1, 0],
    [0, 2, 0],
  ]) {
    const { counts } = await importInto(study, path, pictures);
    assert.deepEqual([counts.imported, counts.known, counts.refused], expected);
  }
});

test("importCoco: the same file again, and one that was stopped before, go on", async (context) => {
  const { folder, study } = await newStudy(context);
  const { path, pictures } = writeCoco(folder, [
    { file: "a.png", outlined: [1] },
    { file: "b.png" },
  ]);
  const first = await importInto(study, path, pictures);
  assert.deepEqual([first.counts.classified, first.counts.annotated], [1, 1]);
  const before = await readStudy(study);
  const again = await importInto(study, path, pictures);
  assert.deepEqual(
    [again.counts.known, again.counts.classified, again.counts.annotated],
    [2, 0, 0],
  );
  assert.deepEqual(await readStudy(study), before);
  // As if the import had been killed between the class and the annotation.
  const opened = await openStudy(study);
  await opened.database.deleteFrom("annotations").execute();
  await closeStudy(opened);
  const resumed = await importInto(study, path, pictures, { unannotated: "No fracture" });
  assert.deepEqual([resumed.counts.classified, resumed.counts.annotated], [1, 2]);
});

test("importCoco: near-duplicates are one patient's, by whatever name, and an empty one is none", async (context) => {
  const { folder, study } = await newStudy(context);
  const { path, pictures } = writeCoco(folder, [
    { file: "a.png", extra: { PatientID: "P1", group: "g" }, outlined: [1] },
    { file: "b.png", extra: { group: "g", patient: "" } },
    { file: "c.png", extra: { patient_id: "P1" } },
    { file: "d.png", extra: { group: "h" } },
    { file: "e.png", extra: { group: "h", patient_id: null } },
    { file: "f.png", extra: { group: "", patient_id: "", case_id: "" } },
    { file: "g.png", extra: { group: "", patient_id: "", case_id: "" } },
  ]);
  const remarks: string[] = [];
  const onRemarks = (all: readonly string[]) => remarks.push(...all);
  const { counts } = await importInto(study, path, pictures, { onRemarks });
  assert.deepEqual([counts.imported, counts.refused], [7, 0]);
  assert.match(remarks.join(), /no annotation is of break, fibula/);
  const { rows } = await readStudy(study);
  // Grey levels are the images' places in the file.
  const patients = new Map<number, string>();
  for (const { sha256, patient_id } of rows) {
    const stored = readFileSync(imagePath(join(study, "images"), sha256, "png"));
    patients.set(
      Math.round(255 * (await decodeRadiograph(stored, "stored")).pixels[0]),
      patient_id,
    );
  }
  const of = (shade: number) => patients.get(shade);
  assert.deepEqual([of(1), of(2)], [of(0), of(0)]);
  assert.equal(of(4), of(3));
  assert.equal(new Set([of(0), of(3), of(5), of(6)]).size, 4);
});

test("importCoco: one file as an image with outlines and as one without ends it before it begins", async (context) => {
  const { folder, study } = await newStudy(context);
  const { path, pictures } = writeCoco(folder, [
    { file: "a.png", outlined: [1] },
    { file: "./a.png" },
  ]);
  await assert.rejects(
    importInto(study, path, pictures),
    /a\.png: expected one image of the file, got the images 1/,
  );
  assert.equal((await readStudy(study)).rows.length, 0);
});

test("importCoco: DICOM files go by their own patients and examinations", async (context) => {
  const { folder, study } = await newStudy(context);
  const size = { width: 2, height: 2 };
  const { path, pictures } = writeCoco(folder, [
    { file: "a.dcm", extra: size },
    { file: "b.dcm", extra: size },
  ]);
  writeFileSync(join(pictures, "a.dcm"), radiograph(0, 0));
  writeFileSync(join(pictures, "b.dcm"), radiograph(0, 1));
  const { counts } = await importInto(study, path, pictures, { unannotated: "no_fracture" });
  assert.deepEqual([counts.imported, counts.classified, counts.annotated], [2, 1, 2]);
});

test("importCoco: an image that is missing, of another size or none is listed", async (context) => {
  const { folder, study } = await newStudy(context);
  const { path, pictures } = writeCoco(folder, [
    { file: "a.png", extra: { width: 41 } },
    { file: "missing.jpg" },
    { file: "text.jpg" },
    { file: "d.png" },
  ]);
  writeFileSync(join(pictures, "text.jpg"), "hello");
  const { counts, events } = await importInto(study, path, pictures);
  assert.deepEqual([counts.imported, counts.refused], [1, 3]);
  const codes = events.map((event) => (event.outcome === "refused" ? event.code : event.outcome));
  assert.deepEqual(codes, ["source", "unreadable", "unknown-format", "imported"]);
});

test("importCoco: images of one case that say different classes are listed", async (context) => {
  const { folder, study } = await newStudy(context);
  const { path, pictures } = writeCoco(folder, [
    { file: "a.png", extra: { case_id: 1 }, outlined: [1] },
    { file: "b.png", extra: { case_id: 1 }, outlined: [2] },
  ]);
  const categories = new Map([["break", "weber_c"]]);
  const { counts, events } = await importInto(study, path, pictures, { categories });
  assert.deepEqual([counts.imported, counts.refused, counts.classified], [2, 1, 0]);
  const last = events.at(-1);
  assert.ok(last?.outcome === "refused" && /weber_b and weber_c/.test(last.reason));
});

for (const [what, given, pattern] of [
  ["a category without a class", {}, /"break" \(2\) to be one of .*weber_a.*break=weber_a/],
  ["an unknown class", { categories: new Map([["break", "weber_d"]]) }, /weber_a.*got "weber_d"/],
  ["an unknown category", { categories: new Map([["brake", "weber_a"]]) }, /break \(2\).*"brake"/],
  ["an unknown class of the rest", { unannotated: "none" }, /no_fracture, got "none"/],
] as const) {
  test(`importCoco: ${what} ends it before it begins`, async (context) => {
    const { folder, study } = await newStudy(context);
    const outlined = what === "an unknown class of the rest" ? [] : [2];
    const { path, pictures } = writeCoco(folder, [{ file: "a.png", outlined }]);
    await assert.rejects(importInto(study, path, pictures, given), pattern);
    assert.equal((await readStudy(study)).rows.length, 0);
  });
}

const atlas = testDataPath("fracatlas");
test("importCoco: FracAtlas in one go", skipWithout(atlas), async (context) => {
  const { folder, study } = await newStudy(context);
  const whole = JSON.parse(readFileSync(join(atlas ?? "", "valid.json"), "utf8"));
  const drawn = new Set(whole.annotations.map(({ image_id }: { image_id: number }) => image_id));
  const images = whole.images.filter(({ id }: { id: number }) => drawn.has(id) || id % 9 === 0);
  const kept = new Set(images.slice(0, 40).map(({ id }: { id: number }) => id));
  const only = (one: { id?: number; image_id?: number }) => kept.has(one.image_id ?? one.id ?? 0);
  const path = join(folder, "some.json");
  writeFileSync(
    path,
    JSON.stringify({
      ...whole,
      images: images.slice(0, 40),
      annotations: whole.annotations.filter(only),
    }),
  );
  const { counts } = await importInto(study, path, join(atlas ?? "", "images"), {
    categories: new Map([["fracture", "weber_b"]]),
    unannotated: "no_fracture",
  });
  assert.deepEqual(
    [counts.imported, counts.refused, counts.classified, counts.annotated],
    [40, 0, 40, 40],
  );
});
