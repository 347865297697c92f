/**
 * The rows of a table of readings: who said what of which case. It finds no case and keeps nothing; what
 * a class or a person is, the study's protocol and configuration say.
 */
import { type Decision, readingSchema } from "@malleolus/schema";
import { plainName, readTable, type TableRow } from "../csv/read-table.ts";
import { findPerson, type Role } from "../people.ts";
import type { Study } from "../study.ts";
import { ACCESSION_COLUMNS, accessionProblem, accessionsOf, STUDY_COLUMNS } from "./accession.ts";

/** As whom somebody speaks. The surgeons' consensus is what they come to when they talk. */
export const READING_ROLES = ["observer", "senior", "surgeon", "consensus"] as const;
export type ReadingRole = (typeof READING_ROLES)[number];

/** Names of columns, in any case and with any of ` _-` between words; the first that is there. */
const COLUMNS = {
  case: ["case", "caseid", "casenumber"],
  accession: ACCESSION_COLUMNS,
  study: STUDY_COLUMNS,
  hospital: ["hospital", "ziekenhuis", "centre", "center", "site"],
  observer: ["observer", "reader", "rater", "person", "beoordelaar", "lezer"],
  role: ["role", "rol"],
  class: ["class", "classification", "reading", "decision", "weber", "klasse", "classificatie"],
  exclusion: ["exclusion", "exclusioncode", "exclude", "excluded", "exclusie"],
  note: ["note", "notes", "comment", "remark", "why", "reason", "opmerking", "reden"],
  date: ["date", "readon", "readat", "datum"],
} as const;
type Column = keyof typeof COLUMNS;

export interface ReadingRow {
  readonly line: number;
  /** The study's own id, or as many of its last digits as are needed; empty where it is not given. */
  readonly case: string;
  readonly study: string;
  readonly accessions: readonly string[];
  /** As it is written; empty where the table does not say. */
  readonly hospital: string;
  readonly reader: string;
  readonly role: ReadingRole;
  readonly decision: Decision;
  readonly note: string;
  /** ISO 8601; null where the table does not say. */
  readonly readAt: string | null;
}

export type ReadRow =
  | { readonly kind: "reading"; readonly row: ReadingRow }
  /** Nobody has read that case yet. */
  | { readonly kind: "empty"; readonly line: number }
  | { readonly kind: "fault"; readonly line: number; readonly why: string };

export interface ReadingTable {
  /** Whether cases are named by what only the key file can lead to the study's. */
  readonly needsKeys: boolean;
  rows(): Generator<ReadRow>;
  /** What was guessed in reading the file. */
  readonly remarks: readonly string[];
}

export interface ReadingTableOptions {
  readonly path: string;
  /** Whose readings they are, where the table does not say. */
  readonly observer?: string | undefined;
  /** As whom they speak, where the table does not say and they have several roles. */
  readonly role?: ReadingRole | undefined;
}

/** @throws StudyError `source` where the file is no table with the columns that are needed. */
export function openReadingTable(study: Study, given: ReadingTableOptions): ReadingTable {
  const needsObserver = given.observer === undefined;
  const table = readTable(
    given.path,
    (names) => {
      const has = (column: Column) => COLUMNS[column].some((name) => names.includes(name));
      return (
        (has("case") || has("accession") || has("study")) &&
        (has("class") || has("exclusion")) &&
        (has("observer") || !needsObserver)
      );
    },
    `"case" or "accession", "class"${needsObserver ? ' and "observer" (or --observer)' : ""}`,
  );
  const indexOf = (column: Column) => {
    const name = COLUMNS[column].find((one) => table.names.includes(one));
    return name === undefined ? -1 : table.names.indexOf(name);
  };
  const isThere = (column: Column) => indexOf(column) >= 0;
  return {
    needsKeys: !isThere("case") && (isThere("accession") || isThere("study")),
    *rows() {
      for (const row of table.rows()) {
        yield readRow(study, row, (column) => (row.cells[indexOf(column)] ?? "").trim(), given);
      }
    },
    remarks:
      table.encoding === "windows-1252"
        ? ["the file is no UTF-8 and was read as windows-1252; see that its accents are right"]
        : [],
  };
}

function readRow(
  study: Study,
  { line, problem }: TableRow,
  cell: (column: Column) => string,
  given: ReadingTableOptions,
): ReadRow {
  const fault = (why: string): ReadRow => ({ kind: "fault", line, why });
  if (problem !== null) return fault(problem);
  const [said, left] = [cell("class"), cell("exclusion")];
  if (said === "" && left === "") return { kind: "empty", line };
  const lost = accessionProblem(cell("accession"));
  if (lost !== null) return fault(lost);
  if (cell("case") === "" && cell("accession") === "" && cell("study") === "") {
    return fault("expected a case or an accession number, got neither");
  }
  const reader = readerOf(study, cell("observer") || (given.observer ?? ""));
  if ("why" in reader) return fault(reader.why);
  const role = roleOf(reader, cell("role"), given.role);
  if (typeof role !== "string") return fault(role.why);
  const decision = decisionOf(study, said, left);
  if ("why" in decision) return fault(decision.why);
  const date = dateOf(cell("date"));
  if (typeof date === "object" && date !== null) return fault(date.why);
  const note = cell("note");
  if (!readingSchema.shape.note.safeParse(note).success) {
    return fault(`expected a note of at most 500 letters, got ${note.length}; shorten it`);
  }
  return {
    kind: "reading",
    row: {
      line,
      case: cell("case"),
      study: cell("study"),
      accessions: accessionsOf(cell("accession")),
      hospital: cell("hospital"),
      reader: reader.id,
      role,
      decision,
      note,
      readAt: date,
    },
  };
}

interface Wrong {
  readonly why: string;
}

function readerOf(study: Study, written: string): (ReturnType<typeof findPerson> & object) | Wrong {
  const known = study.configuration.observers.map(({ id }) => id).join(", ");
  if (written === "") return { why: `expected an observer (${known}), got none` };
  return (
    findPerson(study, written) ?? {
      why: `expected one of the study's people (${known}), got "${written}"; add them under [[observers]] in malleolus.toml`,
    }
  );
}

const NEEDED_ROLE: Readonly<Record<ReadingRole, Role>> = {
  observer: "observer",
  senior: "senior",
  surgeon: "surgeon",
  consensus: "surgeon",
};

/** The role that is written, else the one asked for, else the only one that the person has. */
function roleOf(
  { id, roles }: { readonly id: string; readonly roles: readonly Role[] },
  written: string,
  asked: ReadingRole | undefined,
): ReadingRole | Wrong {
  const wanted = written === "" ? asked : written.toLowerCase();
  if (wanted !== undefined) {
    const role = READING_ROLES.find((one) => one === wanted);
    if (role === undefined) {
      return { why: `expected a role (${READING_ROLES.join(", ")}), got "${written}"` };
    }
    if (roles.includes(NEEDED_ROLE[role])) return role;
    return {
      why: `expected someone with the role "${NEEDED_ROLE[role]}", got ${id}, who is ${roles.join(" and ")}`,
    };
  }
  const own = (["observer", "senior", "surgeon"] as const).filter((role) => roles.includes(role));
  if (own.length === 1) return own[0];
  return {
    why:
      own.length === 0
        ? `expected someone who reads, got ${id}, who is ${roles.join(" and ")}`
        : `expected a role, since ${id} is ${own.join(" and ")}; say which in a column "role", or with --as`,
  };
}

/** `Weber B`, `weber_b`, `excluded: cast`, or `cast` in a column of its own. */
function decisionOf({ protocol }: Study, said: string, left: string): Decision | Wrong {
  if (said !== "" && left !== "") {
    return { why: `expected a class or an exclusion, got both ("${said}" and "${left}")` };
  }
  const named = (all: readonly { readonly id: string; readonly name: string }[], text: string) =>
    all.find(({ id, name }) => [id, name].map(plainName).includes(plainName(text)))?.id;
  const found = named(protocol.classes, said);
  if (said !== "" && found !== undefined) return { kind: "class", id: found };
  const code = named(protocol.exclusions, left || said.replace(/^exclu\w*\s*:?\s*/i, ""));
  if (code !== undefined) return { kind: "exclusion", id: code };
  const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id).join(", ");
  const got = (left || said).slice(0, 40);
  return {
    why: `expected a class (${ids(protocol.classes)}) or an exclusion code (${ids(protocol.exclusions)}), got "${got}"`,
  };
}

/** Null for none. Days before months, or after them, cannot be told apart: only ISO 8601 is read. */
function dateOf(written: string): string | null | Wrong {
  if (written === "") return null;
  const found =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d+)?Z?)?$/.exec(
      written,
    );
  const [, year, month = "", day = "", time = "0:00"] = found ?? [];
  const [hours, minutes, seconds = "00"] = time.split(":");
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}T${hours.padStart(2, "0")}:${minutes}:${seconds}.000Z`;
  const at = new Date(iso);
  // A 31st of June becomes the 1st of July: such a day is none.
  if (found !== null && !Number.isNaN(at.getTime()) && at.toISOString() === iso) return iso;
  return { why: `expected a date as 2024-03-31, got "${written.slice(0, 40)}"` };
}
