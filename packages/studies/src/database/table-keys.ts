/**
 * Each table's primary key, in an order in which rows can be written: those that are referred to first. A table
 * that is missing here does not compile.
 */
import type { StudyTables } from "./tables.ts";

/** All but the view, and but work that is going on, which is no part of what a study has found. */
export type StoredTable = Exclude<keyof StudyTables, "case_classes" | "jobs" | "import_token">;

export const tableKeys = {
  settings: ["name"],
  patients: ["id"],
  cases: ["id"],
  images: ["sha256"],
  import_files: ["source_hash"],
  reports: ["ordinal"],
  transitions: ["id"],
  screening_runs: ["id"],
  screenings: ["run_id", "case_id"],
  tasks: ["queue", "case_id", "person"],
  readings: ["id"],
  verdicts: ["panel", "case_id", "revision"],
  annotations: ["id"],
  image_truths: ["image_sha256"],
  patient_partitions: ["patient_id"],
  assigned_images: ["image_sha256", "assignment"],
  test_patients: ["patient_id"],
  models: ["sha256"],
  prelabels: ["annotation_id"],
  analyses: ["model_sha256", "image_sha256"],
  proposal_decisions: ["id"],
  annotation_arms: ["case_id"],
  selections: ["id"],
  selected_images: ["selection_id", "rank"],
  accounts: ["id"],
  account_roles: ["account_id", "role"],
  invitations: ["id"],
  sessions: ["token_sha256"],
  external_identities: ["issuer", "subject"],
  passkeys: ["id"],
  audit: ["id"],
  acts: ["who", "request_id"],
  reading_drafts: ["queue", "person", "case_id"],
  reopening_requests: ["id"],
  display_checks: ["id"],
  rounds: ["id"],
  annotation_drafts: ["person", "case_id"],
  comment_threads: ["id"],
  comments: ["id"],
  wrong_findings: ["id"],
  returned_annotations: ["id"],
} as const satisfies { readonly [T in StoredTable]: readonly (keyof StudyTables[T] & string)[] };

export function tableNames(): StoredTable[] {
  // `Object.keys` knows no more than strings; these are the table's own.
  return Object.keys(tableKeys) as StoredTable[];
}
