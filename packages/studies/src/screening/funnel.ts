/** The screening funnel as a query: counts of each hospital's cases, stage by stage. */
import type { HospitalFunnel, ScreenedState } from "@malleolus/schema";
import { sql } from "kysely";
import type { Study } from "../study.ts";

/** One row a hospital of the configuration, in its order. */
export async function readFunnel({ configuration, database }: Study): Promise<HospitalFunnel[]> {
  const totals = await database
    .selectFrom("patients")
    .innerJoin("cases", "cases.patient_id", "patients.id")
    .select(({ fn, selectFrom }) => [
      "patients.hospital",
      fn.count<number>("patients.id").distinct().as("patients"),
      fn.count<number>("cases.id").as("cases"),
      fn
        .sum<number>(
          selectFrom("images")
            .whereRef("images.case_id", "=", "cases.id")
            .select(({ fn: inner }) => inner.countAll<number>().as("count")),
        )
        .as("images"),
      fn
        .sum<number>(
          sql<number>`case when exists (select 1 from reports where reports.case_id = cases.id) then 1 else 0 end`,
        )
        .as("with_report"),
    ])
    .groupBy("patients.hospital")
    .execute();
  const screenings = await database
    .selectFrom("screenings")
    .innerJoin("cases", "cases.id", "screenings.case_id")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .where("screenings.run_id", "=", ({ selectFrom }) =>
      selectFrom("screenings as later")
        .whereRef("later.case_id", "=", "screenings.case_id")
        .select(({ fn }) => fn.max("later.run_id").as("run_id")),
    )
    .select(({ fn }) => [
      "patients.hospital",
      "screenings.state",
      "screenings.code",
      fn.countAll<number>().as("count"),
    ])
    .groupBy(["patients.hospital", "screenings.state", "screenings.code"])
    .orderBy("screenings.code")
    .execute();

  return configuration.hospitals.map(({ id }) => {
    const total = totals.find(({ hospital }) => hospital === id);
    const own = screenings.filter(({ hospital }) => hospital === id);
    const inState = (state: ScreenedState) =>
      own.filter((row) => row.state === state).reduce((sum, { count }) => sum + Number(count), 0);
    return {
      hospital: id,
      patients: Number(total?.patients ?? 0),
      cases: Number(total?.cases ?? 0),
      images: Number(total?.images ?? 0),
      withReport: Number(total?.with_report ?? 0),
      screened: {
        "candidate fracture": inState("candidate fracture"),
        "candidate no fracture": inState("candidate no fracture"),
        "excluded by keyword": inState("excluded by keyword"),
      },
      excluded: Object.fromEntries(
        own.flatMap(({ code, count }) => (code === null ? [] : [[code, Number(count)]])),
      ),
    };
  });
}
