/**
 * Whom `patient-head.ts` learns from and is measured on: further simulated patients of the machine inside, whom neither
 * the detector nor the study knows, and the study's own. Not started by hand.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { classId, DEMO_PASSPHRASE, findOnTests, patientsOf } from "@malleolus/cli/demo";
import { decodeRadiograph, readRadiograph } from "@malleolus/data";
import type { TestPatient, TuningPatient } from "@malleolus/evaluation";
import {
  adjudicationOf,
  type Conspicuity,
  internalHospital,
  mixedSpecs,
  type PhantomStudy,
  READER_ROLES,
  type ReadCase,
  type Reader,
  readArchive,
  readCase,
  simulateStudy,
  withPitch,
} from "@malleolus/phantom";
import { readJson } from "@malleolus/schema";
import { cocoExport, openKeys, type Study } from "@malleolus/studies";
import { z } from "zod";
import { wholeLines } from "./kept-lines.ts";
import { frameOf, type RadiographSource } from "./patient-head-radiographs.ts";
import type { SeenPatient } from "./patient-head-tokens.ts";

const FURTHER_SEED = "patient head";
/** The study's. */
const PITCH_MM = 0.4;

const factsSchema = z.strictObject({
  number: z.int().positive(),
  /** By three observers and a senior, as the study's tuning patients have theirs; and by the phantom. */
  class: z.string(),
  simulated: z.string(),
  /** Views on which the fracture is visible or obvious. */
  visibleOn: z.int().nonnegative(),
  /** By the segmentation less by the phantom's tibia, a view; null where either is not told. */
  plafondErrorsMm: z.array(z.number().nullable()),
});
type Facts = z.infer<typeof factsSchema>;

/** What a simulation knows of a patient. */
export interface KnownTruth {
  readonly simulated: string;
  readonly visibleOn: number;
}

export interface FurtherPatient extends SeenPatient, KnownTruth {
  readonly plafondErrorsMm: readonly (number | null)[];
}

/** As many of each class as asked for; facts are kept as they come, as radiographs are. */
export async function furtherPatients(
  source: RadiographSource,
  { perClass, kept }: { readonly perClass: number; readonly kept: string },
): Promise<FurtherPatient[]> {
  const known = readFacts(kept);
  const unit = withPitch(internalHospital.xrayUnit, PITCH_MM);
  const patients: FurtherPatient[] = [];
  for (const [i, spec] of mixedSpecs(perClass, 0).entries()) {
    const number = i + 1;
    const keyOf = (view: string) => `further/${number}/${view}`;
    let facts = known.get(number);
    if (facts === undefined) {
      const study = simulateStudy(internalHospital, FURTHER_SEED, number, spec, unit);
      const plafondErrorsMm: (number | null)[] = [];
      for (const { radiograph, file } of study.images) {
        const key = keyOf(radiograph.view);
        const read = await decodeRadiograph(file, key);
        const { middleMm } = await source.see(key, async () => read);
        const truth = frameOf(radiograph.truth.tibia, read.pixelSpacingMm);
        const trueMm = truth?.heightMm(read.width / 2, read.height / 2) ?? null;
        plafondErrorsMm.push(middleMm === null || trueMm === null ? null : trueMm - middleMm);
      }
      facts = { number, ...classesOf(study), plafondErrorsMm };
      appendFileSync(kept, `${JSON.stringify(facts)}\n`);
    }
    const views = [];
    for (const view of internalHospital.views) {
      views.push({ view, seen: await source.see(keyOf(view), unkept) });
    }
    patients.push({ id: `further ${number}`, ...facts, views });
    if (number % 20 === 0) process.stderr.write(`${number} further patients\n`);
  }
  return patients;
}

async function unkept(): Promise<never> {
  throw new Error(
    "expected what was seen of a patient whose facts are kept, got none; remove both files",
  );
}

function readFacts(path: string): Map<number, Facts> {
  return new Map(
    wholeLines(path).map((line, i) => {
      const facts = readJson(factsSchema, line, `${path}, line ${i + 1}`);
      return [facts.number, facts];
    }),
  );
}

const OBSERVERS: readonly Reader[] = [1, 2, 3].map((n) => ({
  name: `observer-${n}`,
  ...READER_ROLES.observer,
}));
const SENIOR: Reader = { name: "senior-1", ...READER_ROLES.senior };

function classesOf({
  patient,
  fracture,
  images,
}: PhantomStudy): Omit<Facts, "number" | "plafondErrorsMm"> {
  const contrasts = images.map(({ radiograph }) => radiograph.fractureContrast ?? 0);
  const seen: ReadCase = { patient, fracture, contrasts };
  const said = OBSERVERS.map((one) => readCase(seen, one, 1).weberClass);
  const agreed = said.every((one) => one === said[0]);
  return {
    class: classId(agreed ? said[0] : adjudicationOf(seen, SENIOR, OBSERVERS, 1).weberClass),
    simulated: classId(fracture?.weberClass ?? null),
    visibleOn: images.filter(({ radiograph }) => isVisible(radiograph.conspicuity)).length,
  };
}

/** As `phantom-calibration.ts` counts them. */
function isVisible(conspicuity: Conspicuity | null): boolean {
  return conspicuity === "obvious" || conspicuity === "visible";
}

export interface StudyPatients<Patient extends TestPatient = TestPatient> {
  /** As the study's other measures take them. */
  readonly patients: readonly Patient[];
  readonly seen: readonly SeenPatient[];
}

/** The tuning patients, whom the detector has not learned from. */
export async function tuningPatients(
  study: Study,
  source: RadiographSource,
): Promise<StudyPatients<TuningPatient>> {
  const { dataset } = await cocoExport(study, "tuning");
  const patients: TuningPatient[] = [];
  const seen: SeenPatient[] = [];
  for (const { images, ...patient } of patientsOf(dataset, "the tuning patients")) {
    const views = [];
    const analysed: TuningPatient["images"][number][] = [];
    for (const { fileName, view, width, height, truths } of images) {
      const own = await seeFile(study, source, fileName);
      views.push({ view, seen: own });
      analysed.push({ id: fileName, view, width, height, truths, ...own.analysis });
    }
    patients.push({ ...patient, images: analysed });
    seen.push({ id: patient.id, class: patient.class, views });
  }
  return { patients, seen };
}

export interface StudyTestPart extends StudyPatients {
  readonly name: "internal difficult" | "internal easy" | "external difficult" | "external easy";
}

/** Both tests as drawn, and in their easy form. */
export async function testedParts(
  study: Study,
  source: RadiographSource,
): Promise<StudyTestPart[]> {
  const found = await findOnTests({
    study,
    analyze: async ({ fileName }) => (await seeFile(study, source, fileName)).analysis,
    onImage(done, total, test) {
      if (done === total) process.stderr.write(`${total} radiographs of the ${test}\n`);
    },
  });
  if (found === null) throw new Error("internal: nobody has stopped the tests");
  const parts: StudyTestPart[] = [];
  for (const where of ["internal", "external"] as const) {
    for (const kind of ["difficult", "easy"] as const) {
      const patients = found[where][kind];
      if (patients === null) continue;
      const seen: SeenPatient[] = [];
      for (const { id, class: name, images } of patients) {
        const views = [];
        for (const image of images) {
          views.push({ view: image.view, seen: await seeFile(study, source, image.id) });
        }
        seen.push({ id, class: name, views });
      }
      parts.push({ name: `${where} ${kind}`, patients, seen });
    }
  }
  return parts;
}

function seeFile(study: Study, source: RadiographSource, fileName: string) {
  return source.see(`study/${fileName}`, () => readRadiograph(join(study.images, fileName)));
}

/** What was simulated of the study's patients, by their pseudonyms: a simulation's key file is no secret. */
export async function simulatedTruths(
  study: Study,
  archive: string,
): Promise<Map<string, KnownTruth>> {
  const keys = await openKeys(study, DEMO_PASSPHRASE);
  try {
    const truths = new Map<string, KnownTruth>();
    for (const { id, role } of study.configuration.hospitals) {
      for (const { patientId, fracture, images } of readArchive(join(archive, role))) {
        const given = { hospital: id, patientId, patientName: null, birthDate: null };
        truths.set(await keys.pseudonymFor(given), {
          simulated: classId(fracture?.weberClass ?? null),
          visibleOn: images.filter(({ conspicuity }) => isVisible(conspicuity)).length,
        });
      }
    }
    return truths;
  } finally {
    keys.close();
  }
}
