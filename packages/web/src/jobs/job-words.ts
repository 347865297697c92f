/** A job in words. */
import type { JobRow } from "@malleolus/schema";
import type { Translate } from "../strings/translate.ts";

export function jobName({ kind, id }: JobRow, t: Translate): string {
  return kind === null ? id : t(`jobs.kind.${kind}`);
}

export function progressText({ progress }: JobRow, t: Translate): string {
  return progress === null ? "–" : t("jobs.progress", { ...progress });
}
