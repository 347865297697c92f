/**
 * The JSON columns of a study's database, with a version: `{"format": …, "value": …}`. Earlier versions
 * wrote the value alone, which is read as the first version.
 */
import { z } from "zod";
import { outlineSchema, structureAgreementSchema } from "./annotation.ts";
import { annotationContentSchema } from "./annotation-draft.ts";
import { imageSchema } from "./image.ts";
import { saidLabelsSchema } from "./labels.ts";
import { prelabelSchema } from "./prelabel.ts";
import { readJson } from "./read-json.ts";
import {
  measurementSchema,
  readingConditionsSchema,
  readingContentSchema,
  visibilityByImageSchema,
} from "./reading-content.ts";
import { screeningDecisionSchema } from "./screening-decision.ts";

export interface JsonColumn<T> {
  /** @throws SchemaError as `readJson`; `where` begins the message. */
  read(text: string, where: string): T;
  write(value: Readonly<T>): string;
}

/** `images.facts` */
export const imageColumn = jsonColumn("malleolus-image-1", imageSchema);

/** `annotations.outlines`, `image_truths.outlines` */
export const outlinesColumn = jsonColumn("malleolus-outlines-1", z.array(outlineSchema));

/** `image_truths.agreement` */
export const agreementColumn = jsonColumn(
  "malleolus-agreement-1",
  z.array(structureAgreementSchema),
);

/** `prelabels.record` */
export const prelabelColumn = jsonColumn("malleolus-prelabel-1", prelabelSchema);

/** `screenings.decision` */
export const screeningDecisionColumn = jsonColumn("malleolus-screening-1", screeningDecisionSchema);

/** `screenings.report_ids` */
export const reportIdsColumn = jsonColumn("malleolus-report-ids-1", z.array(z.string()));

/** `readings.visibility` */
export const visibilityColumn = jsonColumn("malleolus-visibility-1", visibilityByImageSchema);

/** `readings.measurements` */
export const measurementsColumn = jsonColumn(
  "malleolus-measurements-1",
  z.array(measurementSchema),
);

/** `readings.labels` */
export const labelsColumn = jsonColumn("malleolus-labels-1", saidLabelsSchema);

/** `readings.conditions` */
export const conditionsColumn = jsonColumn("malleolus-conditions-1", readingConditionsSchema);

/** `reading_drafts.content` */
export const readingDraftColumn = jsonColumn("malleolus-reading-draft-1", readingContentSchema);

/** `annotation_drafts.content` */
export const annotationDraftColumn = jsonColumn(
  "malleolus-annotation-draft-1",
  annotationContentSchema,
);

function jsonColumn<T>(format: string, schema: z.ZodType<T>): JsonColumn<T> {
  const versioned = z.strictObject({ format: z.literal(format), value: schema });
  const stored = z
    .unknown()
    .transform((found) => (hasVersion(found) ? found : { format, value: found }))
    .pipe(versioned);
  return {
    read: (text, where) => readJson(stored, text, where).value,
    write: (value) => JSON.stringify({ format, value }),
  };
}

/** Values of earlier versions are arrays, or records without a `value`. */
function hasVersion(found: unknown): boolean {
  return typeof found === "object" && found !== null && "format" in found && "value" in found;
}
