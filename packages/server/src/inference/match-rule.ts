/** Whether a radiograph is of the kind that is looked at. */
import type { ServiceSettings } from "@malleolus/schema";
import type { LiveImage } from "./inbox/live-study.ts";

/** Modality, body part and view each; an empty list matches any. What a file does not say matches no list. */
export function matchesRule(
  { modality, bodyPart, view }: Pick<LiveImage, "modality" | "bodyPart" | "view">,
  { modalities, bodyParts, views }: ServiceSettings["rule"],
): boolean {
  return (
    isIn(modalities, modality) &&
    isIn(bodyParts, bodyPart) &&
    (views.length === 0 || (view !== null && views.includes(view)))
  );
}

/** Without regard to capitals: body parts are written either way. */
function isIn(list: readonly string[], value: string | null): boolean {
  if (list.length === 0) return true;
  return value !== null && list.some((one) => one.toUpperCase() === value.trim().toUpperCase());
}
