/** What a study knows of its data: where they come from, who is in them, and how they were kept apart. */
import type { HospitalFlow } from "@malleolus/schema";
import type { ReportContent } from "../content.ts";
import { type Evidence, METHODS, PARTICIPANTS, RESULTS, total } from "./evidence-words.ts";

export function dataSources({
  provenance,
  flow: studyFlow,
  simulated,
}: ReportContent): Evidence | null {
  if (provenance === null || studyFlow === null) return null;
  const { hospitals, dates } = provenance.study;
  const files = studyFlow.hospitals.reduce((sum, one) => sum + one.files, 0);
  const when = dates === null ? "" : `, examined ${dates[0]} to ${dates[1]} (dates are shifted)`;
  const kind = simulated === null ? "" : "simulated ";
  return {
    text: `${files} files of ${hospitals.length} ${kind}hospitals (${hospitals.map(({ id, role }) => `${id}: ${role}`).join(", ")})${when}.`,
    where: PARTICIPANTS,
  };
}

export function eligibility({ flow: studyFlow }: ReportContent): Evidence | null {
  if (studyFlow === null) return null;
  const of = (key: "excluded" | "excludedByReading" | "excludedByReference") =>
    studyFlow.hospitals.reduce((sum, one) => sum + total(one[key]), 0);
  return {
    text: `Reports were screened by keywords, which left out ${of("excluded")} cases; readers left out ${of("excludedByReading")}, and the reference panel ${of("excludedByReference")}, each by a code of the protocol.`,
    where: PARTICIPANTS,
  };
}

export function preparation({ provenance }: ReportContent): Evidence | null {
  if (provenance === null || provenance.detector === null) return null;
  return {
    text: "Radiographs were decoded from DICOM to linear grey values (rescale and window applied, MONOCHROME1 inverted) and resized by the settings that the detector's file holds, for training and for the tests alike.",
    where: METHODS,
  };
}

export function subsets({ sets }: ReportContent): Evidence | null {
  if (sets.length === 0) return null;
  const parts = sets.map(
    ({ name, patients, radiographs }) => `${name} ${patients} / ${radiographs}`,
  );
  return { text: `Patients / radiographs: ${parts.join("; ")}.`, where: PARTICIPANTS };
}

export function deidentification({ provenance }: ReportContent): Evidence | null {
  if (provenance === null) return null;
  return {
    text: `DICOM files were de-identified on import (PS3.15, attribute confidentiality profile; UIDs replaced, dates shifted, patients under pseudonyms), and reports cleared of names, numbers and dates. Radiographs that came as pictures, without attributes: ${provenance.study.pictures}.`,
    where: METHODS,
  };
}

export function missingData({ flow: studyFlow, tests }: ReportContent): Evidence | null {
  if (studyFlow === null) return null;
  const { hospitals } = studyFlow;
  const sum = (of: (one: HospitalFlow) => number) =>
    hospitals.reduce((all, one) => all + of(one), 0);
  const refused = total(studyFlow.refusedFiles);
  const without = sum(({ cases, withReport }) => cases - withReport);
  const undecided = sum(({ readUndecided }) => readUndecided);
  const unclear =
    tests.length === 0
      ? ""
      : " A radiograph without an outline counts in its patient's class and in nothing measured in pixels.";
  return {
    text: `${refused} files could not be read, ${without} cases had no report, ${undecided} were read and not decided.${unclear}`,
    where: PARTICIPANTS,
  };
}

export function acquisition({ sets }: ReportContent): Evidence | null {
  if (sets.length === 0) return null;
  const machines = new Set(sets.flatMap((set) => Object.keys(set.machines)));
  const views = new Set(sets.flatMap((set) => Object.keys(set.views)));
  return {
    text: `Machines: ${[...machines].join("; ")}. Views: ${[...views].join(", ")}.`,
    where: PARTICIPANTS,
  };
}

export function assignment({ provenance }: ReportContent): Evidence | null {
  if (provenance === null) return null;
  return {
    text: `By patient, drawn at random within classes with the seed ${provenance.study.splitSeed}; patients of an external hospital serve in the external test alone.`,
    where: METHODS,
  };
}

export function separation({ provenance }: ReportContent): Evidence | null {
  if (provenance === null) return null;
  const { patientsChecked, againstRun } = provenance.separation;
  const run = againstRun ? ", and no test radiograph is in the run's record of what it saw" : "";
  return {
    text: `Sets share no patient: checked for ${patientsChecked} test patients when this report was written${run}.`,
    where: METHODS,
  };
}

export function sampleSize({ tests }: ReportContent): Evidence | null {
  if (tests.length === 0) return null;
  return {
    text: tests
      .map(({ name, evaluation }) => `${name}: ${evaluation.patients} patients`)
      .join("; "),
    where: RESULTS,
  };
}

export function flow({ flow: studyFlow }: ReportContent): Evidence | null {
  if (studyFlow === null) return null;
  const cases = studyFlow.hospitals.reduce((sum, one) => sum + one.cases, 0);
  return { text: `Flow diagrams of ${cases} cases with every exclusion.`, where: PARTICIPANTS };
}

export function characteristics({ sets }: ReportContent): Evidence | null {
  if (sets.length === 0) return null;
  return {
    text: `A table of ${sets.length} sets: classes, age, sex, hospital, machine, views, visibility.`,
    where: PARTICIPANTS,
  };
}

export function poorInput({ flow: studyFlow, names }: ReportContent): Evidence | null {
  if (studyFlow === null) return null;
  const refused = Object.entries(studyFlow.refusedFiles).filter(([, count]) => count > 0);
  const codes = refused.map(
    ([code, count]) => `${Object.hasOwn(names, code) ? names[code] : code} ${count}`,
  );
  const said = codes.length === 0 ? "none was refused" : codes.join(", ");
  return {
    text: `A file that cannot be read whole is refused with a code (${said}), and readers leave a case out by a code of the protocol.`,
    where: PARTICIPANTS,
  };
}
