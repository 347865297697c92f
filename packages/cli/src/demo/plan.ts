/** The demonstration's plan: numbers of patients, their readers, and their assignment. */
import type { AcceptanceThreshold } from "@malleolus/evaluation";
import type { Protocol, StudyConfiguration } from "@malleolus/schema";

export interface DemoPlan {
  readonly seed: string;
  /** Pixels of this size: smaller radiographs, so that a network learns from them in minutes. */
  readonly pitchMm: number;
  readonly internal: HospitalPlan;
  readonly external: HospitalPlan;
  readonly splits: Protocol["splits"];
}

export interface HospitalPlan {
  /** Patients of each of the four classes. */
  readonly perClass: number;
  /** More patients, whom a study leaves out. */
  readonly excluded: number;
}

/**
 * What the demonstration has to reach on its internal test, or it says that it did not. Set before it
 * was run, of the size that would let a person try the rest.
 */
export const THRESHOLDS = {
  accuracy: {
    name: "Accuracy over four classes",
    direction: "at least",
    limit: 0.75,
    intervalLimit: 0.55,
  },
  sensitivity: {
    name: "Sensitivity for a fracture",
    direction: "at least",
    limit: 0.85,
    intervalLimit: 0.65,
  },
  auc: {
    name: "AUC, fracture against none",
    direction: "at least",
    limit: 0.9,
    intervalLimit: 0.75,
  },
  boxIou: {
    name: "Median box IoU, missed as 0",
    direction: "at least",
    limit: 0.55,
    intervalLimit: 0.4,
  },
  falsePositiveRadiographs: {
    name: "Sound patients' radiographs with a box",
    direction: "at most",
    limit: 0.5,
    intervalLimit: 0.75,
  },
} as const satisfies Record<string, Omit<AcceptanceThreshold, "value" | "interval" | "anchor">>;

/**
 * Readers and reports lose some of every class: the tests and the training ask for what is certain
 * to be left.
 */
export const demoPlan: DemoPlan = {
  seed: "demo",
  pitchMm: 0.48,
  internal: { perClass: 60, excluded: 12 },
  external: { perClass: 9, excluded: 4 },
  splits: {
    seed: 1,
    preliminary: { fracture: 0, noFracture: 0 },
    training: { fracture: 290, noFracture: 105 },
    tuningShare: 0.3,
    internalTestPatientsPerClass: 10,
    internalTestReservePerClass: 3,
    externalTestPatients: 28,
    externalTestViews: ["ap", "lateral"],
  },
};

/** The two hospitals, and everybody whom the ankle's protocol asks for. */
export const demoParticipants: Pick<StudyConfiguration, "hospitals" | "observers"> = {
  hospitals: [
    { id: "one", name: "Simulated Hospital One", role: "internal", language: "en" },
    { id: "two", name: "Gesimuleerd Ziekenhuis Twee", role: "external", language: "nl" },
  ],
  observers: [
    ...people("observer", "Simulated observer", 3),
    ...people("senior", "Simulated senior", 1),
    ...people("surgeon", "Simulated surgeon", 3),
    ...people("annotator", "Simulated annotator", 2),
  ],
};

function people(
  role: StudyConfiguration["observers"][number]["roles"][number],
  name: string,
  count: number,
): StudyConfiguration["observers"] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${role}-${i + 1}`,
    name: `${name} ${i + 1}`,
    roles: [role],
  }));
}
