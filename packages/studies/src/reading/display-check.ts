/** What a reader saw of the test patches at the beginning of a day, and on what screen. */
import type { DisplayCheck } from "@malleolus/schema";
import type { Study } from "../study.ts";

export async function recordDisplayCheck(
  { database }: Study,
  person: string,
  check: Omit<DisplayCheck, "requestId">,
): Promise<{ readonly at: string }> {
  const at = new Date().toISOString();
  const { screenWidth, screenHeight, pixelRatio } = check;
  await database
    .insertInto("display_checks")
    .values({
      person,
      dark_seen: check.darkSeen ? 1 : 0,
      bright_seen: check.brightSeen ? 1 : 0,
      screen: `${screenWidth} x ${screenHeight} at ${pixelRatio}`,
      at,
    })
    .execute();
  return { at };
}
