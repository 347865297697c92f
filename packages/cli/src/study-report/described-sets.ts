/** Who is in training, tuning and each test: from the study's database and the heads of its files. */
import { join } from "node:path";
import { readAcquisition } from "@malleolus/data";
import {
  ageBand,
  type DescribedPatient,
  type DescribedSet,
  describeSet,
  type ImageAttributes,
  type PatientAttributes,
  TUNING,
} from "@malleolus/evaluation";
import { type Assignment, visibilitySchema } from "@malleolus/schema";
import {
  type AssignedRadiograph,
  assignedImages,
  readTestSets,
  type Study,
  type TestCase,
} from "@malleolus/studies";

/** Files that are read at once. */
const AT_ONCE = 8;

export interface DescribedStudy {
  /** Those that nobody is in are left out. */
  readonly sets: readonly DescribedSet[];
  /** Of every patient in them. */
  readonly attributes: PatientAttributes;
  /** Of every radiograph, by file. */
  readonly imageAttributes: ImageAttributes;
}

export async function describeStudy(study: Study): Promise<DescribedStudy> {
  const tests = await readTestSets(study);
  const wanted: readonly (readonly [string, Assignment, readonly TestCase[] | null])[] = [
    ["Preliminary training", "preliminary training", null],
    ["Training", "training", null],
    [TUNING, "tuning", null],
    ["Internal test, difficult", "internal test", tests.internal.difficult],
    ["Internal test, easy", "internal test", tests.internal.easy ?? []],
    ["External test, difficult", "external test", tests.external.difficult],
    ["External test, easy", "external test", tests.external.easy ?? []],
  ];
  const known = new Map<string, DescribedPatient>();
  const sets: DescribedSet[] = [];
  const ofImages = new Map<string, ImageAttributes[string]>();
  for (const [name, assignment, cases] of wanted) {
    const chosen = cases === null ? null : new Set(cases.map(({ caseId }) => caseId));
    const images = (await assignedImages(study, assignment)).filter(
      ({ caseId }) => chosen === null || chosen.has(caseId),
    );
    for (const { fileName, visibility } of images) {
      ofImages.set(fileName, { Visibility: visibility ?? NOT_GRADED });
    }
    const patients = [...Map.groupBy(images, ({ patient }) => patient)];
    for (let from = 0; from < patients.length; from += AT_ONCE) {
      const some = patients.slice(from, from + AT_ONCE).filter(([id]) => !known.has(id));
      const described = await Promise.all(some.map(([, own]) => describedPatient(study, own)));
      for (const [i, [id]] of some.entries()) known.set(id, described[i]);
    }
    const all = patients.flatMap(([id]) => known.get(id) ?? []);
    if (all.length > 0) sets.push(describeSet(name, all));
  }
  const attributes = [...known].map(([id, patient]) => [id, attributesOf(patient)] as const);
  return {
    sets,
    attributes: Object.fromEntries(attributes),
    imageAttributes: Object.fromEntries(ofImages),
  };
}

const NOT_GRADED = "no fracture graded";

/** Of radiographs' grades the clearest: on that view a fracture could be seen best. */
function attributesOf(patient: DescribedPatient): PatientAttributes[string] {
  const { age, sex, hospital, machine, ambiguous, radiographs } = patient;
  const grades = new Set(radiographs.map(({ visibility }) => visibility));
  return {
    Age: age === null ? null : ageBand(age),
    Sex: sex,
    Hospital: hospital,
    Machine: machine,
    Visibility: visibilitySchema.options.find((grade) => grades.has(grade)) ?? NOT_GRADED,
    Readers: ambiguous === null ? null : ambiguous ? "differed at first" : "agreed at first",
  };
}

/** The files of one examination say the same of the patient: the first is asked. */
async function describedPatient(
  { images: folder }: Study,
  images: readonly AssignedRadiograph[],
): Promise<DescribedPatient> {
  const [first] = images;
  const { ageYears, sex, machine } = await readAcquisition(join(folder, first.fileName));
  return {
    patient: first.patient,
    hospital: first.hospital,
    class: first.class,
    ambiguous: first.ambiguous,
    age: ageYears,
    sex,
    machine,
    radiographs: images.map(({ view, visibility }) => ({ view, visibility })),
  };
}
