import assert from "node:assert/strict";
import { test } from "node:test";
import { DataError } from "../../errors.ts";
import { parseDataSet } from "../data-set.ts";
import { readResultSource } from "./result-source.ts";
import { secondaryCaptureFile } from "./secondary-capture.ts";
import { testAnalysis, testPicture, testRadiograph } from "./test-result-source.ts";

test("results are of the radiograph's patient and study, and lie as it lies", () => {
  const analysis = testAnalysis();
  const file = secondaryCaptureFile(analysis, analysis.sources[0], testPicture());
  const [result, source] = [file, testRadiograph()].map((bytes) => parseDataSet(bytes, "file"));
  const copied = ["x00100010", "x00100020", "x00100030", "x00100040", "x00101010", "x0020000d"];
  for (const tag of [...copied, "x00080020", "x00080030", "x00080050", "x00081030", "x00200010"]) {
    assert.equal(result.text(tag), source.text(tag), tag);
    assert.notEqual(result.text(tag), null, tag);
  }
  assert.deepEqual([result.text("x00200020", 0), result.text("x00200020", 1)], ["L", "F"]);
  assert.equal(result.text("x00200060"), "R");
  assert.notEqual(result.text("x0020000e"), source.text("x0020000e"));
});

test("readResultSource: text of another character set is taken as it reads", () => {
  const latin = Buffer.from(testRadiograph({ 1048592: { vr: "PN", value: "F?hn" } }));
  latin[latin.indexOf("F?hn") + 1] = 0xf6;
  const set = latin.indexOf("ISO_IR 192");
  latin.write("ISO_IR 100", set, "latin1");
  const source = readResultSource(latin, "latin");
  const name = source.patientAndStudy.find(([tag]) => tag === 0x00100010)?.[1];
  assert.deepEqual(name, { vr: "PN", value: ["Föhn"] });
});

test("readResultSource: dates are the radiograph's, the nearest to its content that it has", () => {
  const dates = [0x00080023, 0x00080022, 0x00080021].map((tag) => [tag, null] as const);
  const { date, time } = readResultSource(testRadiograph(), "all");
  assert.deepEqual([date, time], ["20250301", "101630"]);
  const few = readResultSource(testRadiograph(Object.fromEntries(dates)), "few");
  assert.equal(few.date, "20250301");
});

test("readResultSource: a radiograph that cannot be named is refused with what to do", () => {
  const missing = testRadiograph({ 2097166: null });
  assert.throws(
    () => readResultSource(missing, "ankle.dcm"),
    (error) =>
      error instanceof DataError &&
      error.code === "damaged" &&
      error.message ===
        "ankle.dcm: expected a Series Instance UID that results can name, got none; export it again",
  );
});
