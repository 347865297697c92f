/** What identifies somebody where the profile's table does not look, and what of texts is kept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../../errors.ts";
import { parseDataSet } from "../data-set.ts";
import { readDicom, readDicomImage } from "../read-dicom.ts";
import { dicomFile, type Elements, GRAY_2X2, type Value } from "../test-dicom.ts";
import { type Deidentification, deidentify } from "./deidentify.ts";
import { checkSamePicture } from "./same-picture.ts";

const plan: Deidentification = {
  pseudonym: "A-0001",
  key: Buffer.alloc(32, 7),
  shiftDays: -100,
  burnedIn: "refuse",
};

const STUDY = "1.3.12.2.1107.9.1";

const cases: readonly (readonly [what: string, elements: Elements, identifying: RegExp])[] = [
  [
    "a short name in comments and explanations",
    {
      "00100010 PN": "Bos^An",
      "00187062 LT": "asked for by mw Bos",
      "00281055 LO": "Bos",
      "00080070 LO": "Bos",
    },
    /bos/i,
  ],
  [
    "parts of a name with a hyphen",
    {
      "00100010 PN": "Zwaluwenburg-Kikkert^Maria-Louise",
      "00187062 LT": "Zwaluwenburg could not stand; mother of Louise Kikkert",
      "00080070 LO": "of L. Kikkert",
    },
    /zwaluwenburg|kikkert|louise/i,
  ],
  [
    "a name with accents, in other capitals and without",
    {
      "00080005 CS": "ISO_IR 100",
      "00100010 PN": Buffer.from("MÜLLERSON^ÄNNE", "latin1"),
      "00187062 LT": Buffer.from("Müllerson could not stand", "latin1"),
      "00080070 LO": Buffer.from("for Müllerson", "latin1"),
      "00081090 LO": "for Mullerson",
    },
    /llerson/i,
  ],
  [
    "a date of birth as people write it, and a telephone",
    {
      "00100030 DA": "19310405",
      "00187062 LT": "born 05-04-1931, tel 0612345678",
      "00080070 LO": "5/4/31 05.04.1931",
      "00081090 LO": "1931-04-05",
    },
    /1931|0612345678/,
  ],
  [
    "a physician's name in a comment and in the meaning of a code",
    {
      "00080090 PN": "Huisartsman^Piet",
      "00187062 LT": "as dr Huisartsman asked",
      "00540220 SQ": [{ "00080100 SH": "R-10206", "00080104 LO": "AP for dr Huisartsman" }],
    },
    /huisarts/i,
  ],
  [
    "addresses with the host and the original UIDs",
    {
      "0020000d UI": STUDY,
      "00081190 UR": `https://pacs.elsewhere.example/studies/${STUDY}`,
      "00404073 UR": "https://pacs.elsewhere.example/x",
      "0040e010 UR": `https://pacs.elsewhere.example/wado?studyUID=${STUDY}`,
      "00081090 LO": `from ${STUDY}`,
    },
    /elsewhere|1107/,
  ],
  [
    "names and UIDs beyond the table",
    { "0040a067 PN": "Authorsson^Anna", "00200242 UI": `${STUDY}.1`, "00081167 UI": `${STUDY}.2` },
    /author|1107/i,
  ],
  [
    "a name and a UID where a text should stand, and texts where they should",
    { "0040a067 LO": "Authorsson^Anna", "00200242 LO": `${STUDY}.1`, "00081155 LO": `${STUDY}.3` },
    /author|1107/i,
  ],
  [
    "people in sequences within sequences",
    {
      "00081140 SQ": [
        {
          "0040a170 SQ": [
            {
              "00080090 PN": "Nestedsson^N",
              "00080104 LO": "of Nestedsson",
              "00080070 LO": "Nestedsson",
            },
          ],
        },
      ],
    },
    /nestedsson/i,
  ],
  [
    "another picture and a document",
    {
      "00081140 SQ": [{ "7fe00010 OB": Buffer.from("ICON of Jansen") }],
      "00420011 OB": Buffer.from("document of Jansen"),
    },
    /icon|document/i,
  ],
  [
    "a machine's network name",
    { "00080055 AE": "ELSEWHEREAE", "00741234 AE": "ELSEWHEREAE" },
    /elsewhere/i,
  ],
];

for (const [what, elements, identifying] of cases) {
  for (const syntax of ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]) {
    test(`deidentify: ${what}, ${syntax}`, async () => {
      const file = dicomFile({ ...GRAY_2X2, "00100010 PN": "Jansen^Marie", ...elements }, syntax);
      const clean = deidentify(file, plan, "a.dcm");
      // As bytes: what is gone is gone, whatever the character set.
      assert.doesNotMatch(clean.toString("latin1"), identifying);
      assert.deepEqual((await readDicom(clean, "a")).pixels, (await readDicom(file, "a")).pixels);
    });
  }
}

test("deidentify: of descriptions stay the words of views, but not those of the patient's name", () => {
  const kept = (patient: string, description: string) =>
    parseDataSet(
      deidentify(
        dicomFile({ ...GRAY_2X2, "00100010 PN": patient, "0008103e LO": description }),
        plan,
        "a",
      ),
      "a",
    ).text("x0008103e");
  assert.equal(kept("Jansen^Marie", "Jansen, X Ray ankle AP L"), "X Ray ankle AP L");
  assert.equal(kept("Li^Ray", "Li Ray ankle AP L"), "ankle AP L");
  assert.equal(kept("Voet^Anna", "Voet, A.: voet AP"), "AP");
  assert.equal(kept("VÖET^Anna", "Voet AP"), "AP");
});

test("deidentify: codes and the machine stay, free texts are their harmless words", () => {
  const file = dicomFile({
    ...GRAY_2X2,
    "00080070 LO": "ACME Röntgen".normalize("NFD").replace(/[^\x20-\x7e]/g, ""),
    "00081090 LO": "Detector 5",
    "00180060 DS": "60",
    "00187062 LT": "manual, patient fell",
    "00540220 SQ": [
      { "00080100 SH": "399348003", "00080102 SH": "SCT", "00080104 LO": "antero-posterior" },
    ],
  });
  const clean = parseDataSet(deidentify(file, plan, "a"), "a");
  const [code] = clean.items("x00540220");
  assert.deepEqual(
    ["x00080070", "x00081090", "x00180060", "x00187062"].map((tag) => clean.text(tag)),
    ["ACME Rontgen", "Detector 5", "60", null],
  );
  assert.deepEqual(
    ["x00080100", "x00080102", "x00080104"].map((tag) => code.text(tag)),
    ["399348003", "SCT", "antero posterior"],
  );
});

test("deidentify: the meaning of a code is never empty, which a code's may not be", () => {
  const meanings = (meaning: string) => {
    const file = dicomFile({
      ...GRAY_2X2,
      "00089215 SQ": [{ "00080100 SH": "113040", "00080102 SH": "DCM", "00080104 LO": meaning }],
    });
    const [code] = parseDataSet(deidentify(file, plan, "a"), "a").items("x00089215");
    return code.text("x00080104");
  };
  assert.equal(meanings("Lossy Compression"), "removed");
  assert.equal(meanings("left ankle of Jansen"), "left ankle");
  assert.equal(meanings(""), null);
});

test("deidentify: what stands before the data set and behind the pixels is gone", () => {
  const file = dicomFile({ ...GRAY_2X2, "00100010 PN": "Jansen^Marie" });
  file.write("II*\0 of Jansen", 0, "latin1");
  const behind = dicomFile({ "fffcfffc OB": Buffer.from("Jansen"), "00101040 LO": "Homestreet 5" });
  const whole = Buffer.concat([file, behind.subarray(144 + behind.readUInt32LE(140))]);
  assert.doesNotMatch(deidentify(whole, plan, "a").toString("latin1"), /jansen|homestreet/i);
});

const CAPTURES: readonly (readonly [what: string, change: Readonly<Record<string, Value>>])[] = [
  ["says Yes", { "00280301 CS": "Yes" }],
  ["says Y", { "00280301 CS": "Y" }],
  ["was converted by a workstation", { "00080064 CS": "WSD" }],
  ["is a scanned sheet", { "00080064 CS": "SD" }],
  ["is a saved screen by its type", { "00080008 CS": "DERIVED\\SECONDARY\\SCREEN SAVE" }],
  ["is a page of text by its series", { "0008103e LO": "Patient Protocol" }],
];
for (const [what, change] of CAPTURES) {
  test(`deidentify: a radiograph that ${what} may have words burned in`, () => {
    const cr = { ...GRAY_2X2, "00080016 UI": "1.2.840.10008.5.1.4.1.1.1" };
    const file = dicomFile({ ...cr, ...change });
    assert.throws(
      () => deidentify(file, plan, "a"),
      (error) => error instanceof DataError && error.code === "burned-in",
    );
    assert.doesNotThrow(() => deidentify(file, { ...plan, burnedIn: "accept" }, "a"));
  });
}

test("checkSamePicture: a picture, a scale or a side that went is refused, a view is said", async () => {
  const elements = { ...GRAY_2X2, "00181164 DS": "0.1", "00200062 CS": "L", "00185101 CS": "AP" };
  const read = (change: Readonly<Record<string, Value>>) =>
    readDicomImage(dicomFile({ ...elements, ...change }), "a.dcm");
  const before = await read({});
  assert.deepEqual(checkSamePicture(before, await read({}), "a.dcm"), []);
  for (const change of [
    { "00181164 DS": "0.2" },
    { "00200062 CS": "" },
    { "00280004 CS": "MONOCHROME1" },
    { "00281050 DS": "100", "00281051 DS": "90" },
    { "7fe00010 OW": [0, 200, 100, 400] },
  ]) {
    const after = await read(change);
    assert.throws(
      () => checkSamePicture(before, after, "a.dcm"),
      (error) =>
        error instanceof DataError && /^a\.dcm: expected the de-identified/.test(error.message),
    );
  }
  const withoutView = checkSamePicture(before, await read({ "00185101 CS": "" }), "a.dcm");
  assert.match(withoutView.join(), /the view \(ap\) is in the study's records alone/);
});
