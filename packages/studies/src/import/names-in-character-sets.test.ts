/**
 * Patients' names in the character sets of DICOM, from the file to the key file and out of the
 * reports: what an archive of several countries holds.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { imagePath } from "../image-store.ts";
import { closeStudy, findHospital, openKeys, openStudy } from "../study.ts";
import { newStudy, PASSPHRASE } from "../test-study.ts";
import { importReports } from "./import-reports.ts";
import { importInto } from "./test-import.ts";

/** (0008,0005), the name's bytes as Python's codecs write it, and its parts as a report has them. */
const PATIENTS: readonly (readonly [sets: string, hex: string, parts: readonly string[]])[] = [
  ["ISO_IR 192", "4dc3bc6c6c65726f76c3a15e4a6f73c3a9", ["Müllerová", "José"]],
  ["ISO_IR 100", "4dfc6c6c65726f76e15e4a6f73e966", ["Müllerová", "Joséf"]],
  ["ISO_IR 101", "44766ff8e16b6f76e15e4a69f8696e61", ["Dvořáková", "Jiřina"]],
  ["ISO_IR 110", "42ba727a69f1b95e4ae06e6973", ["Bērziņš", "Jānis"]],
  ["ISO_IR 148", "59fd6c64fd7a6ff06c755ec761f06c6172", ["Yıldızoğlu", "Çağlar"]],
  ["ISO_IR 144", "b8d2d0ddded2d05eb0ddddd0", ["Иванова", "Анна"]],
  ["ISO_IR 126", "c4e9efedf5f3dfeff55ec5ebddede7", ["Διονυσίου", "Ελένη"]],
  ["ISO_IR 138", "f9f8e5ef5ee3e1e5f8e4", ["שרון", "דבורה"]],
  [
    "GB18030",
    "57616e6774657374 5e5869616f646f6e673d cdf5b2e2cad45ed0a1b6ab",
    ["王测试", "小东", "Wangtest"],
  ],
  ["GBK", "cdf59c79d4875ed0a1967c", ["王測試", "小東"]],
  ["\\ISO 2022 IR 100", "426a1b2d41f8726e73736f6e5ec5736562", ["Bjørnsson", "Åseb"]],
  [
    "\\ISO 2022 IR 87",
    "59616d6164615e5461726f753d1b24423b3345441b28425e1b244242404f3a1b2842",
    ["山田", "太郎", "Yamada", "Tarou"],
  ],
  [
    "\\ISO 2022 IR 149",
    "486f6e677369615e47696c646f6e673d1b242943fbf35e1b242943d1ced4d7",
    ["吉洞", "Hongsia", "Gildong"],
  ],
  [
    "\\ISO 2022 IR 58",
    "5a68616e675e5869616f446f6e673d1b242941d5c55e1b242941d0a1b6ab",
    ["小东", "Zhang", "XiaoDong"],
  ],
  // What no set is named for is Latin-5 here, and read as Latin-1: "Gündoðan".
  ["", "47fc6e646ff0616e5e5065746572", ["Gündoğan", "Peter"]],
];

test("names in fifteen character sets leave with the files and the reports", async (context) => {
  const { folder, study: path } = await newStudy(context);
  const lines = ["accession;report"];
  const files = PATIENTS.map(([sets, hex, parts], index) => {
    const name = Buffer.from(hex.replaceAll(" ", ""), "hex");
    const file = join(folder, `${index}.dcm`);
    const description = Buffer.concat([Buffer.from("Ankle AP "), name]);
    writeFileSync(
      file,
      dicomFile({
        ...GRAY_2X2,
        "00080005 CS": sets,
        "00080018 UI": `1.3.99.1.${index}`,
        "00080050 SH": `ACC${1000 + index}`,
        "0008103e LO": description,
        "00081090 LO": description,
        "00100010 PN": name,
        "00100020 LO": `MRN${7000 + index}`,
        "00187062 LT": description,
        "0020000d UI": `1.3.99.2.${index}`,
      }),
    );
    const [family, given = "", ...others] = parts;
    lines.push(
      `ACC${1000 + index};"Patient ${family}, ${given}. Mevrouw ${family} viel. Geen fractuur bij ${given} ${family}. ${others.join(" ")}"`,
    );
    return file;
  });
  const { counts, events } = await importInto(path, ...files);
  assert.deepEqual([counts.imported, counts.refused], [PATIENTS.length, 0]);

  const reports = join(folder, "reports.csv");
  writeFileSync(reports, `${lines.join("\n")}\n`);
  const study = await openStudy(path);
  const keys = await openKeys(study, PASSPHRASE);
  context.after(async () => {
    keys.close();
    await closeStudy(study);
  });
  const hospital = findHospital(study, undefined);
  await importReports(study, { path: reports, hospital, keys, who: "tester" });
  const rows = await study.database
    .selectFrom("reports")
    .innerJoin("cases", "cases.id", "reports.case_id")
    .innerJoin("images", "images.case_id", "cases.id")
    .select(["reports.text", "cases.patient_id", "images.sha256"])
    .execute();
  for (const [index, [sets, hex, parts]] of PATIENTS.entries()) {
    const event = events[index];
    assert.ok(event.outcome === "imported");
    const row = rows.find(({ sha256 }) => sha256 === event.sha256);
    assert.ok(row !== undefined, sets);
    const entry = keys.entry(row.patient_id);
    for (const part of parts) {
      assert.ok(!row.text.includes(part), `${sets}: ${part} is left in "${row.text}"`);
      const readable = sets === "" ? part.replace("ğ", "ð") : part;
      assert.ok(entry?.patientName?.includes(readable), `${sets}: ${entry?.patientName}`);
    }
    assert.match(row.text, /Mevrouw \[name\] viel\. Geen fractuur bij \[name\]/);
    // In the stored file neither the bytes nor a half of them are left.
    const stored = readFileSync(imagePath(study.images, event.sha256)).toString("latin1");
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex").toString("latin1");
    for (const part of bytes.split(/[\^=]/)) assert.ok(!stored.includes(part), sets);
  }
});
