import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readOutlines, replaceUid } from "@malleolus/data";
import { outlinesColumn } from "@malleolus/schema";
import { findHospital, openKeys, openStudy, type Study } from "../study.ts";
import { addCases, imageId, studyWithPeople } from "../test-people.ts";
import { newStudy, PASSPHRASE, radiograph, scratchFolder } from "../test-study.ts";
import { type AnnotationsImport, importAnnotations } from "./import-annotations.ts";
import { matchImage } from "./match-image.ts";
import { importInto } from "./test-import.ts";

type Objects = readonly (readonly [category: string, ring: readonly number[]])[];
interface OutlinedOn {
  readonly file: string;
  readonly objects: Objects;
  readonly size?: readonly [number, number];
  readonly visibility?: string;
}

function coco(images: readonly OutlinedOn[]): string {
  const names = [...new Set(images.flatMap(({ objects }) => objects.map(([name]) => name)))];
  return JSON.stringify({
    images: images.map(({ file, size = [200, 240], visibility }, index) => ({
      id: index + 1,
      file_name: file,
      width: size[0],
      height: size[1],
      ...(visibility === undefined ? {} : { visibility }),
    })),
    categories: ["fracture", ...names.filter((name) => name !== "fracture")].map((name, index) => ({
      id: index + 1,
      name,
    })),
    annotations: images
      .flatMap(({ objects }, image) => objects.map((one) => [image + 1, ...one] as const))
      .map(([image, name, ring], index) => ({
        id: index + 1,
        image_id: image,
        category_id: ["fracture", ...names.filter((one) => one !== "fracture")].indexOf(name) + 1,
        segmentation: [ring],
      })),
  });
}

async function importText(study: Study, text: string, changes: Partial<AnnotationsImport> = {}) {
  const path = join(study.folder, "drawn.json");
  writeFileSync(path, text);
  return importAnnotations(study, {
    path,
    file: await readOutlines(path),
    categories: new Map(),
    people: new Map([["", "annotator-1"]]),
    as: "annotator",
    why: "imported",
    who: "me",
    skipUnmatched: false,
    onlyOutlined: false,
    keys: null,
    hospital: null,
    folder: null,
    ...changes,
  });
}

const rectangle = (x1: number, y1: number, x2: number, y2: number) => [
  x1,
  y1,
  x2,
  y1,
  x2,
  y2,
  x1,
  y2,
];
const FRACTURE = rectangle(50, 50, 90, 60);

async function classified(context: Parameters<typeof studyWithPeople>[0]): Promise<Study> {
  const study = await studyWithPeople(context);
  await addCases(study, [
    { id: "broken", state: "agreed", class: "weber_b", views: ["ap", "lateral"] },
    { id: "whole", state: "agreed", class: "no_fracture", views: ["ap"] },
    { id: "unread", views: ["ap"] },
  ]);
  return study;
}

const by = (id: string) => ({ people: new Map([["", id]]) });

test("importAnnotations: two annotators agree on one image, differ on another, and a senior decides", async (context) => {
  const study = await classified(context);
  const [ap, lateral, whole] = [
    imageId("broken", "ap"),
    imageId("broken", "lateral"),
    imageId("whole", "ap"),
  ];
  const first = coco([
    {
      file: `job/${ap}.png`,
      objects: [
        ["weber_b", FRACTURE],
        ["fibula", rectangle(40, 0, 95, 200)],
      ],
    },
    { file: `1a2b3c4d-${lateral}.png`, objects: [["fracture", FRACTURE]], visibility: "Subtle" },
    { file: `${whole}.dcm`, objects: [["no_fracture", rectangle(40, 0, 95, 200)]] },
  ]);
  assert.deepEqual(await importText(study, first), {
    imported: 3,
    known: 0,
    resolved: 0,
    casesAnnotated: 0,
    disagreements: [],
    untouched: [],
    unmatched: [],
    refused: [],
  });
  const again = await importText(study, first);
  assert.deepEqual([again.imported, again.known], [0, 3]);
  const second = coco([
    {
      file: ap,
      objects: [
        ["fracture", FRACTURE],
        ["fibula", rectangle(40, 0, 95, 190)],
      ],
    },
    { file: lateral, objects: [] },
    { file: whole, objects: [["no_fracture", rectangle(40, 0, 95, 190)]] },
  ]);
  const both = await importText(study, second, by("annotator-2"));
  assert.deepEqual([both.resolved, both.casesAnnotated, both.disagreements], [2, 1, [lateral]]);
  const decided = coco([{ file: lateral, objects: [["fracture", FRACTURE]] }]);
  const senior = { ...by("senior"), as: "senior", why: "seen on the second look" } as const;
  const last = await importText(study, decided, senior);
  assert.deepEqual(
    [last.imported, last.resolved, last.casesAnnotated, last.refused],
    [1, 1, 1, []],
  );
  assert.deepEqual((await importText(study, decided, senior)).known, 1);
  const truths = await study.database
    .selectFrom("image_truths")
    .select(["image_sha256", "visibility", "how", "why"])
    .execute();
  const truth = truths.find(({ image_sha256 }) => image_sha256 === lateral);
  assert.deepEqual(
    [truth?.visibility, truth?.how, truth?.why],
    ["easy", "adjudicated", "seen on the second look"],
  );
});

test("importAnnotations: nothing is imported where an image cannot be used, and each is named", async (context) => {
  const study = await classified(context);
  const ap = imageId("broken", "ap");
  const text = coco([
    { file: "unknown.png", objects: [["fracture", FRACTURE]] },
    { file: ap, objects: [["fracture", FRACTURE]], size: [400, 480] },
    { file: imageId("broken", "lateral"), objects: [["weber_c", FRACTURE]] },
    { file: imageId("whole", "ap"), objects: [["fracture", FRACTURE]] },
    { file: imageId("unread", "ap"), objects: [["fracture", FRACTURE]] },
  ]);
  const { refused, imported, unmatched } = await importText(study, text);
  const expected: readonly (readonly [string, RegExp])[] = [
    ["image 2", /on 200 x 240 pixels, got them on 400 x 480/],
    ["image 3", /another class than its case's, weber_b, got weber_c/],
    ["image 4", /expected no fracture, since its case is no_fracture/],
    ["image 5", /case unread has no class yet; import its readings first/],
    ["image 1", /no image of the study has its name.*--skip-unmatched/],
  ];
  assert.deepEqual(
    refused.map(({ place }) => place),
    expected.map(([place]) => place),
  );
  for (const [i, [, why]] of expected.entries()) assert.match(refused[i].why, why);
  assert.deepEqual([imported, unmatched], [0, ["image 1"]]);
  assert.deepEqual(await study.database.selectFrom("annotations").select("id").execute(), []);
  assert.deepEqual(await study.database.selectFrom("tasks").select("person").execute(), []);
  await assert.rejects(
    importText(study, coco([{ file: ap, objects: [["crack", FRACTURE]] }])),
    /expected category "crack" to be fracture, or one of the protocol's.*as crack=fracture/,
  );
  const nobody = await importText(study, coco([{ file: ap, objects: [["fracture", FRACTURE]] }]), {
    people: new Map(),
  });
  assert.match(nobody.refused[0].why, /say who drew it with --annotator ID/);
  const named = new Map([["crack", "fracture"]]);
  const skipped = await importText(
    study,
    coco([
      { file: "unknown.png", objects: [] },
      { file: ap, objects: [["crack", FRACTURE]] },
    ]),
    { skipUnmatched: true, categories: named },
  );
  assert.deepEqual([skipped.imported, skipped.unmatched], [1, ["image 1"]]);
  const twice = coco([
    { file: `${ap}.png`, objects: [["fracture", FRACTURE]] },
    { file: `copy of ${ap}.png`, objects: [["fracture", rectangle(0, 0, 9, 9)]] },
  ]);
  const twins = await importText(study, twice);
  assert.deepEqual(twins.refused, [
    { place: "image 2", why: "it is the same radiograph as image 1; leave one of the two out" },
  ]);
  const half = coco([
    { file: imageId("broken", "lateral"), objects: [] },
    { file: imageId("whole", "ap"), objects: [["no_fracture", FRACTURE]] },
  ]);
  const outlined = await importText(study, half, { onlyOutlined: true });
  assert.deepEqual([outlined.imported, outlined.untouched], [1, ["image 1"]]);
});

test("importAnnotations: Labelbox's people, an open line as a band of the protocol's width", async (context) => {
  const study = await classified(context);
  const label = (author: string, object: object) => ({
    label_details: { created_by: author },
    annotations: { objects: [{ name: "fracture", ...object }], classifications: [] },
  });
  const line = {
    line: [
      { x: 50, y: 55 },
      { x: 90, y: 55 },
    ],
  };
  const row = {
    data_row: { id: "1", external_id: `${imageId("broken", "ap")}.png` },
    media_attributes: { width: 200, height: 240 },
    projects: { p: { labels: [label("ann@x.org", line), label("bob@x.org", line)] } },
  };
  const unsaid = await importText(study, JSON.stringify(row), { people: new Map() });
  assert.match(
    unsaid.refused[0].why,
    /got "ann@x.org"; say who that is with --annotator ann@x.org=ID/,
  );
  const one = await importText(study, JSON.stringify(row));
  assert.match(one.refused[0].why, /one annotation a person, got annotator-1, annotator-1/);
  const people = new Map([
    ["ann@x.org", "annotator-1"],
    ["bob@x.org", "annotator-2"],
  ]);
  const counts = await importText(study, JSON.stringify(row), { people });
  assert.deepEqual([counts.imported, counts.resolved, counts.refused], [2, 1, []]);
  const { outlines } = await study.database
    .selectFrom("image_truths")
    .select("outlines")
    .executeTakeFirstOrThrow();
  assert.deepEqual(outlinesColumn.read(outlines, "the truth"), [
    { structure: "fracture", polygons: [], lines: [{ points: [50, 55, 90, 55], widthMm: 3 }] },
  ]);
});

test("matchImage: by original UID, by the file's bytes, by accession number and view, and by nothing else", async (context) => {
  const { study: folder } = await newStudy(context);
  const archive = scratchFolder(context);
  const path = join(archive, "brought.dcm");
  writeFileSync(path, radiograph(1, 1));
  await importInto(folder, path);
  const study = await openStudy(folder);
  const keys = await openKeys(study, PASSPHRASE);
  try {
    const { sha256, case_id } = await study.database
      .selectFrom("images")
      .select(["sha256", "case_id"])
      .executeTakeFirstOrThrow();
    const names = { keys, hospital: findHospital(study, undefined), folder: archive };
    const find = (fileName: string, extra = {}, changes = {}) =>
      matchImage(study, { fileName, extra }, { ...names, ...changes });
    const found: readonly (readonly [string, object?])[] = [
      ["1.3.99.1.1.1.dcm"],
      [`${replaceUid("1.3.99.1.1.1", keys.secret)}.png`],
      ["a.png", { SOPInstanceUID: "1.3.99.1.1.1" }],
      ["somewhere/brought.dcm"],
      ["ACC1001.png"],
      ["x.png", { accession: "ACC1001" }],
      [`${case_id}.png`],
      [`https://bucket/${sha256}.png?token=1`],
    ];
    for (const [fileName, extra] of found)
      assert.equal(await find(fileName, extra), sha256, fileName);
    for (const name of ["ACC1002.png", "1.3.99.1.1.2", "ACC1001_lateral.png", "other.dcm"]) {
      assert.equal(await find(name), null, name);
    }
    assert.equal(await find("ACC1001.png", {}, { keys: null }), null);
    assert.equal(await find("brought.dcm", {}, { folder: null }), null);
  } finally {
    keys.close();
    await study.database.destroy();
  }
});
