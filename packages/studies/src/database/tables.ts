/**
 * The tables of a study's database, as Kysely needs them. Times are ISO 8601 in UTC; JSON is text.
 *
 * Long because a study's tables are one thing, and are looked up in one place.
 */
import type {
  Acceptance,
  Annotation,
  Assignment,
  AssistanceArm,
  CaseState,
  Decision,
  Panel,
  Partition,
  Rejection,
  RoundModel,
  ScreenedState,
  StaffRole,
  TruthHow,
  VerdictHow,
  Visibility,
} from "@malleolus/schema";
import type { Generated } from "kysely";

/** A round's cases, and those of them that its readers read once more without noticing. */
export type RoundQueue = `round-${number}` | `round-${number}-repeat`;

/** What is read: for a panel's verdict, or in a round. */
export type ReadingQueue = Panel | RoundQueue;

/** A kind of work that people have lists of. */
export type Queue = ReadingQueue | "annotation";

export interface StudyTables {
  /** What holds for the whole study. */
  settings: {
    name: "key-id" | "server-secret";
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
    /** Of the curation's verdict; null before it, and for a case that it left out. */
    class: string | null;
    /** The code for which the curation left the case out. */
    exclusion: string | null;
    /** Whether its readers needed the senior: 0 or 1; null before the verdict. */
    ambiguous: number | null;
    /** When the last of its images got its truth. */
    annotated_at: string | null;
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
    /** In the order in which they came. */
    ordinal: Generated<number>;
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
  /** Who has which case to do. */
  tasks: {
    queue: Queue;
    case_id: string;
    person: string;
    /** The person's place among those who do the case, from 0. */
    seat: number;
    /** In the person's own seeded order; no two alike. */
    position: string;
    done: number;
    /** From when it may be done; empty for always. A round's repeats wait for their washout. */
    opens_at: Generated<string>;
    /** Whether a model's findings are shown: 0 or 1. */
    with_model: Generated<number>;
  };
  /** Every revision of every reading; nothing is ever changed here. */
  readings: {
    id: Generated<number>;
    /** `senior`: what a senior saw before the readings were shown. */
    panel: ReadingQueue | "senior";
    case_id: string;
    reader: string;
    revision: number;
    /** Null where the reader withdrew the reading. */
    decision_kind: Decision["kind"] | null;
    decision_id: string | null;
    note: string | null;
    seconds: number | null;
    /** Whether nobody could have told the reader what others said: 0 or 1. */
    blind: number;
    at: string;
    /** 1 possible to 5 certain; null where nobody asked. */
    certainty: number | null;
    /** JSON: visibility of the fracture by image. */
    visibility: string | null;
    /** JSON: an array of `Measurement`. */
    measurements: string | null;
    /** JSON: `ReadingConditions`. */
    conditions: string | null;
    /** JSON: `SaidLabels`. */
    labels: string | null;
    /** Whether a model's findings were shown: 0 or 1. */
    with_model: Generated<number>;
  };
  /** The latest revision holds. */
  verdicts: {
    panel: Panel;
    case_id: string;
    revision: number;
    decision_kind: Decision["kind"];
    decision_id: string;
    how: VerdictHow;
    ambiguous: number;
    at: string;
    who: string;
    why: string;
  };
  /** A view: what holds of a case. It is never written. */
  case_classes: {
    case_id: string;
    /** The panel's, else the observers'. A case that the panel left out keeps the observers'. */
    class: string | null;
    /** The code for which the case is left out. */
    exclusion: string | null;
    /** Whether those who decided differed at first: 0 or 1. */
    ambiguous: number | null;
    /** Null as long as nobody has decided. */
    decided_by: Panel | null;
  };
  /** Every revision of every annotation; nothing is ever changed here. */
  annotations: {
    id: Generated<number>;
    image_sha256: string;
    source: "person" | "model";
    /** The annotator, or the model by its hash. */
    author: string;
    revision: number;
    visibility: Visibility | null;
    /** JSON: an array of `Outline`. */
    outlines: string;
    started_from: number | null;
    proposals: Annotation["proposals"] | null;
    seconds: number | null;
    at: string;
  };
  /** What holds of an image. */
  image_truths: {
    image_sha256: string;
    visibility: Visibility | null;
    /** JSON: an array of `Outline`. */
    outlines: string;
    how: TruthHow;
    /** JSON: an array of `StructureAgreement`. */
    agreement: string;
    first_annotation: number;
    second_annotation: number | null;
    at: string;
    who: string;
    why: string;
  };
  patient_partitions: {
    patient_id: string;
    partition: Partition;
    at: string;
    who: string;
  };
  assigned_images: {
    image_sha256: string;
    case_id: string;
    patient_id: string;
    assignment: Assignment;
    partition: Partition;
  };
  /** Whom the tests were drawn for, in the draw's order. */
  test_patients: {
    patient_id: string;
    partition: "internal test" | "external test";
    /** The patient's case that is tested. */
    case_id: string;
    drawn_class: string;
    /** From 0, within the class inside and over all outside the hospital. */
    rank: number;
  };
  /** Models that have proposed something, by what they consist of. */
  models: {
    sha256: string;
    name: string;
    version: string;
    at: string;
    who: string;
  };
  /** What a model says of a radiograph; of the same model the latest holds. */
  prelabels: {
    /** Of its outlines in `annotations`, source `model`. */
    annotation_id: number;
    image_sha256: string;
    model_sha256: string;
    /** A `Prelabel`. */
    record: string;
    at: string;
  };
  /** What annotators made of proposals, with each revision of an annotation; the latest holds. */
  proposal_decisions: {
    id: Generated<number>;
    /** The annotator's annotation. */
    annotation_id: number;
    prelabel_id: number;
    kind: "shape" | "class";
    /** Null for a class. */
    structure: string | null;
    decision: Acceptance;
    why: Rejection | null;
    /** In the annotator's eyes; null for a shape. */
    class: string | null;
    /** Of the proposed and the drawn shape: IoU, and the mean distance of their borders. */
    overlap: number | null;
    distance_pixels: number | null;
    /** Null where the spacing is unknown. */
    distance_mm: number | null;
  };
  /** Whether a case's annotators see proposals: settled once, before they begin. */
  annotation_arms: {
    case_id: string;
    arm: AssistanceArm;
    share: number;
    seed: number;
    at: string;
  };
  /** Choices of radiographs by what a model says of them. Never shown to readers or annotators. */
  selections: {
    id: Generated<number>;
    purpose: "training" | "hardest";
    strategy: string;
    seed: number;
    model_sha256: string;
    at: string;
    who: string;
  };
  selected_images: {
    selection_id: number;
    /** From 0. */
    rank: number;
    image_sha256: string;
    priority: number;
    /** In words. */
    reason: string;
  };
  /** Who may sign in. */
  accounts: {
    id: Generated<number>;
    /** Small letters. */
    login: string;
    name: string;
    /** Of `malleolus.toml`; null for staff. */
    person: string | null;
    /** Its argon2id hash; null where nobody has set one. */
    password: string | null;
    disabled: number;
    /** Wrong passwords since the last right one. */
    failures: number;
    locked_until: string | null;
    seen_at: string | null;
    at: string;
    who: string;
  };
  /** Of staff; a person of the study has those of `malleolus.toml`. */
  account_roles: {
    account_id: number;
    role: StaffRole;
  };
  /** Open ones only: one that is taken is gone. */
  invitations: {
    id: Generated<number>;
    token_sha256: string;
    person: string | null;
    /** Whose password is to be set again. */
    account_id: number | null;
    /** Of staff that is new. */
    name: string | null;
    /** JSON: an array of `StaffRole`. */
    roles: string;
    expires_at: string;
    at: string;
    who: string;
  };
  sessions: {
    token_sha256: string;
    account_id: number;
    at: string;
    seen_at: string;
  };
  /** Whom an institution's sign-on vouches for. */
  external_identities: {
    issuer: string;
    subject: string;
    account_id: number;
    at: string;
  };
  passkeys: {
    id: Generated<number>;
    account_id: number;
    /** The credential's id, base64url. */
    credential: string;
    /** COSE key, base64url. */
    public_key: string;
    counter: number;
    name: string;
    used_at: string | null;
    at: string;
  };
  /** Every view and change in the reading room; nothing is ever changed here. */
  audit: {
    id: Generated<number>;
    at: string;
    who: string | null;
    action: string;
    what: string | null;
    status: number;
  };
  /** What was done already, by the client's number of the act: trying again does nothing twice. */
  acts: {
    who: string;
    request_id: string;
    action: string;
    /** JSON */
    answer: string;
    at: string;
  };
  /** Readings while they are made. */
  reading_drafts: {
    queue: ReadingQueue;
    person: string;
    case_id: string;
    version: number;
    /** JSON: a `ReadingContent`. */
    content: string;
    at: string;
  };
  reopening_requests: {
    id: Generated<number>;
    queue: ReadingQueue;
    case_id: string;
    person: string;
    reason: string;
    at: string;
  };
  display_checks: {
    id: Generated<number>;
    person: string;
    dark_seen: number;
    bright_seen: number;
    /** `2560 x 1440 at 1.5` */
    screen: string;
    at: string;
  };
  rounds: {
    id: Generated<number>;
    name: string;
    repeat_share: number;
    washout_days: number;
    seed: number;
    model: Generated<RoundModel>;
    /** Of a qualification, the share that must be right; null for other rounds. */
    pass_share: number | null;
    at: string;
    who: string;
  };
  /** What annotators have drawn so far; stays when it is submitted, so that it can be revised. */
  annotation_drafts: {
    person: string;
    case_id: string;
    version: number;
    /** JSON: an `AnnotationContent`. */
    content: string;
    at: string;
    /** When it was submitted last; null before. */
    submitted_at: string | null;
  };
  /** Places of radiographs that somebody spoke of: an annotator's drawing, and nobody else's. */
  comment_threads: {
    id: Generated<number>;
    /** Whose drawing it is about. */
    annotator: string;
    case_id: string;
    image_sha256: string;
    x: number;
    y: number;
  };
  comments: {
    id: Generated<number>;
    thread_id: number;
    who: string;
    /** Null where the thread was resolved, or opened again, without a word. */
    text: string | null;
    /** 1 resolves the thread, 0 opens it (again). */
    resolves: number;
    at: string;
  };
  /** Findings of a model that were marked wrong. */
  wrong_findings: {
    id: Generated<number>;
    /** Its name. */
    round: string;
    case_id: string;
    prelabel_id: number;
    structure: string;
    wrong: "nothing there" | "another place" | "another structure";
    note: string;
    who: string;
    at: string;
  };
  /** What a detector says of a radiograph, once. */
  analyses: {
    model_sha256: string;
    image_sha256: string;
    /** JSON: a `RadiographAnalysis`; null where the radiograph cannot be looked at. */
    record: string | null;
    /** Why not; null where it was. */
    failure: string | null;
    at: string;
    who: string;
  };
  /** Work that processes of one machine share. On PostgreSQL, pg-boss has it in tables of its own. */
  jobs: {
    id: Generated<number>;
    key: string;
    /** Of its content, as `topicOf` says it. */
    topic: string;
    /** A `JobContent`. */
    content: string;
    state: "waiting" | "active" | "completed" | "dead";
    /** How often it was claimed. */
    attempt: number;
    /** Of the claim that holds; null where none does. */
    token: string | null;
    /** The last sign of life of who has it. */
    seen_at: string | null;
    not_before: string;
    /** Why it failed last. */
    reason: string | null;
    at: string;
  };
  /** The import that began last; on PostgreSQL alone. */
  import_token: {
    id: number;
    token: string;
  };
  /** Submitted cases that a senior gave back to their annotator. */
  returned_annotations: {
    id: Generated<number>;
    annotator: string;
    case_id: string;
    reason: string;
    who: string;
    at: string;
  };
}
