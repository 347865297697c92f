/**
 * A simulated hospital's archive on disk: DICOM files as its system would give them, a table of its
 * reports, and, apart from both, the truth.
 *
 *   <folder>/dicom/IP00001/ap.dcm …
 *   <folder>/reports.csv            accession number, patient, date, language, text
 *   <folder>/truth.csv              what each report was written to say, for `screen --truth`
 *   <folder>/truth/IP00001.json     a PhantomRecord
 *   <folder>/annotations.json       the fractures of the truth as COCO annotations, to train on
 *   <folder>/structures.json        its bones and fractures, for a segmentation
 *
 * A record is written after its files, so that an interrupted archive goes on after the last record.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cocoText } from "@malleolus/data";
import { writeFileWhole } from "@malleolus/host";
import { PhantomError } from "../errors.ts";
import type { WeberClass } from "../patient/fracture.ts";
import { EXCLUSIONS, type Exclusion, type PatientSpec } from "../patient/patient.ts";
import type { XrayUnit } from "../radiography/xray-unit.ts";
import { PHANTOM_VERSION } from "../ranges.ts";
import { type Hospital, reportsCsv } from "./hospital.ts";
import { type PhantomRecord, phantomRecord, readPhantomRecord } from "./phantom-record.ts";
import { simulateStudies } from "./simulate-studies.ts";
import { structureAnnotations, truthAnnotations } from "./truth-annotations.ts";

export interface ArchiveSpec {
  readonly folder: string;
  readonly hospital: Hospital;
  readonly xrayUnit: XrayUnit;
  readonly seed: string;
  readonly specs: readonly PatientSpec[];
  readonly stop: AbortSignal;
  /** Examinations that are there, of all. */
  readonly onStudy: (done: number, total: number) => void;
}

/**
 * The records of the archive, made where they are missing; null where it was stopped before its end.
 *
 * @throws SchemaError for a record that is none, PhantomError where the folder holds another
 *   archive.
 */
export async function writeArchive(spec: ArchiveSpec): Promise<PhantomRecord[] | null> {
  const { folder, hospital, seed, specs } = spec;
  const records = readArchive(folder).slice(0, specs.length);
  for (const [i, record] of records.entries()) requireSame(record, spec, i, folder);
  const first = records.length;
  spec.onStudy(first, specs.length);
  const left = specs.slice(first);
  const studies = simulateStudies({
    hospital,
    seed,
    xrayUnit: spec.xrayUnit,
    specs: left,
    firstNumber: first + 1,
  });
  for await (const study of studies) {
    const number = records.length + 1;
    const files = study.images.map(({ radiograph, file }) => {
      const name = join("dicom", study.header.patientId, `${radiograph.view}.dcm`);
      writeFileWhole(join(folder, name), file);
      return name;
    });
    const record = phantomRecord({
      phantomVersion: PHANTOM_VERSION,
      hospital: hospital.key,
      seed,
      number,
      spec: specs[number - 1],
      study,
      files,
    });
    writeFileWhole(
      join(folder, "truth", `${record.patientId}.json`),
      `${JSON.stringify(record)}\n`,
    );
    records.push(record);
    spec.onStudy(records.length, specs.length);
    if (spec.stop.aborted && records.length < specs.length) return null;
  }
  writeFileWhole(join(folder, "reports.csv"), reportsCsv(records.map(reported)));
  writeFileWhole(join(folder, "truth.csv"), truthCsv(records));
  writeFileWhole(join(folder, "annotations.json"), cocoText(truthAnnotations(records)));
  writeFileWhole(join(folder, "structures.json"), cocoText(structureAnnotations(records)));
  return records;
}

/** The records of an archive in their order, as far as they go without a gap. */
export function readArchive(folder: string): PhantomRecord[] {
  const truth = join(folder, "truth");
  const names = existsSync(truth)
    ? readdirSync(truth).filter((name) => name.endsWith(".json"))
    : [];
  const records = names.sort().map((name) => readPhantomRecord(join(truth, name)));
  const gap = records.findIndex(({ number }, i) => number !== i + 1);
  return gap < 0 ? records : records.slice(0, gap);
}

/** As many of every class as asked for, in turn, and after every eighth one to be left out. */
export function mixedSpecs(perClass: number, excluded: number): PatientSpec[] {
  const classes: readonly (WeberClass | null)[] = ["A", "B", "C", null];
  const plain = Array.from({ length: 4 * perClass }, (_, i) => ({
    weberClass: classes[i % 4],
    exclusion: null,
  }));
  const left = Array.from({ length: excluded }, (_, i) => ({
    weberClass: classes[Math.floor(i / EXCLUSIONS.length + i) % 4],
    exclusion: EXCLUSIONS[i % EXCLUSIONS.length],
  }));
  const every = Math.max(1, Math.floor(plain.length / (excluded + 1)));
  return plain.flatMap((one, i) => {
    const due = (i + 1) % every === 0 ? left[(i + 1) / every - 1] : undefined;
    return due === undefined ? [one] : [one, due];
  });
}

function requireSame(
  record: PhantomRecord,
  { hospital, seed, specs }: ArchiveSpec,
  index: number,
  folder: string,
): void {
  const spec = specs[index];
  if (
    record.phantomVersion === PHANTOM_VERSION &&
    record.hospital === hospital.key &&
    record.seed === seed &&
    record.spec.weberClass === spec.weberClass &&
    record.spec.exclusion === spec.exclusion
  )
    return;
  throw new PhantomError(
    "folder",
    `${folder}: expected an empty folder or the same archive begun by phantom ${PHANTOM_VERSION}, ` +
      `got one of the ${record.hospital} hospital with seed "${record.seed}" by phantom ${record.phantomVersion}; ` +
      "give another folder, or remove it",
  );
}

function reported({ accessionNumber, patientId, studyDate, report }: PhantomRecord) {
  return { header: { accessionNumber, patientId, date: studyDate }, report };
}

function truthCsv(records: readonly PhantomRecord[]): string {
  const rows = records.map(({ accessionNumber, patientId, studyDate, spec, report }) => {
    const says = report.says === "no fracture" ? "no fracture" : "fracture";
    const truth = spec.exclusion === null ? says : `excluded:${exclusionCode(spec.exclusion)}`;
    return [accessionNumber, patientId, studyDate, truth].join(",");
  });
  return ["accession_number,patient_id,study_date,truth", ...rows, ""].join("\r\n");
}

/** The code that the ankle's protocol has for a reason of the phantom. */
export function exclusionCode(reason: Exclusion): string {
  return reason === "wrong view" ? "view-insufficient" : reason.replaceAll(" ", "-");
}
