/** The flow of cases through a study, hospital by hospital: its flow diagram's content. */
import { z } from "zod";
import { assignmentSchema } from "./assignment.ts";
import { screenedStateSchema } from "./screening-decision.ts";

const count = z.int().nonnegative();
/** By a code of the protocol, or a class. */
const counts = z.record(z.string(), count).readonly();

/** From the archive to the candidates. */
export const hospitalFunnelSchema = z.strictObject({
  hospital: z.string().min(1),
  patients: count,
  cases: count,
  images: count,
  withReport: count,
  /** By where the latest screening of each case put it. */
  screened: z.record(screenedStateSchema, count).readonly(),
  /** Exclusions by their deciding code. */
  excluded: counts,
});
export type HospitalFunnel = z.infer<typeof hospitalFunnelSchema>;

const assignedCountsSchema = z.strictObject({ patients: count, cases: count, images: count });
export type AssignedCounts = z.infer<typeof assignedCountsSchema>;

/** From the archive to what each radiograph serves for. */
export const hospitalFlowSchema = hospitalFunnelSchema.extend({
  /** Files brought that are in the study, each name of the same image counted. */
  files: count,
  /** Cases that all observers have read. */
  read: count,
  /** Of those, how many the senior has still to decide on, or nobody has closed. */
  readUndecided: count,
  /** Cases that the observers left out, by code. */
  excludedByReading: counts,
  agreed: count,
  adjudicated: count,
  /** Cases with a class, by it. */
  classes: counts,
  /** Cases whose images all have their truth. */
  annotated: count,
  assigned: z.record(assignmentSchema, assignedCountsSchema).readonly(),
  /** Test cases that the reference panel left out, by code. */
  excludedByReference: counts,
});
export type HospitalFlow = z.infer<typeof hospitalFlowSchema>;

export const studyFlowSchema = z.strictObject({
  /** Files that could not be taken in, by code, of all hospitals: they do not say whose they are. */
  refusedFiles: counts,
  /** One a hospital of the configuration, in its order. */
  hospitals: z.array(hospitalFlowSchema).readonly(),
});
export type StudyFlow = z.infer<typeof studyFlowSchema>;
