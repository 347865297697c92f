/** Files that are not written as they should be, and what they mean all the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../errors.ts";
import { parseDataSet } from "./data-set.ts";
import { deidentify } from "./deidentify/deidentify.ts";
import { readDicom } from "./read-dicom.ts";
import { dicomFile, GRAY_2X2, type Value, withBytes } from "./test-dicom.ts";

const IMPLICIT = "1.2.840.10008.1.2";
const EXPLICIT = "1.2.840.10008.1.2.1";
const PICTURE = { min: 0, max: 400, mean: 175 };

const plan = {
  pseudonym: "A-1",
  key: Buffer.alloc(32),
  shiftDays: -40,
  burnedIn: "accept",
} as const;

/** What is read of a file, and of what de-identification makes of it. */
async function readTwice(file: Uint8Array) {
  const original = await readDicom(file, "a.dcm");
  const clean = await readDicom(deidentify(file, plan, "a.dcm"), "clean.dcm");
  assert.deepEqual({ ...clean, transferSyntax: "" }, { ...original, transferSyntax: "" });
  return original;
}

async function holdsPicture(file: Uint8Array): Promise<void> {
  assert.deepEqual((await readTwice(file)).stored, PICTURE);
}

for (const syntax of [EXPLICIT, IMPLICIT]) {
  for (const filling of [2, 8, 512]) {
    test(`a file of ${syntax} with ${filling} zeros, or ones, behind its end`, async () => {
      const whole = dicomFile(GRAY_2X2, syntax);
      for (const byte of [0, 0xff]) {
        await holdsPicture(Buffer.concat([whole, Buffer.alloc(filling, byte)]));
      }
    });
  }
}

test("an object without pixels, with zeros behind its end, is one without pixels", async () => {
  const report = dicomFile({ ...GRAY_2X2, "7fe00010 OW": null });
  await assert.rejects(
    readDicom(Buffer.concat([report, Buffer.alloc(512)]), "a.dcm"),
    (error) => error instanceof DataError && error.code === "no-pixels",
  );
});

test("behind the pixels, what is no element is passed over", () =>
  holdsPicture(Buffer.concat([dicomFile(GRAY_2X2), Buffer.from("garbage of an archive")])));

test("before the pixels, what is no element is a damaged file", async () => {
  const file = withBytes(dicomFile(GRAY_2X2), Buffer.from("garbage of an archive"));
  await assert.rejects(readDicom(file, "a.dcm"), DataError);
});

const SMOKING = Buffer.from("1000a021", "hex");
const representations: readonly (readonly [what: string, head: string])[] = [
  ["two dashes", "2d2d0400"],
  ["two zeros", "00000400"],
  ["small letters", "6c740400"],
  ["question marks", "3f3f0400"],
  ["letters that are none of the standard's", "5a5a0400"],
  ["none, and a length of four bytes", "04000000"],
  ["letters, reserved bytes and a length of four", "5a5a000004000000"],
];
for (const [what, head] of representations) {
  test(`an element whose representation is ${what}`, async () => {
    const bytes = Buffer.concat([SMOKING, Buffer.from(head, "hex"), Buffer.from("NONE")]);
    const file = withBytes(dicomFile(GRAY_2X2), bytes);
    assert.equal(parseDataSet(file, "a.dcm").text("x001021a0"), "NONE");
    await holdsPicture(file);
  });
}

for (const vr of ["OV", "SV", "UV"]) {
  test(`an element of representation ${vr}, whose length takes four bytes`, async () => {
    const head = Buffer.concat([Buffer.from("10000099", "hex"), Buffer.from(`${vr}\0\0`)]);
    const value = Buffer.from("080000000500000000000000", "hex");
    await holdsPicture(withBytes(dicomFile(GRAY_2X2), Buffer.concat([head, value])));
  });
}

const MEANT: Readonly<Record<string, Value>> = {
  ...GRAY_2X2,
  "00180015 CS": "ANKLE",
  "00181164 DS": "0.15\\0.15",
  "00185101 CS": "AP",
  "00200062 CS": "L",
  "00280004 CS": "MONOCHROME1",
  "00280030 DS": "0.14\\0.14",
  "00281050 DS": "200",
  "00281051 DS": "400",
  "00283010 SQ": [{ "00283002 US": [3, 0, 10], "00283006 US": [0, 341, 1023] }],
};

/** The same, each element said to be of unknown representation; sequences implicitly (PS3.5 6.2.2). */
function asUnknown(elements: Readonly<Record<string, Value>>): Buffer {
  const known = dicomFile({ "00283010 SQ": elements["00283010 SQ"] }, IMPLICIT);
  const item = known.subarray(known.indexOf(Buffer.from("28001030", "hex")) + 8);
  return dicomFile(
    Object.fromEntries(
      Object.entries(elements).map(([key, value]) => [
        `${key.slice(0, 8)} UN`,
        key.endsWith("SQ") ? item : value,
      ]),
    ),
  );
}

test("attributes written as UN are what the dictionary says, before and after", async () => {
  const known = await readTwice(dicomFile(MEANT));
  assert.deepEqual([known.view, known.side, known.display.kind], ["ap", "left", "lut"]);
  assert.deepEqual(await readTwice(asUnknown(MEANT)), known);
  const clean = parseDataSet(deidentify(asUnknown(MEANT), plan, "a"), "a");
  const written = ["x00180015", "x00280010", "x00281050", "x00283010", "x7fe00010"].map(
    (tag) => clean.element(tag)?.writtenVr,
  );
  assert.deepEqual(written, ["CS", "US", "DS", "SQ", "OW"]);
});

test("a sequence written as UN of undefined length, its items implicit or explicit", async () => {
  const known = await readTwice(dicomFile(MEANT));
  const { "00283010 SQ": items, ...others } = MEANT;
  for (const syntax of [IMPLICIT, EXPLICIT]) {
    const sequence = dicomFile({ "00283010 SQ": items }, syntax);
    const from = sequence.indexOf(Buffer.from("28001030", "hex")) + (syntax === EXPLICIT ? 12 : 8);
    const end = Buffer.from("feffdde000000000", "hex");
    const bytes = Buffer.concat([
      Buffer.from("28001030554e0000ffffffff", "hex"),
      sequence.subarray(from),
      end,
    ]);
    const plain = dicomFile(others);
    const at = plain.indexOf(Buffer.from("e07f1000", "hex"));
    const file = Buffer.concat([plain.subarray(0, at), bytes, plain.subarray(at)]);
    assert.deepEqual(await readTwice(file), known, syntax);
  }
});

test("private sequences in one another, of undefined length and as UN, are read and gone", async () => {
  const inner =
    "09000210ffffffff feff00e0ffffffff 09000310 02000000 7820 feff0de000000000 feffdde000000000";
  const outer = `09000110554e0000ffffffff feff00e0ffffffff ${inner} feff0de000000000 feffdde000000000`;
  const bytes = Buffer.from(outer.replaceAll(" ", ""), "hex");
  // Group 0009 stands before the pixels' group; the order of others does not matter.
  const file = withBytes(dicomFile(GRAY_2X2), bytes);
  assert.ok(file.includes("09000110", 0, "hex"));
  await holdsPicture(file);
  assert.ok(!deidentify(file, plan, "a").includes("09000110", 0, "hex"));
});

const metaLength = (file: Buffer) => 144 + file.readUInt32LE(140);

test("file meta information of any length, or none, or none of it said", async () => {
  for (const syntax of [EXPLICIT, IMPLICIT]) {
    const file = dicomFile(GRAY_2X2, syntax);
    for (const length of [0, 20, 4_000]) {
      const wrong = Buffer.from(file);
      wrong.writeUInt32LE(length, 140);
      await holdsPicture(wrong);
    }
    const withoutLength = Buffer.concat([file.subarray(0, 132), file.subarray(144)]);
    await holdsPicture(withoutLength);
    const dataSet = file.subarray(metaLength(file));
    // Nothing says how the data set is written.
    await holdsPicture(Buffer.concat([file.subarray(0, 132), dataSet]));
    await holdsPicture(Buffer.concat([Buffer.from("DICM"), file.subarray(132)]));
  }
});

test("file meta information that is written implicitly", async () => {
  const value = Buffer.from(`${EXPLICIT}\0`);
  const head = Buffer.from("0200100014000000", "hex");
  const whole = dicomFile(GRAY_2X2);
  const dataSet = whole.subarray(metaLength(whole));
  await holdsPicture(Buffer.concat([whole.subarray(0, 132), head, value, dataSet]));
});

test("a data set that is written otherwise than its transfer syntax says", async () => {
  for (const [said, written] of [
    [EXPLICIT, IMPLICIT],
    [IMPLICIT, EXPLICIT],
  ]) {
    const [head, rest] = [dicomFile(GRAY_2X2, said), dicomFile(GRAY_2X2, written)];
    const file = Buffer.concat([
      head.subarray(0, metaLength(head)),
      rest.subarray(metaLength(rest)),
    ]);
    assert.equal((await readTwice(file)).transferSyntax, written);
  }
});

test("a transfer syntax padded with blanks", () =>
  holdsPicture(dicomFile(GRAY_2X2, `${EXPLICIT}  `)));
