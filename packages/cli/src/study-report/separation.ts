/**
 * Whether anybody of the tests was learned from: a set that shares a patient with training or tuning, or
 * a radiograph with what the run has seen, says nothing and is refused.
 *
 * The study's database keeps a patient in one partition. This looks again, since a report is what others
 * will believe, and since a detector may have been trained on something else than the study says.
 */
import type { SeenImages } from "@malleolus/runs";
import type { Assignment } from "@malleolus/schema";
import { assignedImages, type Study } from "@malleolus/studies";
import { CliError } from "../errors.ts";

const LEARNED: readonly Assignment[] = ["preliminary training", "training", "tuning"];
const TESTS: readonly Assignment[] = ["internal test", "external test"];

export interface AssignedImage {
  readonly sha256: string;
  readonly patient: string;
}

export interface Separation {
  readonly patientsChecked: number;
  /** Whether the run's own record was there to be looked at. */
  readonly againstRun: boolean;
}

/** @throws CliError `evaluation` for the first patient, or radiograph, that is in both. */
export async function checkSeparation(study: Study, seen: SeenImages | null): Promise<Separation> {
  const tested: AssignedImage[] = [];
  for (const test of TESTS) tested.push(...(await assignedImages(study, test)));
  for (const assignment of LEARNED) {
    checkPatients(assignment, await assignedImages(study, assignment), tested);
  }
  if (seen !== null) checkSeen(seen, tested);
  return {
    patientsChecked: new Set(tested.map(({ patient }) => patient)).size,
    againstRun: seen !== null,
  };
}

export function checkPatients(
  assignment: Assignment,
  learned: readonly AssignedImage[],
  tested: readonly AssignedImage[],
): void {
  const patients = new Set(learned.map(({ patient }) => patient));
  const shared = tested.find(({ patient }) => patients.has(patient));
  if (shared === undefined) return;
  throw new CliError(
    "evaluation",
    `patient ${shared.patient}: expected a test patient of whom nothing was learned, got one who ` +
      `serves in ${assignment} too; take the patient out of one of the two`,
  );
}

export function checkSeen(
  { training, tuning }: SeenImages,
  tested: readonly AssignedImage[],
): void {
  for (const [what, images] of [
    ["trained on", training],
    ["tuned by", tuning],
  ] as const) {
    const shared = tested.find(({ sha256 }) => images.has(sha256));
    if (shared === undefined) continue;
    throw new CliError(
      "evaluation",
      `radiograph ${shared.sha256.slice(0, 12)}… of patient ${shared.patient}: expected one that the ` +
        `detector has not seen, got one that it was ${what}; report with a detector that was trained ` +
        "on what malleolus export writes",
    );
  }
}
