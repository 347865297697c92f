/** The messages between the main thread and the simulating threads. */

import type { PatientSpec } from "../patient/patient.ts";
import type { PhantomRadiograph } from "../radiography/simulate.ts";
import type { XrayUnit } from "../radiography/xray-unit.ts";
import type { Hospital, PhantomStudy } from "./hospital.ts";

/** What stays the same for a thread's whole life. */
export interface Simulation {
  readonly hospital: Hospital;
  readonly seed: string;
  readonly xrayUnit: XrayUnit;
  /** Whether the displayed values are wanted, beside the file that holds them too. */
  readonly pixels: boolean;
}

export interface Question {
  readonly number: number;
  readonly spec: PatientSpec;
}

/** A study without the displayed values of its radiographs. */
export type StudyFacts = PhantomStudy<Omit<PhantomRadiograph, "pixels">>;
