/**
 * What a case's page begins with: what this computer has not sent yet comes before what the server
 * has, since it is younger.
 */
import type { CaseDetail, ReadingContent } from "@malleolus/schema";
import type { Act } from "../save/act.ts";

export function contentToBeginWith(
  { code, draft, submitted }: Pick<CaseDetail, "code" | "draft" | "submitted">,
  unsent: readonly Act[],
): ReadingContent | null {
  const own = unsent.findLast(
    (act) => act.code === code && (act.kind === "draft" || act.kind === "submit"),
  );
  if (own?.kind === "draft" || own?.kind === "submit") return own.content;
  return submitted?.content ?? draft?.content ?? null;
}
