/** Cases that wait for somebody, those first with which nothing has been done for the longest time. */
import type { CaseState } from "@malleolus/schema";
import type { Study } from "../study.ts";
import { type Wait, waitsOf } from "./waits.ts";

export interface WaitingCase {
  readonly id: string;
  readonly state: CaseState;
  /** When it last changed its state, or was read or drawn. */
  readonly since: string;
  readonly waits: readonly Wait[];
}

export async function waitingCases(study: Study): Promise<WaitingCase[]> {
  const { database } = study;
  const rows = await database
    .selectFrom("cases")
    .select(["id", "state"])
    .select(({ selectFrom }) => [
      selectFrom("transitions")
        .whereRef("transitions.case_id", "=", "cases.id")
        .select(({ fn }) => fn.max("transitions.at").as("at"))
        .as("moved_at"),
      selectFrom("readings")
        .whereRef("readings.case_id", "=", "cases.id")
        .select(({ fn }) => fn.max("readings.at").as("at"))
        .as("read_at"),
      selectFrom("annotations")
        .innerJoin("images", "images.sha256", "annotations.image_sha256")
        .whereRef("images.case_id", "=", "cases.id")
        .where("annotations.source", "=", "person")
        .select(({ fn }) => fn.max("annotations.at").as("at"))
        .as("drawn_at"),
    ])
    .execute();
  const waits = await waitsOf(study, rows);
  return rows
    .flatMap(({ id, state, moved_at, read_at, drawn_at }) => {
      const own = waits.get(id) ?? [];
      const since = [moved_at, read_at, drawn_at].reduce<string>(
        (latest, at) => (at !== null && at > latest ? at : latest),
        "",
      );
      return own.length === 0 ? [] : [{ id, state, since, waits: own }];
    })
    .toSorted((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : a.id < b.id ? -1 : 1));
}
