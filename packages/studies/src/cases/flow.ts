/** The study's flow diagram as a query: the cases of each hospital by the state they reached. */
import type { AssignedCounts, Assignment, Panel, StudyFlow } from "@malleolus/schema";
import { readFunnel } from "../screening/funnel.ts";
import type { Study } from "../study.ts";

export async function readFlow(study: Study): Promise<StudyFlow> {
  const funnel = await readFunnel(study);
  const files = await countFiles(study);
  const cases = await countCases(study);
  const verdicts = [
    ...(await countVerdicts(study, "curation")),
    ...(await countVerdicts(study, "reference")),
  ];
  const assigned = await countAssigned(study);
  const refused = await study.database
    .selectFrom("import_files")
    .where("refusal_code", "is not", null)
    .select(({ fn }) => ["refusal_code", fn.countAll<number>().as("count")])
    .groupBy("refusal_code")
    .orderBy("refusal_code")
    .execute();
  const hospitals = funnel.map((row) => {
    const own = cases.filter(({ hospital }) => hospital === row.hospital);
    const said = verdicts.filter(({ hospital }) => hospital === row.hospital);
    const used = assigned.filter(({ hospital }) => hospital === row.hospital);
    const curated = said.filter(({ panel }) => panel === "curation");
    const undecided = sum(own.filter(({ state }) => state === "read"));
    return {
      ...row,
      files: sum(files.filter(({ hospital }) => hospital === row.hospital)),
      read: undecided + sum(curated),
      readUndecided: undecided,
      excludedByReading: byDecision(curated, "exclusion"),
      agreed: sum(curated.filter((one) => one.decision_kind === "class" && one.how === "agreed")),
      adjudicated: sum(
        curated.filter((one) => one.decision_kind === "class" && one.how === "adjudicated"),
      ),
      classes: byDecision(curated, "class"),
      annotated: own.reduce((total, { annotated }) => total + Number(annotated), 0),
      assigned: {
        "preliminary training": assignedCounts(used, "preliminary training"),
        training: assignedCounts(used, "training"),
        tuning: assignedCounts(used, "tuning"),
        "internal test": assignedCounts(used, "internal test"),
        "external test": assignedCounts(used, "external test"),
      },
      excludedByReference: byDecision(
        said.filter(({ panel }) => panel === "reference"),
        "exclusion",
      ),
    };
  });
  return {
    refusedFiles: Object.fromEntries(
      refused.map(({ refusal_code, count }) => [refusal_code ?? "", Number(count)]),
    ),
    hospitals,
  };
}

async function countFiles({ database }: Study) {
  return database
    .selectFrom("import_files")
    .innerJoin("images", "images.sha256", "import_files.image_sha256")
    .innerJoin("cases", "cases.id", "images.case_id")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .select(({ fn }) => ["patients.hospital", fn.countAll<number>().as("count")])
    .groupBy("patients.hospital")
    .execute();
}

async function countCases({ database }: Study) {
  return database
    .selectFrom("cases")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .select(({ fn }) => [
      "patients.hospital",
      "cases.state",
      fn.countAll<number>().as("count"),
      fn.count<number>("cases.annotated_at").as("annotated"),
    ])
    .groupBy(["patients.hospital", "cases.state"])
    .execute();
}

/** Of the latest verdicts that hold: a case that was opened again has none. */
async function countVerdicts({ database }: Study, panel: Panel) {
  return database
    .selectFrom("verdicts")
    .innerJoin("cases", "cases.id", "verdicts.case_id")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .where("verdicts.panel", "=", panel)
    .where(({ eb, or }) =>
      or([eb("cases.class", "is not", null), eb("cases.exclusion", "is not", null)]),
    )
    .where("verdicts.revision", "=", ({ selectFrom }) =>
      selectFrom("verdicts as later")
        .whereRef("later.case_id", "=", "verdicts.case_id")
        .whereRef("later.panel", "=", "verdicts.panel")
        .select(({ fn }) => fn.max("later.revision").as("revision")),
    )
    .select(({ fn }) => [
      "patients.hospital",
      "verdicts.panel",
      "verdicts.decision_kind",
      "verdicts.decision_id",
      "verdicts.how",
      fn.countAll<number>().as("count"),
    ])
    .groupBy([
      "patients.hospital",
      "verdicts.panel",
      "verdicts.decision_kind",
      "verdicts.decision_id",
      "verdicts.how",
    ])
    .orderBy("verdicts.decision_id")
    .execute();
}

async function countAssigned({ database }: Study) {
  return database
    .selectFrom("assigned_images")
    .innerJoin("patients", "patients.id", "assigned_images.patient_id")
    .select(({ fn }) => [
      "patients.hospital",
      "assigned_images.assignment",
      fn.count<number>("assigned_images.patient_id").distinct().as("patients"),
      fn.count<number>("assigned_images.case_id").distinct().as("cases"),
      fn.countAll<number>().as("images"),
    ])
    .groupBy(["patients.hospital", "assigned_images.assignment"])
    .execute();
}

function assignedCounts(
  rows: readonly (AssignedCounts & { readonly assignment: Assignment })[],
  assignment: Assignment,
): AssignedCounts {
  const found = rows.find((row) => row.assignment === assignment);
  return {
    patients: Number(found?.patients ?? 0),
    cases: Number(found?.cases ?? 0),
    images: Number(found?.images ?? 0),
  };
}

function byDecision(
  rows: readonly {
    readonly decision_kind: "class" | "exclusion";
    readonly decision_id: string;
    readonly count: number;
  }[],
  kind: "class" | "exclusion",
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { decision_kind, decision_id, count } of rows) {
    if (decision_kind === kind) counts[decision_id] = (counts[decision_id] ?? 0) + Number(count);
  }
  return counts;
}

function sum(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((total, { count }) => total + Number(count), 0);
}
