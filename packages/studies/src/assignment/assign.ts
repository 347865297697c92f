/**
 * The assignment of patients and radiographs: tests first, then training. Every step is one
 * transaction, so that a pool that is too small, or an interruption, leaves nothing half assigned; each
 * is done once.
 */
import type { Assignment } from "@malleolus/schema";
import type { AuditStamp } from "../cases/transition-case.ts";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { hasViews, readPool } from "./pool.ts";
import { recordRadiographs, recordTest, refuseShortages } from "./record-assignment.ts";
import {
  type Shortage,
  samplePatients,
  samplePatientsByClass,
  sampleRadiographs,
  sampleTuning,
} from "./sample-pool.ts";

export interface TrainingOptions {
  readonly who: string;
  /** Radiographs to take first, in this order: those that a network finds hard, say. */
  readonly preferred?: readonly string[] | undefined;
  /** Whether radiographs of the preliminary training may serve again; yes unless said otherwise. */
  readonly reusePreliminary?: boolean | undefined;
}

export interface AssignedTraining {
  /** Preferred radiographs that serve for training or tuning. */
  readonly preferredTaken: number;
  /** Preferred radiographs of test patients, who are never trained on. */
  readonly preferredInTests: number;
}

/**
 * Reserves patients of every class for the internal test, and some more to replace ambiguous ones.
 *
 * @throws StudyError `assignment`.
 */
export async function assignInternalTest(study: Study, who: string): Promise<void> {
  await assignStep(study, (transaction, shortages) =>
    internalTest(transaction, study, who, shortages),
  );
}

/**
 * Reserves patients of the external hospitals.
 *
 * @throws StudyError `assignment`.
 */
export async function assignExternalTest(study: Study, who: string): Promise<void> {
  await assignStep(study, (transaction, shortages) =>
    externalTest(transaction, study, who, shortages),
  );
}

/**
 * Draws the radiographs of the preliminary training.
 *
 * @throws StudyError `assignment`.
 */
export async function assignPreliminaryTraining(study: Study, who: string): Promise<void> {
  await assignStep(study, (transaction, shortages) =>
    preliminaryTraining(transaction, study, who, shortages),
  );
}

/** Draws the radiographs of training, and of its patients a share for tuning. As above. */
export async function assignTraining(
  study: Study,
  options: TrainingOptions,
): Promise<AssignedTraining> {
  return assignStep(study, (transaction, shortages) =>
    training(transaction, study, options, shortages),
  );
}

/** All of the above at once, or nothing. */
export async function assignCases(
  study: Study,
  options: TrainingOptions,
): Promise<AssignedTraining> {
  const { who } = options;
  return assignStep(study, async (transaction, shortages) => {
    await internalTest(transaction, study, who, shortages);
    await externalTest(transaction, study, who, shortages);
    await preliminaryTraining(transaction, study, who, shortages);
    return training(transaction, study, options, shortages);
  });
}

/**
 * The parts of an assignment, in their order: each is drawn from the pool once. Tuning comes with
 * training.
 */
export const ASSIGNMENT_STEPS = [
  "internal test",
  "external test",
  "preliminary training",
  "training",
] as const satisfies readonly Assignment[];
export type AssignmentStep = (typeof ASSIGNMENT_STEPS)[number];

export interface StepOutcome {
  readonly step: AssignmentStep;
  /** The protocol may ask for none; once training is drawn, the preliminary comes too late. */
  readonly outcome: "drawn" | "drawn before" | "none asked for" | "too late";
}

/**
 * The steps of a list that were not made before, at once or none of them: the same call again does
 * nothing.
 *
 * @throws StudyError `assignment`, which names all that is missing.
 */
export async function assignMissing(
  study: Study,
  steps: readonly AssignmentStep[],
  options: TrainingOptions,
): Promise<{ readonly outcomes: StepOutcome[]; readonly training: AssignedTraining | null }> {
  const { who } = options;
  const { splits } = study.protocol;
  const asked: Readonly<Record<AssignmentStep, number>> = {
    "internal test": splits.internalTestPatientsPerClass + splits.internalTestReservePerClass,
    "external test": splits.externalTestPatients,
    "preliminary training": splits.preliminary.fracture + splits.preliminary.noFracture,
    training: splits.training.fracture + splits.training.noFracture,
  };
  return assignStep(study, async (transaction, shortages) => {
    const rows = await transaction
      .selectFrom("assigned_images")
      .select("assignment")
      .distinct()
      .execute();
    const earlier = new Set(rows.map(({ assignment }) => assignment));
    const outcomes: StepOutcome[] = [];
    let trained: AssignedTraining | null = null;
    for (const one of ASSIGNMENT_STEPS.filter((name) => steps.includes(name))) {
      const isLate = one === "preliminary training" && earlier.has("training");
      const outcome = earlier.has(one)
        ? "drawn before"
        : asked[one] === 0
          ? "none asked for"
          : isLate
            ? "too late"
            : "drawn";
      outcomes.push({ step: one, outcome });
      if (outcome !== "drawn") continue;
      if (one === "internal test") await internalTest(transaction, study, who, shortages);
      else if (one === "external test") await externalTest(transaction, study, who, shortages);
      else if (one === "preliminary training")
        await preliminaryTraining(transaction, study, who, shortages);
      else trained = await training(transaction, study, options, shortages);
    }
    return { outcomes, training: trained };
  });
}

/** One transaction, undone where anything was missing: then all of it is named. */
async function assignStep<T>(
  study: Study,
  work: (transaction: StudyTransaction, shortages: Shortage[]) => Promise<T>,
): Promise<T> {
  return inTransaction(study.database, async (transaction) => {
    const shortages: Shortage[] = [];
    const result = await work(transaction, shortages);
    refuseShortages(shortages);
    return result;
  });
}

async function internalTest(
  transaction: StudyTransaction,
  study: Study,
  who: string,
  missing: Shortage[],
): Promise<void> {
  const { classes, views, splits } = study.protocol;
  const original = splits.internalTestPatientsPerClass;
  await requireFirst(transaction, "internal test");
  const pool = await readPool(transaction, study, "internal");
  const { sampled, shortages } = samplePatientsByClass(
    pool.filter((one) => one.partition === null && hasViews(one, views)),
    classes.map(({ id }) => id),
    original + splits.internalTestReservePerClass,
    ["splits.internalTestPatientsPerClass", "splits.internalTestReservePerClass"],
    splits.seed,
  );
  missing.push(...shortages);
  if (shortages.length > 0) return;
  await recordTest(
    transaction,
    "internal test",
    sampled,
    ({ case: { class: name }, rank }) =>
      `draw of seed ${splits.seed}: ${name} ${rank + 1}${rank < original ? "" : ", in reserve"}`,
    stampOf(who),
  );
}

async function externalTest(
  transaction: StudyTransaction,
  study: Study,
  who: string,
  missing: Shortage[],
): Promise<void> {
  const { splits } = study.protocol;
  await requireFirst(transaction, "external test");
  const pool = await readPool(transaction, study, "external");
  const usable = pool.filter(
    (one) => one.partition === null && hasViews(one, splits.externalTestViews),
  );
  const asked = splits.externalTestPatients;
  const sampled = samplePatients(usable, asked, splits.seed, "external test");
  const what = `patients of an external hospital with ${splits.externalTestViews.join(" and ")} views`;
  const keys = ["splits.externalTestPatients"];
  if (sampled.length < asked) {
    missing.push({ what, asked, found: sampled.length, keys });
    return;
  }
  await recordTest(
    transaction,
    "external test",
    sampled,
    ({ rank }) => `draw of seed ${splits.seed}: ${rank + 1}`,
    stampOf(who),
  );
}

async function preliminaryTraining(
  transaction: StudyTransaction,
  study: Study,
  who: string,
  missing: Shortage[],
): Promise<void> {
  const { splits, noFractureClass } = study.protocol;
  await requireFirst(transaction, "preliminary training");
  await requireFirst(transaction, "training");
  const pool = await readPool(transaction, study, "internal");
  const { sampled, shortages } = sampleRadiographs(
    pool.filter(({ partition }) => partition === null),
    splits.preliminary,
    { noFractureClass, seed: splits.seed, purpose: "preliminary training" },
  );
  missing.push(...shortages);
  if (shortages.length > 0) return;
  const why = `draw of seed ${splits.seed}`;
  await recordRadiographs(transaction, "preliminary training", sampled, why, stampOf(who));
}

async function training(
  transaction: StudyTransaction,
  study: Study,
  { who, preferred = [], reusePreliminary = true }: TrainingOptions,
  missing: Shortage[],
): Promise<AssignedTraining> {
  const { splits, noFractureClass, classes } = study.protocol;
  await requireFirst(transaction, "training");
  const all = await readPool(transaction, study, "internal");
  const pool = all
    .filter(({ partition }) => partition === null || partition === "training")
    .map((one) => ({
      ...one,
      images: one.images.filter(({ preliminary }) => reusePreliminary || !preliminary),
    }));
  const { sampled, shortages } = sampleRadiographs(pool, splits.training, {
    noFractureClass,
    seed: splits.seed,
    purpose: "training",
    preferred,
  });
  const names = classes.map(({ id }) => id);
  const tuning = sampleTuning(sampled, splits.tuningShare, names, splits.seed);
  missing.push(...shortages, ...tuning.shortages);
  if (missing.length > 0) return { preferredTaken: 0, preferredInTests: 0 };
  const tuned = new Set(tuning.sampled);
  const why = `draw of seed ${splits.seed}${preferred.length === 0 ? "" : ", preferred radiographs first"}`;
  const stamp = stampOf(who);
  const inTuning = sampled.filter((one) => tuned.has(one.case.patient));
  const inTraining = sampled.filter((one) => !tuned.has(one.case.patient));
  await recordRadiographs(transaction, "training", inTraining, why, stamp);
  await recordRadiographs(transaction, "tuning", inTuning, why, stamp);
  const wanted = new Set(preferred);
  return {
    preferredTaken: sampled.filter((one) => wanted.has(one.image.image)).length,
    preferredInTests: await countInTests(transaction, wanted),
  };
}

/** A second draw would add to the first: what is assigned stays. */
async function requireFirst(transaction: StudyTransaction, assignment: Assignment): Promise<void> {
  const earlier = await transaction
    .selectFrom("assigned_images")
    .select("image_sha256")
    .where("assignment", "=", assignment)
    .executeTakeFirst();
  if (earlier === undefined) return;
  throw new StudyError(
    "assignment",
    `${assignment} has already been drawn for this study; a draw is never repeated`,
  );
}

async function countInTests(
  transaction: StudyTransaction,
  wanted: ReadonlySet<string>,
): Promise<number> {
  const rows = await transaction
    .selectFrom("images")
    .innerJoin("cases", "cases.id", "images.case_id")
    .innerJoin("patient_partitions", "patient_partitions.patient_id", "cases.patient_id")
    .where("patient_partitions.partition", "in", ["internal test", "external test"])
    .select("images.sha256")
    .execute();
  return rows.filter(({ sha256 }) => wanted.has(sha256)).length;
}

function stampOf(who: string): AuditStamp {
  return { who, at: new Date().toISOString() };
}
