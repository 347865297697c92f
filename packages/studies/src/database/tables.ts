/**
 * The tables of a study's database, as Kysely needs them. Times are ISO 8601 in UTC; JSON is text.
 */
import type { CaseState, ScreenedState } from "@malleolus/schema";
import type { Generated } from "kysely";

export interface StudyTables {
  /** What holds for the whole study. */
  settings: {
    name: "key-id";
    value: string;
  };
  patients: {
    /** The pseudonym. */
    id: string;
    hospital: string;
  };
  cases: {
    /** The replaced UID of the DICOM study. */
    id: string;
    patient_id: string;
    /** Keyed hash of the accession number; null where the files have none. */
    accession_hash: string | null;
    /** Shifted, `2019-04-10`; null where the files have none. */
    study_date: string | null;
    state: CaseState;
  };
  images: {
    /** Of the de-identified file, which lies under this name. */
    sha256: string;
    case_id: string;
    sop_instance_uid: string;
    series_instance_uid: string | null;
    size_bytes: number;
    /** An `ImageRecord`. */
    facts: string;
  };
  /** Every file that was ever brought, by keyed hash: no name of a file is kept. */
  import_files: {
    source_hash: string;
    /** Null where the file was refused. */
    image_sha256: string | null;
    /** The code and reason of a refusal. */
    refusal_code: string | null;
    refusal_reason: string | null;
    at: string;
    who: string;
  };
  reports: {
    /** Keyed hash of the row it came from. */
    id: string;
    case_id: string;
    language: string | null;
    /** Without the patient's name, numbers and dates. */
    text: string;
    at: string;
    who: string;
  };
  transitions: {
    id: Generated<number>;
    case_id: string;
    /** Null for the first. */
    from_state: CaseState | null;
    to_state: CaseState;
    at: string;
    who: string;
    why: string;
  };
  screening_runs: {
    id: Generated<number>;
    at: string;
    who: string;
    rules_sha256: string;
    /** The `ScreeningRules` that were used. */
    rules: string;
  };
  screenings: {
    run_id: number;
    case_id: string;
    /** JSON: the case's reports, oldest first; the decision's words count in them joined. */
    report_ids: string;
    state: ScreenedState;
    /** The deciding exclusion code; null for a candidate. */
    code: string | null;
    /** A `ScreeningDecision`. */
    decision: string;
  };
}
