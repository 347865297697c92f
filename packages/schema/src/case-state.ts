/**
 * The states of a case (one examination of one ankle's patient, all its views), and which follows
 * which. Every step between two is recorded with who took it, when and why.
 */
import { z } from "zod";
import { assignmentSchema } from "./assignment.ts";
import { screenedStateSchema } from "./screening-decision.ts";

export const caseStateSchema = z.enum([
  "imported",
  ...screenedStateSchema.options,
  "read",
  "excluded by reading",
  "agreed",
  "adjudicated",
  "annotated",
  ...assignmentSchema.options,
]);
export type CaseState = z.infer<typeof caseStateSchema>;

const screened = screenedStateSchema.options;
const assigned = assignmentSchema.options;

/**
 * A screening may be repeated with other words until every reader has read the case. A case is
 * `read` when all of them have; it goes back when one of them withdraws a reading.
 */
const next: Readonly<Record<CaseState, readonly CaseState[]>> = {
  imported: screened,
  "candidate fracture": [...screened, "imported", "read"],
  "candidate no fracture": [...screened, "imported", "read"],
  "excluded by keyword": [...screened, "imported"],
  read: [
    "agreed",
    "adjudicated",
    "excluded by reading",
    "candidate fracture",
    "candidate no fracture",
  ],
  "excluded by reading": ["read"],
  agreed: ["annotated", "read", ...assigned],
  adjudicated: ["annotated", "read", ...assigned],
  annotated: assigned,
  "preliminary training": ["training"],
  training: [],
  tuning: [],
  "internal test": [],
  "external test": [],
};

export function mayFollow(from: CaseState, to: CaseState): boolean {
  return next[from].includes(to);
}
