/**
 * The reports of a study's `reports/`, as their folders tell of them. A report without the cases behind it, as
 * earlier versions wrote them, is not among them. What was read of one is kept as long as its file stays the same.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type ReportedPatient,
  type ReportHead,
  type Reports,
  readJson,
  reportedPatientSchema,
  reportHeadSchema,
  reportIdSchema,
} from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { ServerError } from "../errors.ts";

export interface StudyReports {
  /** The newest first. */
  list(): Promise<Reports["reports"]>;
  /** @throws ServerError `not-found`. */
  head(id: string): Promise<ReportHead>;
  page(id: string): Promise<Buffer>;
  /** @throws ServerError `not-found` for a patient who is not in it. */
  patient(id: string, patient: string): Promise<PatientInReport>;
}

export interface PatientInReport {
  readonly reported: ReportedPatient;
  readonly place: number;
  readonly of: number;
  readonly previous: string | null;
  readonly next: string | null;
}

interface KnownReport {
  /** By which it is known again. */
  readonly mark: string;
  readonly head: ReportHead;
  readonly patients: readonly string[];
  /** A patient's as JSON, in the same order. */
  readonly lines: readonly string[];
}

export function openStudyReports({ folder }: Pick<Study, "folder">): StudyReports {
  const reports = join(folder, "reports");
  const known = new Map<string, KnownReport>();
  const read = async (id: string): Promise<KnownReport> => {
    const path = join(reports, id, "cases.jsonl");
    if (!existsSync(path)) throw new ServerError("not-found", `There is no report ${id}.`);
    const { mtimeMs, size } = statSync(path);
    const mark = `${mtimeMs} ${size}`;
    const before = known.get(id);
    if (before?.mark === mark) return before;
    const found = { mark, ...parseCases(await readFile(path, "utf8"), path) };
    known.set(id, found);
    return found;
  };
  const names = () =>
    (existsSync(reports) ? readdirSync(reports) : []).filter(
      (id) => reportIdSchema.safeParse(id).success && existsSync(join(reports, id, "cases.jsonl")),
    );
  return {
    async list() {
      const found = await Promise.all(names().map(async (id) => rowOf(id, (await read(id)).head)));
      return found.toSorted((a, b) => (a.generatedAt < b.generatedAt ? 1 : -1));
    },
    async head(id) {
      return (await read(id)).head;
    },
    async page(id) {
      await read(id);
      return readFile(join(reports, id, "index.html"));
    },
    async patient(id, patient) {
      const { patients, lines } = await read(id);
      const at = patients.indexOf(patient);
      if (at < 0) throw new ServerError("not-found", "This report has no such case.");
      return {
        reported: readJson(reportedPatientSchema, lines[at], `report ${id}, line ${at + 2}`),
        place: at + 1,
        of: patients.length,
        previous: patients[at - 1] ?? null,
        next: patients[at + 1] ?? null,
      };
    },
  };
}

function rowOf(id: string, head: ReportHead): Reports["reports"][number] {
  const { title, subtitle, generatedAt } = head;
  const tests = head.tests.map(({ name, patients, right }) => ({
    name,
    patients: patients.length,
    right,
  }));
  return { id, title, subtitle, generatedAt, tests };
}

/** The lines of patients stay text until somebody opens one: a report has hundreds. */
function parseCases(text: string, path: string): Omit<KnownReport, "mark"> {
  const [first, ...lines] = text.split("\n").filter((line) => line !== "");
  const head = readJson(reportHeadSchema, first ?? "", `${path}, line 1`);
  return {
    head,
    lines,
    patients: lines.map((line, i) => patientOf(line, `${path}, line ${i + 2}`)),
  };
}

/** Every line begins with its patient. */
function patientOf(line: string, where: string): string {
  const name = /^\{"patient":"([^"\\]+)"/.exec(line)?.[1];
  return name ?? readJson(reportedPatientSchema, line, where).patient;
}
