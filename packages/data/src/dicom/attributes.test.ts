import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDataSet } from "./data-set.ts";
import { deidentify } from "./deidentify/deidentify.ts";
import { readSide, readView } from "./projection.ts";
import { readSpacing } from "./spacing.ts";
import { dicomFile, type Elements } from "./test-dicom.ts";

const parse = (elements: Elements) =>
  parseDataSet(dicomFile({ "00080060 CS": "DX", ...elements }), "test.dcm");

function checkSpacing(elements: Elements, spacing: readonly number[] | null, source: string): void {
  assert.deepEqual(readSpacing(parse(elements)).spacing, {
    pixelSpacingMm: spacing,
    spacingSource: source,
  });
}

test("readSpacing: a named calibration is calibrated", () =>
  checkSpacing({ "00280030 DS": "0.1\\0.2", "00280a02 CS": "FIDUCIAL" }, [0.1, 0.2], "calibrated"));
test("readSpacing: a PixelSpacing that differs from the imager's is calibrated", () =>
  checkSpacing(
    { "00181164 DS": "0.15\\0.15", "00280030 DS": "0.14\\0.14" },
    [0.14, 0.14],
    "calibrated",
  ));
test("readSpacing: the same spacing twice is the detector's, divided by the magnification", () =>
  checkSpacing(
    { "00181114 DS": "1.25", "00181164 DS": "0.15\\0.15", "00280030 DS": "0.15\\0.15" },
    [0.12, 0.12],
    "at detector",
  ));
test("readSpacing: the imager's spacing without magnification stays as it is", () =>
  checkSpacing({ "00181164 DS": "0.15\\0.1" }, [0.15, 0.1], "at detector"));
test("readSpacing: a magnification of zero is passed over", () =>
  checkSpacing({ "00181114 DS": "0", "00181164 DS": "0.15\\0.15" }, [0.15, 0.15], "at detector"));
test("readSpacing: a PixelSpacing alone is not taken for calibrated", () =>
  checkSpacing({ "00280030 DS": "0.15\\0.15" }, [0.15, 0.15], "at detector"));
test("readSpacing: the same spacing with more and with fewer digits is the detector's", () => {
  const detector = [0.14375 / 1.25, 0.14375 / 1.25];
  const magnified = { "00181114 DS": "1.25", "00181164 DS": "0.14375\\0.14375" };
  checkSpacing({ ...magnified, "00280030 DS": "0.144\\0.144" }, detector, "at detector");
  // 0.15 is no rounding of 0.14375.
  checkSpacing({ ...magnified, "00280030 DS": "0.15\\0.15" }, [0.15, 0.15], "calibrated");
  checkSpacing({ ...magnified, "00280030 DS": "0.1\\0.1" }, [0.1, 0.1], "calibrated");
});
test("readSpacing: decimal commas, lists parted by commas, and one value for both directions", () => {
  for (const written of [
    "0,15\\0,15",
    "0.15,0.15",
    "0,15,0,15",
    "0,15;0,15",
    "0.15 0.15",
    "0.15",
  ]) {
    checkSpacing({ "00181164 DS": written }, [0.15, 0.15], "at detector");
  }
});
test("readSpacing: a magnification in per cent, and one that cannot be meant, are said", () => {
  const detector = { "00181164 DS": "0.115\\0.115" };
  const percent = readSpacing(parse({ ...detector, "00181114 DS": "115" }));
  assert.deepEqual(
    percent.spacing.pixelSpacingMm?.map((mm) => mm.toFixed(6)),
    ["0.100000", "0.100000"],
  );
  assert.match(percent.notes.join(), /115 is taken for per cent/);
  const wrong = readSpacing(parse({ ...detector, "00181114 DS": "11500" }));
  assert.deepEqual(wrong.spacing.pixelSpacingMm, [0.115, 0.115]);
  assert.match(wrong.notes.join(), /11500 cannot be meant/);
});
test("readSpacing: a spacing that cannot be read is said", () => {
  for (const written of ["0.2\\0\\0.2", "a\\b", "1,000.5"]) {
    const { spacing, notes } = readSpacing(parse({ "00181164 DS": written }));
    assert.equal(spacing.pixelSpacingMm, null, written);
    assert.match(notes.join(), /spacing at the detector cannot be used/, written);
  }
});
test("readSpacing: nothing usable is none", () => {
  checkSpacing({}, null, "none");
  checkSpacing({ "00280030 DS": "0\\0" }, null, "none");
});

function checkView(elements: Elements, expected: string | null): void {
  assert.equal(readView(parse(elements)), expected);
}

test("readView: the defined terms of ViewPosition", () => {
  checkView({ "00185101 CS": "AP" }, "ap");
  checkView({ "00185101 CS": "RL" }, "lateral");
  checkView({ "00185101 CS": "LLO" }, "oblique");
});
test("readView: the code's meaning where there is no position", () =>
  checkView({ "00540220 SQ": [{ "00080104 LO": "Mortise projection" }] }, "mortise"));
test("readView: the series description last", () => {
  checkView({ "0008103e LO": "Ankle AP mortise" }, "mortise");
  checkView({ "0008103e LO": "OSG_LAT links" }, "lateral");
  checkView({ "0008103e LO": "Ankle antero-posterior" }, "ap");
  checkView({ "00185101 CS": "MORTISE", "0008103e LO": "AP" }, "mortise");
});

const DESCRIPTIONS: readonly (readonly [Elements, string | null])[] = [
  [{ "0008103e LO": "Mortise", "00185101 CS": "AP" }, "mortise"],
  [{ "0008103e LO": "Enkel VORK links", "00185101 CS": "AP" }, "mortise"],
  [{ "0008103e LO": "Enkel 20 endo", "00185101 CS": "AP" }, "mortise"],
  [{ "0008103e LO": "enkel 15 graden endorotatie" }, "mortise"],
  [{ "00181030 LO": "Ankle mortice", "00185101 CS": "RLO" }, "mortise"],
  [{ "00081030 LO": "Enkelvork", "00185101 CS": "AP" }, "mortise"],
  // A turn of 45 degrees is an oblique view.
  [{ "0008103e LO": "enkel 45 endo", "00185101 CS": "LLO" }, "oblique"],
  // Of the whole study, whose views are several.
  [{ "0008103e LO": "ankle AP + mortise + lateral", "00185101 CS": "AP" }, "ap"],
  [{ "0008103e LO": "ankle AP + mortise + lateral" }, null],
  [{ "0008103e LO": "AP, mortise", "00185101 CS": "AP" }, "ap"],
  [{ "0008103e LO": "enkel AP en vork", "00185101 CS": "AP" }, "ap"],
  [{ "00081030 LO": "Ankle AP mortise lateral", "00185101 CS": "AP" }, "ap"],
  [{ "00081030 LO": "Ankle AP mortise", "00185101 CS": "AP" }, "ap"],
  [{ "00081030 LO": "Ankle mortise", "0008103e LO": "AP" }, "ap"],
  [{ "00081030 LO": "Ankle mortise", "00185101 CS": "RL" }, "lateral"],
  [{ "0008103e LO": "AP lateral" }, null],
  [{ "0008103e LO": "lateral oblique" }, "oblique"],
  [{ "0008103e LO": "Enkel L 15gr endo" }, "mortise"],
  [{ "0008103e LO": "Ankle antero-posterior" }, "ap"],
  // Words, not their parts.
  [{ "0008103e LO": "Vorkink, vork1", "00185101 CS": "AP" }, "ap"],
  [{ "0008103e LO": "amortised", "00185101 CS": "AP" }, "ap"],
];
for (const [elements, expected] of DESCRIPTIONS) {
  const texts = Object.values(elements).join(" | ");
  test(`readView: ${texts}: before and after de-identification`, () => {
    checkView(elements, expected);
    const file = dicomFile({ "00080060 CS": "DX", ...elements });
    const plan = { pseudonym: "A-1", key: Buffer.alloc(32), shiftDays: -40 };
    const clean = deidentify(file, { ...plan, burnedIn: "accept" }, "test.dcm");
    assert.equal(readView(parseDataSet(clean, "clean.dcm")), expected);
  });
}

test("readView: the mortise's eponym, by its codes and its meaning", () => {
  const eponym = (code: string, meaning: string) => ({
    "00185104 SQ": [{ "00080100 SH": code, "00080104 LO": meaning }],
  });
  checkView({ "00185101 CS": "AP", ...eponym("260497009", "") }, "mortise");
  checkView({ "00185101 CS": "RLO", ...eponym("R-4080E", "") }, "mortise");
  checkView({ "00185101 CS": "AP", ...eponym("X", "Mortice projection") }, "mortise");
  checkView({ "00185101 CS": "AP", ...eponym("X", "Broden view") }, "ap");
});

test("readView: a bone's name is no view", () =>
  checkView({ "0008103e LO": "fracture of lateral malleolus" }, null));
test("readView: null where nothing is said", () => checkView({ "00185101 CS": "XYZ" }, null));

test("readSide, readView: in words and in small letters", () => {
  assert.equal(readSide(parse({ "00200060 CS": "LEFT" })), "left");
  assert.equal(readSide(parse({ "00200062 CS": "r" })), "right");
  checkView({ "00185101 CS": "ap" }, "ap");
});

test("readSide: the image's laterality before the series'", () => {
  assert.equal(readSide(parse({ "00200060 CS": "L", "00200062 CS": "R" })), "right");
  assert.equal(readSide(parse({ "00200060 CS": "L" })), "left");
  assert.equal(readSide(parse({ "00200062 CS": "B" })), "both");
  assert.equal(readSide(parse({ "00200062 CS": "U" })), null);
  assert.equal(readSide(parse({})), null);
});
