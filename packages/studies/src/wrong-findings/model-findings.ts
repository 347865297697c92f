/**
 * What a model found on the study's own radiographs, for those who look for its mistakes: of every radiograph the
 * newest proposals. Cases of a test are never among them, and neither is a case that nobody has given a class. Not for
 * the eyes of those who read or draw.
 */
import { type ProposedShape, prelabelColumn, type WrongFindingRound } from "@malleolus/schema";
import type { StudyTables } from "../database/tables.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

export interface FoundByModel extends ProposedShape {
  readonly prelabel: number;
  readonly image: string;
  /** What was said of it; null as long as nobody has marked it. */
  readonly marked: {
    readonly wrong: MarkedAs;
    readonly round: string;
    readonly at: string;
  } | null;
}
export type MarkedAs = StudyTables["wrong_findings"]["wrong"];

export interface CaseWithFindings {
  readonly id: string;
  /** The one that holds. */
  readonly class: string;
  readonly findings: number;
  readonly marked: number;
  /** Whether a radiograph of it has its truth: what a model learns from is settled then. */
  readonly isDecided: boolean;
}

/** By id. */
export async function casesWithFindings(study: Study): Promise<CaseWithFindings[]> {
  const rows = await newestPrelabels(study)
    .select(["images.case_id", "cases.class", "prelabels.record"])
    .orderBy("images.case_id")
    .execute();
  const marks = await study.database
    .selectFrom("wrong_findings")
    .select(({ fn }) => ["case_id", fn.countAll<number>().as("count")])
    .groupBy("case_id")
    .execute();
  const marked = new Map(marks.map(({ case_id, count }) => [case_id, Number(count)]));
  const decided = await study.database
    .selectFrom("image_truths")
    .innerJoin("images", "images.sha256", "image_truths.image_sha256")
    .select("images.case_id")
    .distinct()
    .execute();
  const isDecided = new Set(decided.map(({ case_id }) => case_id));
  return [...Map.groupBy(rows, ({ case_id }) => case_id)].map(([id, own]) => ({
    id,
    class: own[0].class ?? "",
    findings: own.reduce((sum, { record }) => sum + shapesOf(record).length, 0),
    marked: marked.get(id) ?? 0,
    isDecided: isDecided.has(id),
  }));
}

/**
 * Of one case.
 *
 * @throws StudyError `not-found` for a case of a test, one without a class, and one that is not there.
 */
export async function modelFindings(study: Study, caseId: string): Promise<FoundByModel[]> {
  const rows = await newestPrelabels(study)
    .where("images.case_id", "=", caseId)
    .select(["prelabels.annotation_id", "prelabels.image_sha256", "prelabels.record"])
    .orderBy("prelabels.image_sha256")
    .execute();
  if (rows.length === 0) {
    throw new StudyError(
      "not-found",
      "No model has looked at this case, or none can be marked on it: it is of a test, or without a class.",
    );
  }
  const marks = await study.database
    .selectFrom("wrong_findings")
    .select(["prelabel_id", "structure", "wrong", "round", "at"])
    .where("case_id", "=", caseId)
    .execute();
  const known = new Map(
    marks.map(({ prelabel_id, structure, ...mark }) => [`${prelabel_id} ${structure}`, mark]),
  );
  return rows.flatMap(({ annotation_id: prelabel, image_sha256: image, record }) =>
    shapesOf(record).map((shape) => ({
      ...shape,
      prelabel,
      image,
      marked: known.get(`${prelabel} ${shape.structure}`) ?? null,
    })),
  );
}

/** Rounds of wrong findings, the newest first: their cases, and how many of these wait for nobody any more. */
export async function wrongFindingRounds({ database }: Study): Promise<WrongFindingRound[]> {
  const rows = await database
    .selectFrom("wrong_findings")
    .leftJoin("tasks", (join) =>
      join
        .onRef("tasks.case_id", "=", "wrong_findings.case_id")
        .on("tasks.queue", "=", "annotation")
        .on("tasks.done", "=", 0),
    )
    .select(["wrong_findings.round", "wrong_findings.case_id", "wrong_findings.id", "tasks.person"])
    .orderBy("wrong_findings.id", "desc")
    .execute();
  return [...Map.groupBy(rows, ({ round }) => round)].map(([name, own]) => {
    const cases = new Set(own.map(({ case_id }) => case_id));
    const waiting = new Set(
      own.flatMap(({ case_id, person }) => (person === null ? [] : [case_id])),
    );
    return { name, cases: cases.size, done: cases.size - waiting.size };
  });
}

function newestPrelabels({ database }: Study) {
  return database
    .selectFrom("prelabels")
    .innerJoin("images", "images.sha256", "prelabels.image_sha256")
    .innerJoin("cases", "cases.id", "images.case_id")
    .where("cases.class", "is not", null)
    .where("prelabels.annotation_id", "in", ({ selectFrom }) =>
      selectFrom("prelabels as latest")
        .select(({ fn }) => fn.max("latest.annotation_id").as("id"))
        .groupBy("latest.image_sha256"),
    )
    .where("cases.patient_id", "not in", ({ selectFrom }) =>
      selectFrom("patient_partitions")
        .select("patient_id")
        .where("partition", "in", ["internal test", "external test"]),
    );
}

function shapesOf(record: string): readonly ProposedShape[] {
  return prelabelColumn.read(record, "prelabels.record").shapes;
}
