/** What a study's server derives opaque names from; made once, and never told. */
import { randomBytes } from "node:crypto";
import type { Study } from "../study.ts";

export async function serverSecret({ database }: Study): Promise<string> {
  await database
    .insertInto("settings")
    .values({ name: "server-secret", value: randomBytes(32).toString("hex") })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await database
    .selectFrom("settings")
    .select("value")
    .where("name", "=", "server-secret")
    .executeTakeFirstOrThrow();
  return value;
}
