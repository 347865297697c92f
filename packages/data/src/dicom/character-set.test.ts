import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "./character-set.ts";
import { parseDataSet } from "./data-set.ts";
import { readIdentity } from "./deidentify/identity.ts";
import { dicomFile } from "./test-dicom.ts";

/** (0008,0005), the bytes of a text as Python's codecs write it, and the text. */
const cases: readonly (readonly [sets: string, hex: string, text: string])[] = [
  ["ISO_IR 100", "4dfc6c6c65725e4a6f73e9", "Müller^José"],
  ["ISO_IR 101", "44766ff8e16b6f76e15e4a69f8696e61", "Dvořáková^Jiřina"],
  ["ISO_IR 109", "a1616c5ed56f72f5", "Ħal^Ġorġ"],
  ["ISO_IR 110", "42ba727a69f1b95e4ae06e6973", "Bērziņš^Jānis"],
  ["ISO_IR 144", "b8d2d0ddded2d05eb0ddddd0", "Иванова^Анна"],
  ["ISO_IR 127", "e2c8c7e6ea5ee4e6d2c7d1", "قباني^لنزار"],
  ["ISO_IR 126", "c4e9efedf5f3dfeff55ec5ebddede7", "Διονυσίου^Ελένη"],
  ["ISO_IR 138", "f9f8e5ef5ee3e1e5f8e4", "שרון^דבורה"],
  ["ISO_IR 148", "59fd6c64fd7a6ff06c755ec761f06c6172", "Yıldızoğlu^Çağlar"],
  ["ISO_IR 203", "bc7576726172645e5a6feb", "Œuvrard^Zoë"],
  ["ISO_IR 166", "cac1aad2c25ee3a8b4d5", "สมชาย^ใจดี"],
  ["ISO_IR 13", "d4cfc0de5ec0dbb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"],
  ["ISO_IR 192", "59c4b16c64c4b172c4b16d5ee78e8be5b08fe4b89c", "Yıldırım^王小东"],
  ["GB18030", "57616e675e5869616f446f6e673dcdf55ed0a1b6ab", "Wang^XiaoDong=王^小东"],
  ["GBK", "cdf59c79d4875ed0a1967c", "王測試^小東"],
  [
    "\\ISO 2022 IR 87",
    "59616d6164615e5461726f753d1b24423b3345441b28425e1b244242404f3a1b2842",
    "Yamada^Tarou=山田^太郎",
  ],
  ["ISO 2022 IR 13\\ISO 2022 IR 87", "d4cfc0de5ec0dbb33d1b24423b3345441b284a", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田"],
  [
    "\\ISO 2022 IR 149",
    "486f6e675e47696c646f6e673d1b242943fbf35e1b242943d1ced4d7",
    "Hong^Gildong=洪^吉洞",
  ],
  [
    "\\ISO 2022 IR 58",
    "5a68616e675e5869616f446f6e673d1b242941d5c55e1b242941d0a1b6ab",
    "Zhang^XiaoDong=张^小东",
  ],
  ["\\ISO 2022 IR 100", "426a1b2d41f8726e73736f6e5ec57365", "Bjørnsson^Åse"],
  ["\\ISO 2022 IR 144\\ISO 2022 IR 126", "1b2d4cb0ddddd05e1b2d46c5ebddede7", "Анна^Ελένη"],
  ["ISO 2022 IR 100\\ISO 2022 IR 126", "1b2d46c5ebddede75e4dfc6c6c6572", "Ελένη^Müller"],
  ["\\ISO 2022 IR 159", "1b24284430211b2842", "丂"],
  ["", "4dfc6c6c6572", "Müller"],
  ["", "4dc3bc6c6c6572", "Müller"],
  ["ISO_IR 100", "4dc3bc6c6c6572", "Müller"],
  ["ISO_IR 192", "4dfc6c6c6572", "Müller"],
  ["\\ISO 2022 IR 100", "4dfc6c6c6572", "Müller"],
];
for (const [sets, hex, text] of cases) {
  test(`decodeText: ${sets || "no character set"}: ${text} (${hex.slice(0, 8)}…)`, () => {
    const named = sets === "" ? [] : sets.split("\\");
    assert.equal(decodeText(Buffer.from(hex, "hex"), named), text);
  });
  test(`readIdentity: a patient's name in ${sets || "no set"}: ${text} (${hex.slice(0, 8)}…)`, () => {
    const file = dicomFile({ "00080005 CS": sets, "00100010 PN": Buffer.from(hex, "hex") });
    assert.equal(readIdentity(file, "a.dcm").patientName, text);
  });
}

test("decodeText: terms as exporters write them", () => {
  for (const term of ["ISO_IR 101", "ISO-IR 101", "ISO IR 101", "iso_ir_101", "ISO 2022 IR 101"]) {
    assert.equal(decodeText(Buffer.from("f8", "hex"), [term]), "ř", term);
  }
});

test("decodeText: a byte of a character is no backslash", () => {
  // The second byte of the first character is 5C.
  const file = dicomFile({ "00080005 CS": "GBK", "00100010 PN": Buffer.from("815c5e41", "hex") });
  assert.equal(readIdentity(file, "a.dcm").patientName, "乗^A");
});

test("text: an item has the character set of the data set around it, or its own", () => {
  const name = Buffer.from("f8", "hex");
  const file = dicomFile({
    "00080005 CS": "ISO_IR 101",
    "00081140 SQ": [{ "00100010 PN": name }, { "00080005 CS": "ISO_IR 144", "00100010 PN": name }],
  });
  const items = parseDataSet(file, "a.dcm").items("x00081140");
  assert.deepEqual(
    items.map((item) => item.text("x00100010")),
    ["ř", "\u0458"],
  );
});
