/** An error in words for the person at the page. */
import type { Translate } from "../strings/translate.ts";
import { ApiError } from "./api-error.ts";

/** What the server says of a refusal is said as it is; what nobody said gets a sentence here. */
export function sayError(t: Translate, error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  switch (error.code) {
    case "offline":
      return t("problem.offline");
    case "internal":
    case "unavailable":
      return t("problem.server");
    case "unreadable":
      return t("problem.answer");
    case "too-many":
      return error.retryAfterSeconds === undefined
        ? error.message
        : t("problem.too many", { seconds: error.retryAfterSeconds });
    case "credentials":
      return t("sign in.wrong");
    default:
      return error.message;
  }
}
