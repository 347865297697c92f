import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBareDataSet } from "../attributes.ts";
import { parseDataSet } from "../data-set.ts";
import { deidentify } from "../deidentify/deidentify.ts";
import { readFileParts } from "../file-parts.ts";
import { readDicom } from "../read-dicom.ts";
import {
  type ElementValue,
  TRANSFER_SYNTAX,
  writeBareDataSet,
  writeDicomFile,
} from "./data-set.ts";
import { writeMeta } from "./file-meta.ts";

const META = {
  sopClass: "1.2.840.10008.5.1.4.1.1.1",
  sopInstance: "1.3.99.1",
  transferSyntax: TRANSFER_SYNTAX.none,
};
const PIXELS = Uint16Array.of(0, 100, 200, 400, 500, 600);

/** Of every kind of value one, in no order, with texts of odd lengths. */
const elements: readonly (readonly [tag: number, element: ElementValue])[] = [
  [0x7fe00010, { vr: "OW", value: new Uint8Array(PIXELS.buffer) }],
  [0x00080005, { vr: "CS", value: "ISO_IR 192" }],
  [0x00080016, { vr: "UI", value: META.sopClass }],
  [0x00080018, { vr: "UI", value: META.sopInstance }],
  [0x00080060, { vr: "CS", value: "DX" }],
  [0x00100010, { vr: "PN", value: "Föhn^É" }],
  [0x00181164, { vr: "DS", value: ["0.1", "0.25"] }],
  [0x00280002, { vr: "US", value: 1 }],
  [0x00280004, { vr: "CS", value: "MONOCHROME2" }],
  [0x00280010, { vr: "US", value: 2 }],
  [0x00280011, { vr: "US", value: 3 }],
  [0x00280100, { vr: "US", value: 16 }],
  [0x00280101, { vr: "US", value: 16 }],
  [0x00280102, { vr: "US", value: 15 }],
  [0x00280103, { vr: "US", value: 0 }],
  [0x00281041, { vr: "SS", value: -1 }],
  [0x00282110, { vr: "CS", value: "00" }],
  [0x00540220, { vr: "SQ", value: [new Map([[0x00080104, { vr: "LO", value: "Mortise" }]])] }],
];
const file = writeDicomFile(new Map(elements), META);

test("writeDicomFile: what was written is read", async () => {
  const attributes = parseDataSet(file, "written");
  assert.equal(attributes.text("x00100010"), "Föhn^É");
  assert.equal(attributes.text("x00080018"), META.sopInstance);
  const { width, height, modality, view, pixelSpacingMm, stored } = await readDicom(
    file,
    "written",
  );
  assert.deepEqual([width, height, modality, view], [3, 2, "DX", "mortise"]);
  assert.deepEqual(pixelSpacingMm, [0.1, 0.25]);
  assert.deepEqual([stored.min, stored.max], [0, 600]);
});

test("writeDicomFile: elements stand in the order of their tags, each of an even length", () => {
  const whole = Buffer.from(file);
  const heads = elements
    .map(([tag, { vr }]) => [tag, vr] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([tag, vr]) => {
      const head = Buffer.alloc(6);
      head.writeUInt16LE(tag >>> 16, 0);
      head.writeUInt16LE(tag & 0xffff, 2);
      head.write(vr, 4, "latin1");
      return whole.indexOf(head, 132);
    });
  assert.ok(!heads.includes(-1));
  assert.deepEqual(
    heads,
    heads.toSorted((a, b) => a - b),
  );
  assert.ok(heads.every((at) => at % 2 === 0));
});

test("files that are written and files that are de-identified name one implementation", () => {
  const given = {
    pseudonym: "A-1",
    key: new Uint8Array(32),
    shiftDays: 1,
    burnedIn: "refuse",
  } as const;
  assert.deepEqual(implementationOf(deidentify(file, given, "written")), implementationOf(file));
});

/** The elements (0002,0012) and (0002,0013), to the end of the meta information. */
function implementationOf(bytes: Uint8Array): Buffer {
  const whole = Buffer.from(bytes);
  const at = whole.indexOf(Buffer.from("020012005549", "hex"), 132);
  assert.ok(at > 0);
  return whole.subarray(at, 144 + whole.readUInt32LE(140));
}

test("writeBareDataSet: what a message carries is read, explicit and implicit", () => {
  const dataSet = new Map(elements.filter(([tag]) => tag >= 0x00080018 && tag < 0x7fe00010));
  for (const [vrs, syntax] of [
    ["explicit", "1.2.840.10008.1.2.1"],
    ["implicit", "1.2.840.10008.1.2"],
  ] as const) {
    const attributes = parseBareDataSet(writeBareDataSet(dataSet, vrs), syntax, "message");
    assert.equal(attributes.text("x00080018"), META.sopInstance, vrs);
    assert.equal(attributes.short("x00281041", { signed: true }), -1);
    assert.equal(attributes.items("x00540220")[0].text("x00080104"), "Mortise");
  }
  assert.equal(
    parseBareDataSet(new Uint8Array(), "1.2.840.10008.1.2", "m").text("x00080018"),
    null,
  );
});

test("readFileParts: the data set as it stands in the file, and what names it", () => {
  const parts = readFileParts(file, "written");
  assert.deepEqual(
    Buffer.concat([writeMeta(parts), parts.dataSet]).equals(Buffer.from(file)),
    true,
  );
  assert.throws(() => readFileParts(file.subarray(132), "cut"), { code: "damaged" });
});
