/** Many values as one: SQLite binds 32,766 at most, PostgreSQL twice as many. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import { isPostgres } from "./postgres-dialect.ts";

/** A question whose rows are these texts, to stand after `in`. */
export function anyOf<Tables>(
  database: Kysely<Tables>,
  texts: readonly string[],
): RawBuilder<string> {
  const written = JSON.stringify(texts);
  return isPostgres(database)
    ? sql<string>`(select jsonb_array_elements_text(cast(${written} as jsonb)))`
    : sql<string>`(select value from json_each(${written}))`;
}
