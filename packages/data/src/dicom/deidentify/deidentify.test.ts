import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../../errors.ts";
import { decodeRadiograph } from "../../read-radiograph.ts";
import { parseDataSet } from "../data-set.ts";
import { dicomFile, type Elements, GRAY_2X2, type Value } from "../test-dicom.ts";
import { type Deidentification, deidentify } from "./deidentify.ts";
import { readIdentity } from "./identity.ts";
import { dateShiftDays, replaceUid } from "./replacement.ts";

const key = Buffer.alloc(32, 7);
const given: Deidentification = { pseudonym: "A-0001", key, shiftDays: -100, burnedIn: "refuse" };

const SYNTAXES = {
  implicit: "1.2.840.10008.1.2",
  explicit: "1.2.840.10008.1.2.1",
  deflated: "1.2.840.10008.1.2.1.99",
  "big endian": "1.2.840.10008.1.2.2",
} as const;

const INSTANCE = "1.3.12.2.1107.5.3.1";
const OTHER_INSTANCE = "1.3.12.2.1107.5.3.2";

/** A radiograph that says everything about its patient, some of it where it should not. */
const TALKATIVE: Elements = {
  ...GRAY_2X2,
  "00080005 CS": "ISO_IR 100",
  "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
  "00080018 UI": INSTANCE,
  "00080020 DA": "20190410",
  "0008002a DT": "20190410101500.25",
  "00080030 TM": "101500",
  "00080050 SH": "ACC778899",
  "00080080 LO": "St. Elsewhere Hospital",
  "00080090 PN": "House^Gregory",
  "0008103e LO": "ANKLE AP Jansen left",
  "00081140 SQ": [
    {
      "00081150 UI": "1.2.840.10008.5.1.4.1.1.1",
      "00081155 UI": OTHER_INSTANCE,
      "00100010 PN": "Jansen^Marie",
    },
  ],
  "00090010 LO": "SOME VENDOR",
  "00091001 LO": "Jansen in a private tag",
  "00100010 PN": "Jansen^Marie",
  "00100020 LO": "MRN1234567",
  "00100030 DA": "19270314",
  "00100040 CS": "F",
  "00101010 AS": "092Y",
  "00104000 LT": "Lives alone",
  "00180015 CS": "ANKLE",
  "00180060 DS": "60",
  "00181030 LO": "20 endo vork MRN1234567",
  "0020000d UI": "1.3.12.2.1107.5.1.1",
  "0020000e UI": "1.3.12.2.1107.5.2.1",
  "00200060 CS": "L",
  "00400275 SQ": [{ "00400007 LO": "Ankle of Jansen" }],
  "00404000 LO": "of MRN1234567",
  "00420010 UN": Buffer.from("of unknown kind: Jansen"),
};

const IDENTIFYING =
  /jansen|marie|mrn1234567|acc778899|elsewhere|house|gregory|vendor|lives|19270314|20190410|1107/i;

for (const [name, syntax] of Object.entries(SYNTAXES)) {
  const original = dicomFile(TALKATIVE, syntax);

  test(`deidentify: nothing identifying is left, ${name}`, () => {
    const { bytes } = parseDataSet(deidentify(original, given, "a.dcm"), "a.dcm");
    assert.match(parsedText(original), IDENTIFYING);
    assert.doesNotMatch(Buffer.from(bytes).toString("latin1"), IDENTIFYING);
  });

  test(`deidentify: what the study needs is kept, ${name}`, () => {
    const attributes = parseDataSet(deidentify(original, given, "a.dcm"), "a.dcm");
    assert.equal(attributes.transferSyntax, syntax);
    const expected: Readonly<Record<string, string | null>> = {
      x00080016: "1.2.840.10008.5.1.4.1.1.1",
      x00080018: replaceUid(INSTANCE, key),
      x00080020: "20181231",
      x0008002a: "20181231101500.25",
      x00080030: "101500",
      x00080060: "DX",
      x00080090: null,
      x0008103e: "ANKLE AP left",
      x00100010: "A-0001",
      x00100020: "A-0001",
      x00100030: null,
      x00100040: "F",
      x00101010: "090Y",
      x00104000: null,
      x00120062: "YES",
      x00180015: "ANKLE",
      x00180060: "60",
      x00181030: "20 endo vork",
      x00200060: "L",
      x00280303: "MODIFIED",
    };
    const found = Object.keys(expected).map((tag) => [tag, attributes.text(tag)]);
    assert.deepEqual(Object.fromEntries(found), expected);
    const codes = attributes.items("x00120064").map((item) => item.text("x00080100"));
    assert.deepEqual(codes, ["113100", "113105", "113107", "113108"]);
    assert.equal(attributes.element("x00090010"), null);
  });

  test(`deidentify: pixels are what they were, ${name}`, async () => {
    const before = await decodeRadiograph(original, "a.dcm");
    const after = await decodeRadiograph(deidentify(original, given, "a.dcm"), "a.dcm");
    assert.deepEqual(after, before);
  });
}

test("deidentify: a reference still points to its image", () => {
  const [reference] = parseDataSet(deidentify(dicomFile(TALKATIVE), given, "a"), "a").items(
    "x00081140",
  );
  const other = dicomFile({ ...TALKATIVE, "00080018 UI": OTHER_INSTANCE });
  const { sopInstanceUid } = readIdentity(deidentify(other, given, "b"), "b");
  assert.equal(reference.text("x00081155"), sopInstanceUid);
  assert.equal(reference.text("x00081150"), "1.2.840.10008.5.1.4.1.1.1");
});

test("deidentify: a sequence that must be empty is, and one that must go is gone", () => {
  const item = [{ "00180015 CS": "ANKLE" }];
  const file = dicomFile({ ...TALKATIVE, "00400555 SQ": item, "00081084 SQ": item });
  const attributes = parseDataSet(deidentify(file, given, "a"), "a");
  const emptied = attributes.element("x00400555");
  assert.deepEqual([emptied?.isSequence, attributes.items("x00400555").length], [true, 0]);
  assert.equal(attributes.element("x00081084"), null);
});

test("deidentify: the same file gives the same bytes, another key other UIDs", () => {
  const original = dicomFile(TALKATIVE);
  assert.deepEqual(deidentify(original, given, "a"), deidentify(original, given, "a"));
  const others = deidentify(original, { ...given, key: Buffer.alloc(32, 8) }, "a");
  assert.notEqual(readIdentity(others, "a").sopInstanceUid, replaceUid(INSTANCE, key));
});

test("deidentify: a file without preamble or meta information gets both", () => {
  const whole = dicomFile(TALKATIVE);
  const metaLength = whole.readUInt32LE(140);
  for (const opening of [132, 144 + metaLength]) {
    const bytes = deidentify(whole.subarray(opening), given, "a");
    assert.deepEqual(bytes, deidentify(whole, given, "a"));
  }
});

const burnedIn: readonly (readonly [
  name: string,
  change: Readonly<Record<string, Value>>,
  refused: boolean,
])[] = [
  ["one that says nothing", {}, false],
  ["one that says it has words", { "00280301 CS": "YES" }, true],
  ["a captured screen", { "00080016 UI": "1.2.840.10008.5.1.4.1.1.7" }, true],
  [
    "a captured screen that says it has none",
    { "00080016 UI": "1.2.840.10008.5.1.4.1.1.7", "00280301 CS": "NO" },
    false,
  ],
];
for (const [name, change, refused] of burnedIn) {
  test(`deidentify: burned-in words, ${name}`, () => {
    const bytes = dicomFile({ ...TALKATIVE, ...change });
    assert.doesNotThrow(() => deidentify(bytes, { ...given, burnedIn: "accept" }, "a"));
    if (!refused) assert.doesNotThrow(() => deidentify(bytes, given, "a"));
    else {
      assert.throws(
        () => deidentify(bytes, given, "a"),
        (error) => error instanceof DataError && error.code === "burned-in",
      );
    }
  });
}

test("deidentify: a damaged file is a DataError or a file", () => {
  let state = 5;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (const syntax of Object.values(SYNTAXES)) {
    const whole = dicomFile(TALKATIVE, syntax);
    for (let i = 0; i < 300; i++) {
      const damaged = Buffer.from(whole.subarray(0, i % 3 ? undefined : random() * whole.length));
      for (let n = 0; n < random() * 4; n++) {
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      }
      try {
        deidentify(damaged, given, "x.dcm");
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        assert.match(error.message, /^x\.dcm: [^\n]+$/);
      }
    }
  }
});

test("dateShiftDays: goes back, differs between patients, and stays", () => {
  const shifts = ["a", "b", "c"].map((patient) => dateShiftDays(patient, key));
  assert.ok(shifts.every((days) => days <= -30 && days > -3_700));
  assert.equal(new Set(shifts).size, 3);
  assert.equal(dateShiftDays("a", key), shifts[0]);
});

/** The bytes as text, inflated where they were deflated. */
function parsedText(bytes: Buffer): string {
  return Buffer.from(parseDataSet(bytes, "a").bytes).toString("latin1");
}
