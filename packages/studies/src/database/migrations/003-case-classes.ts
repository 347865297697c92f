/**
 * The class that holds for a case, as a view: the reference panel's if it has decided, else that of the
 * observers and the senior. Who asks for a case's class asks here.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const caseClassesMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create view case_classes as
      select
        cases.id as case_id,
        coalesce(
          case when held.decision_kind = 'class' then held.decision_id end,
          cases.class
        ) as class,
        case
          when held.panel is null then cases.exclusion
          when held.decision_kind = 'exclusion' then held.decision_id
        end as exclusion,
        coalesce(held.ambiguous, cases.ambiguous) as ambiguous,
        case
          when held.panel is not null then held.panel
          when cases.ambiguous is not null then 'curation'
        end as decided_by
      from cases
      left join verdicts as held
        on held.case_id = cases.id
        and held.panel = 'reference'
        and held.revision = (
          select max(later.revision) from verdicts as later
          where later.case_id = cases.id and later.panel = 'reference'
        )`.execute(db);
  },
};
