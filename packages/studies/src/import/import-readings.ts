/**
 * Readings from a table into a study: what people who read in a spreadsheet said. They come in by the
 * same functions as in the reading room, in the order in which people may know of one another:
 * observers, then the senior; surgeons, then what they come to together.
 *
 * One transaction a file, and nothing of it where a line cannot be used. The same lines again change
 * nothing; a reading that says something else than an earlier one is refused, never a revision.
 */
import type { Decision, Hospital, Panel } from "@malleolus/schema";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { KeyFile } from "../keys/key-file.ts";
import { assignReaders } from "../reading/assign-readers.ts";
import { decisionOf, decisionText, sameDecision } from "../reading/decision.ts";
import {
  adjudicateReading,
  recordConsensus,
  resolveReadings,
} from "../reading/resolve-readings.ts";
import { submitReading } from "../reading/submit-reading.ts";
import type { Study } from "../study.ts";
import { findCase } from "./find-case.ts";
import type { ReadingRole, ReadingRow, ReadingTable } from "./reading-table.ts";

export interface ReadingsImport {
  readonly table: ReadingTable;
  /** Whose accession numbers they are, where the table does not say; null where that is not needed. */
  readonly hospital: Hospital | null;
  /** Null where the table names cases by the study's own ids. */
  readonly keys: KeyFile | null;
  readonly who: string;
  /** Pass over lines of cases that are not in the study, instead of importing nothing. */
  readonly skipUnmatched: boolean;
  readonly onRow?: (done: number, total: number) => void;
}

export interface FaultyLine {
  readonly line: number;
  readonly why: string;
}

export interface ReadingsCounts {
  readonly imported: number;
  readonly known: number;
  /** Cases that got their class, or were left out, because all agreed. */
  readonly agreed: number;
  readonly excludedByMajority: number;
  /** Cases on which a senior decided, or the surgeons together. */
  readonly decided: number;
  /** Cases that wait for the senior, or for the surgeons' talk. */
  readonly disagreements: readonly string[];
  /** Lines that nobody has filled in. */
  readonly emptyLines: readonly number[];
  /** Lines whose case is not in the study; none of them stops the import with `skipUnmatched`. */
  readonly unmatchedLines: readonly number[];
  /** Why nothing was imported; empty where all was. */
  readonly refusedLines: readonly FaultyLine[];
  readonly remarks: readonly string[];
}

const NONE = { imported: 0, known: 0, agreed: 0, excludedByMajority: 0, decided: 0 };

/** Undoes the transaction; never leaves this file. */
class NothingImported extends Error {}

export async function importReadings(study: Study, given: ReadingsImport): Promise<ReadingsCounts> {
  const counts = { ...NONE };
  const waiting = new Map<Panel, readonly string[]>();
  const refusedLines: FaultyLine[] = [];
  const unmatchedLines: number[] = [];
  const emptyLines: number[] = [];
  const { remarks } = given.table;
  try {
    await inTransaction(study.database, async (transaction) => {
      Object.assign(counts, NONE);
      for (const lines of [refusedLines, unmatchedLines, emptyLines]) lines.length = 0;
      const within: Study = { ...study, database: transaction };
      const rows: CaseRow[] = [];
      for (const read of given.table.rows()) {
        if (read.kind === "empty") emptyLines.push(read.line);
        else if (read.kind === "fault") refusedLines.push(read);
        else {
          const found = await matchRow(within, read.row, given);
          if (typeof found === "string") rows.push({ ...read.row, caseId: found });
          else if (found === null) unmatchedLines.push(read.row.line);
          else refusedLines.push({ line: read.row.line, why: found.why });
        }
      }
      const record = async (row: CaseRow, step: Step, earlier: Map<string, Decision>) => {
        try {
          return await recordRow(within, row, step, earlier);
        } catch (error) {
          if (!(error instanceof StudyError)) throw error;
          refusedLines.push({ line: row.line, why: error.message });
          return "refused";
        }
      };
      let done = 0;
      for (const step of STEPS) {
        const own = rows.filter(({ role }) => role === step.role);
        if (own.length === 0) continue;
        if (step.opens) await assignReaders(within, step.panel);
        const earlier = await step.earlier(within);
        for (const row of own) {
          const outcome = await record(row, step, earlier);
          if (outcome !== "refused") counts[outcome]++;
          if (outcome === "imported" && !step.opens) counts.decided++;
          given.onRow?.(++done, rows.length);
        }
        const closed = await resolveReadings(within, { panel: step.panel, who: given.who });
        counts.agreed += closed.agreed;
        counts.excludedByMajority += closed.excludedByMajority;
        waiting.set(step.panel, closed.disagreements);
      }
      if (refusedLines.length > 0) throw new NothingImported();
      if (unmatchedLines.length > 0 && !given.skipUnmatched) throw new NothingImported();
    });
  } catch (error) {
    if (!(error instanceof NothingImported)) throw error;
    const unmatched = given.skipUnmatched
      ? []
      : unmatchedLines.map((line) => ({ line, why: UNMATCHED }));
    const all = [...refusedLines, ...unmatched].toSorted((a, b) => a.line - b.line);
    return { ...NONE, disagreements: [], emptyLines, unmatchedLines, refusedLines: all, remarks };
  }
  const disagreements = [...waiting.values()].flat();
  return { ...counts, disagreements, emptyLines, unmatchedLines, refusedLines, remarks };
}

const UNMATCHED =
  "its case is not in the study, or two cases have its number; import the radiographs first, name their " +
  "hospital with --hospital, or pass such lines over with --skip-unmatched";

interface CaseRow extends ReadingRow {
  readonly caseId: string;
}

/** The case's id; null where the study has none. */
async function matchRow(
  study: Study,
  row: ReadingRow,
  { hospital, keys }: ReadingsImport,
): Promise<string | null | { readonly why: string }> {
  if (row.case !== "") return matchId(study, row.case);
  if (keys === null) {
    return { why: "expected a case, since the table has a column for cases, got none" };
  }
  const named =
    row.hospital === ""
      ? hospital
      : (study.configuration.hospitals.find(({ id, name }) =>
          [id, name.toLowerCase()].includes(row.hospital.toLowerCase()),
        ) ?? null);
  if (named === null) {
    const known = study.configuration.hospitals.map(({ id }) => id).join(", ");
    const got = row.hospital === "" ? "none" : `"${row.hospital}"`;
    return {
      why: `expected one of the study's hospitals (${known}), got ${got}; name it with --hospital`,
    };
  }
  return (await findCase(study.database, row, { hospital: named, keys }))?.id ?? null;
}

const LEAST_DIGITS = 4;

async function matchId({ database }: Study, written: string): Promise<string | null> {
  const cases = database.selectFrom("cases").select("id");
  const whole = await cases.where("id", "=", written).executeTakeFirst();
  if (whole !== undefined) return whole.id;
  if (!/^\d+$/.test(written) || written.length < LEAST_DIGITS) return null;
  const ends = await cases.where("id", "like", `%${written}`).limit(2).execute();
  return ends.length === 1 ? ends[0].id : null;
}

/** What speakers of one role do, by the doors that the reading room has too. */
interface Step {
  readonly role: ReadingRole;
  readonly panel: Panel;
  /** Whether they read cases that are given out; else they decide on what was read. */
  readonly opens: boolean;
  /** What was said before, by `keyOf`. */
  earlier(study: Study): Promise<Map<string, Decision>>;
  keyOf(row: CaseRow): string;
  record(study: Study, row: CaseRow): Promise<void>;
}

const WITHOUT_REASON = "imported from a table, which gives no reason";

const STEPS: readonly Step[] = [
  readingStep("observer", "curation"),
  decisionStep("senior", "curation", adjudicateReading),
  readingStep("surgeon", "reference"),
  decisionStep("consensus", "reference", recordConsensus),
];

function readingStep(role: ReadingRole, panel: Panel): Step {
  return {
    role,
    panel,
    opens: true,
    earlier: (study) => earlierReadings(study, panel),
    keyOf: ({ caseId, reader }) => `${caseId} ${reader}`,
    async record(study, { caseId, reader, decision, note, readAt }) {
      await requireScreened(study, caseId, panel);
      const noted = note === "" ? {} : { note };
      const reading = { caseId, panel, reader, decision, ...noted };
      await submitReading(study, reading, readAt ?? undefined);
    },
  };
}

function decisionStep(role: ReadingRole, panel: Panel, decide: typeof recordConsensus): Step {
  return {
    role,
    panel,
    opens: false,
    earlier: (study) => earlierVerdicts(study, panel),
    keyOf: ({ caseId }) => caseId,
    record: (study, { caseId, reader, decision, note }) =>
      decide(study, { caseId, who: reader, decision, why: note || WITHOUT_REASON }),
  };
}

/**
 * @throws StudyError, as the reading room's functions do, and for what contradicts an earlier word.
 */
async function recordRow(
  study: Study,
  row: CaseRow,
  step: Step,
  earlier: Map<string, Decision>,
): Promise<"imported" | "known"> {
  const key = step.keyOf(row);
  const said = earlier.get(key);
  if (said !== undefined && sameDecision(said, row.decision)) return "known";
  if (said !== undefined) {
    const whose = step.opens ? `${row.reader} has read it as` : "what holds of it is";
    throw new StudyError(
      "record",
      `case ${row.caseId}: ${whose} ${decisionText(said)}, got ${decisionText(row.decision)}; ` +
        "an import revises nothing: take the line out",
    );
  }
  await step.record(study, row);
  earlier.set(key, row.decision);
  return "imported";
}

/** Says more than that the case was given to nobody. */
async function requireScreened({ database }: Study, caseId: string, panel: Panel): Promise<void> {
  if (panel === "reference") return;
  const { state } = await database
    .selectFrom("cases")
    .select("state")
    .where("id", "=", caseId)
    .executeTakeFirstOrThrow();
  if (state !== "imported" && state !== "excluded by keyword") return;
  throw new StudyError(
    "transition",
    `case ${caseId} is "${state}", not a candidate; ` +
      (state === "imported"
        ? "import its report and screen it first"
        : "take the line out, or change the protocol's words and screen again"),
  );
}

async function earlierReadings({ database }: Study, panel: Panel): Promise<Map<string, Decision>> {
  const rows = await database
    .selectFrom("readings")
    .select(["case_id", "reader", "decision_kind", "decision_id"])
    .where("panel", "=", panel)
    .orderBy("revision")
    .execute();
  const latest = new Map(rows.map((row) => [`${row.case_id} ${row.reader}`, decisionOf(row)]));
  return new Map([...latest].flatMap(([key, decision]) => (decision ? [[key, decision]] : [])));
}

/** Those that hold: a case that was opened again has none. */
async function earlierVerdicts({ database }: Study, panel: Panel): Promise<Map<string, Decision>> {
  const rows = await database
    .selectFrom("verdicts")
    .innerJoin("cases", "cases.id", "verdicts.case_id")
    .select(["verdicts.case_id", "verdicts.decision_kind", "verdicts.decision_id"])
    .where("verdicts.panel", "=", panel)
    .where("cases.state", "!=", "read")
    .orderBy("verdicts.revision")
    .execute();
  return new Map(
    rows.map(({ case_id, decision_kind: kind, decision_id: id }) => [case_id, { kind, id }]),
  );
}
