/**
 * The study's cases, filtered, page by page. For those who run the study: it shows states and classes,
 * which readers must not see.
 */
import type { CaseState } from "@malleolus/schema";
import type { Study } from "../study.ts";

export interface CasesQuestion {
  readonly state?: CaseState | undefined;
  readonly hospital?: string | undefined;
  /** That holds: the panel's, else the observers'. */
  readonly class?: string | undefined;
  readonly ambiguous?: boolean | undefined;
  /** The beginning of a case's id or of a pseudonym. */
  readonly search?: string | undefined;
  readonly limit?: number | undefined;
  /** The id of the last case of the page before. */
  readonly after?: string | undefined;
}

export interface ListedCase {
  readonly id: string;
  readonly patient: string;
  readonly hospital: string;
  readonly studyDate: string | null;
  readonly state: CaseState;
  readonly class: string | null;
  /** The code for which its readers left it out. */
  readonly exclusion: string | null;
  readonly ambiguous: boolean | null;
  readonly annotatedAt: string | null;
  readonly images: number;
}

const PAGE = 50;
/** Sorts after everything that an id or a pseudonym can hold. */
const LAST_CHARACTER = "\uffff";

/** A page of cases by id. */
export async function listCases(study: Study, question: CasesQuestion = {}): Promise<ListedCase[]> {
  const { state, hospital, search, after, limit = PAGE } = question;
  const ambiguous = question.ambiguous === undefined ? undefined : Number(question.ambiguous);
  const rows = await study.database
    .selectFrom("cases")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .innerJoin("case_classes", "case_classes.case_id", "cases.id")
    .$if(state !== undefined, (all) => all.where("cases.state", "=", state ?? "imported"))
    .$if(hospital !== undefined, (all) => all.where("patients.hospital", "=", hospital ?? ""))
    .$if(question.class !== undefined, (all) =>
      all.where("case_classes.class", "=", question.class ?? ""),
    )
    .$if(ambiguous !== undefined, (all) => all.where("case_classes.ambiguous", "=", ambiguous ?? 0))
    .$if(search !== undefined && search !== "", (all) =>
      all.where(({ eb, or, and }) => {
        const from = search ?? "";
        const to = `${from}${LAST_CHARACTER}`;
        return or([
          and([eb("cases.id", ">=", from), eb("cases.id", "<", to)]),
          and([eb("cases.patient_id", ">=", from), eb("cases.patient_id", "<", to)]),
        ]);
      }),
    )
    .$if(after !== undefined, (all) => all.where("cases.id", ">", after ?? ""))
    .select(({ selectFrom }) => [
      "cases.id",
      "cases.patient_id",
      "patients.hospital",
      "cases.study_date",
      "cases.state",
      "case_classes.class",
      "case_classes.exclusion",
      "case_classes.ambiguous",
      "cases.annotated_at",
      selectFrom("images")
        .whereRef("images.case_id", "=", "cases.id")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .as("images"),
    ])
    .orderBy("cases.id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    patient: row.patient_id,
    hospital: row.hospital,
    studyDate: row.study_date,
    state: row.state,
    class: row.class,
    exclusion: row.exclusion,
    ambiguous: row.ambiguous === null ? null : row.ambiguous === 1,
    annotatedAt: row.annotated_at,
    images: Number(row.images ?? 0),
  }));
}
