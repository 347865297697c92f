/**
 * The two simulated hospitals: their X-ray units, the views they take and the language they report in;
 * and one patient's study there, as it would come out of an archive.
 */
import { buildAnkle } from "../anatomy/ankle.ts";
import { type Patient, type PatientSpec, samplePatient } from "../patient/patient.ts";
import { type Report, writeReport } from "../people/report.ts";
import type { Language } from "../people/report-phrases.ts";
import { CONSPICUITIES, type Conspicuity } from "../radiography/conspicuity.ts";
import { type PhantomRadiograph, simulateRadiograph } from "../radiography/simulate.ts";
import { type FractureTruth, fractureTruth } from "../radiography/truth.ts";
import type { PhantomView } from "../radiography/view.ts";
import type { XrayUnit } from "../radiography/xray-unit.ts";
import { externalXrayUnit, internalXrayUnit } from "../radiography/xray-units.ts";
import { createRandom } from "../random.ts";
import { radiographFile, type StudyHeader } from "./radiograph-object.ts";

export interface Hospital {
  readonly key: "internal" | "external";
  readonly name: string;
  readonly xrayUnit: XrayUnit;
  readonly views: readonly PhantomView[];
  readonly language: Language;
}

export const internalHospital: Hospital = {
  key: "internal",
  name: "Simulated Hospital One",
  xrayUnit: internalXrayUnit,
  views: ["ap", "mortise", "lateral"],
  language: "en",
};

export const externalHospital: Hospital = {
  key: "external",
  name: "Gesimuleerd Ziekenhuis Twee",
  xrayUnit: externalXrayUnit,
  views: ["ap", "lateral"],
  language: "nl",
};

/** With whole radiographs, or without their pixels. */
export interface PhantomStudy<Radiograph = PhantomRadiograph> {
  readonly header: StudyHeader;
  readonly patient: Patient;
  readonly fracture: FractureTruth | null;
  readonly images: readonly { readonly radiograph: Radiograph; readonly file: Uint8Array }[];
  readonly report: Report;
}

/**
 * The `number`th patient of a hospital; the same seed, number and spec give the same study. Another
 * X-ray unit is for smaller radiographs of the same patients.
 */
export function simulateStudy(
  hospital: Hospital,
  seed: string,
  number: number,
  spec: PatientSpec,
  xrayUnit: XrayUnit = hospital.xrayUnit,
): PhantomStudy {
  const patient = samplePatient(`${seed}/${hospital.key}/${number}`, spec);
  const ankle = buildAnkle(patient);
  const header = sampleHeader(hospital, number, patient);
  const images = hospital.views.map((view) => {
    const radiograph = simulateRadiograph(ankle, view, xrayUnit);
    return { radiograph, file: radiographFile(radiograph, patient, xrayUnit, header) };
  });
  const fracture = fractureTruth(ankle);
  const conspicuity = bestConspicuity(images.map(({ radiograph }) => radiograph));
  const views = hospital.views.length;
  const report = writeReport({ patient, fracture, conspicuity, views }, hospital.language);
  return { header, patient, fracture, images, report };
}

/** One line a study, for the import of reports: RFC 4180, with a header line. */
export function reportsCsv(
  studies: readonly {
    readonly header: Pick<StudyHeader, "accessionNumber" | "patientId" | "date">;
    readonly report: Pick<Report, "language" | "text">;
  }[],
): string {
  const rows = studies.map(({ header, report }) => [
    header.accessionNumber,
    header.patientId,
    header.date,
    report.language,
    report.text,
  ]);
  return [["accession_number", "patient_id", "study_date", "language", "report"], ...rows]
    .map((cells) => cells.map(csvCell).join(","))
    .join("\r\n")
    .concat("\r\n");
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function bestConspicuity(radiographs: readonly PhantomRadiograph[]): Conspicuity | null {
  return (
    CONSPICUITIES.find((grade) => radiographs.some((each) => each.conspicuity === grade)) ?? null
  );
}

/** Within the years of the study that is followed, 2016 to 2020. */
function sampleHeader(hospital: Hospital, number: number, patient: Patient): StudyHeader {
  const random = createRandom(patient.seed, "header");
  const two = (value: number) => String(value).padStart(2, "0");
  const year = 2016 + Math.floor(random.between(0, 5));
  const day = two(1 + Math.floor(random.between(0, 28)));
  const letter = hospital.key === "internal" ? "I" : "E";
  return {
    institution: hospital.name,
    patientId: `${letter}P${String(number).padStart(5, "0")}`,
    accessionNumber: `${letter}A${String(number).padStart(6, "0")}`,
    date: `${year}${two(1 + Math.floor(random.between(0, 12)))}${day}`,
    time: `${two(Math.floor(random.between(0, 24)))}${two(Math.floor(random.between(0, 60)))}00`,
  };
}
