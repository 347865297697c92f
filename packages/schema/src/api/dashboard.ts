/**
 * What those who run a study see of it and nobody else: how far readers agree, which cases wait, and the data sets
 * that were frozen, each with what has changed since.
 */
import { z } from "zod";
import { caseStateSchema } from "../case-state.ts";
import { estimateSchema, intervalSchema, proportionSchema } from "../proportion.ts";
import { panelSchema } from "../reading.ts";
import { requestIdSchema } from "./case.ts";

const count = z.int().nonnegative();

/** First readings of the cases that have a verdict: what was said before anybody talked. */
export const panelAgreementSchema = z.strictObject({
  panel: panelSchema,
  cases: count,
  unanimous: proportionSchema,
  fleissKappa: estimateSchema,
  pairs: z.array(
    z.strictObject({
      names: z.tuple([z.string(), z.string()]).readonly(),
      agreement: proportionSchema,
      cohenKappa: z.number().nullable(),
      kappaInterval: intervalSchema.nullable(),
    }),
  ),
});
export type PanelAgreement = z.infer<typeof panelAgreementSchema>;

/** `GET /api/agreement`; a panel that has decided nothing yet is not in it. */
export const agreementsSchema = z.strictObject({ panels: z.array(panelAgreementSchema) });

/** What a case waits for. */
export const waitForSchema = z.enum([
  "report",
  "screening",
  "reading",
  "senior",
  "assignment",
  "panel",
  "talk",
  "annotation",
  "outline decision",
]);
export type WaitFor = z.infer<typeof waitForSchema>;

export const waitingCaseSchema = z.strictObject({
  /** The case's id in the study. */
  case: z.string(),
  state: caseStateSchema,
  /** Since nothing has been done with it. */
  since: z.string(),
  waits: z.array(
    z.strictObject({
      for: waitForSchema,
      /** Names of those who have it to do. */
      people: z.array(z.string()),
    }),
  ),
});
export type WaitingCase = z.infer<typeof waitingCaseSchema>;

/** `GET /api/waiting`: those that wait the longest, of all that wait. */
export const waitingSchema = z.strictObject({ cases: z.array(waitingCaseSchema), of: count });

/** `POST /api/verdicts`: closes what all have read and what needs no talk. */
export const closeAgreedSchema = z.strictObject({ requestId: requestIdSchema });
export const closedAgreedSchema = z.strictObject({
  agreed: count,
  excluded: count,
  differing: count,
});

/** The sets that a training takes. */
export const frozenSetNameSchema = z.enum(["training", "tuning"]);
export type FrozenSetName = z.infer<typeof frozenSetNameSchema>;

/** Named by the beginning of its hash. */
export const frozenIdSchema = z.string().regex(/^[0-9a-f]{12}$/, {
  error: "expected a frozen data set's 12 hexadecimal digits; GET /api/datasets lists them",
});

/** What a data set was when it was frozen; the file beside its COCO files. */
export const frozenDataSchema = z.strictObject({
  format: z.literal("malleolus-frozen-1"),
  id: frozenIdSchema,
  sha256: z.string(),
  at: z.string(),
  who: z.string(),
  sets: z.record(
    frozenSetNameSchema,
    z.strictObject({ sha256: z.string(), images: count, annotations: count }).nullable(),
  ),
});
export type FrozenData = z.infer<typeof frozenDataSchema>;

/** `GET /api/datasets`: the newest first. */
export const frozenDatasSchema = z.strictObject({ datasets: z.array(frozenDataSchema) });

/** `POST /api/datasets` */
export const freezeRequestSchema = z.strictObject({ requestId: requestIdSchema });

/** `GET /api/datasets/:id/changes`: what the study has now against what was frozen. */
export const frozenChangesSchema = z.strictObject({
  added: count,
  removed: count,
  changed: count,
  /** The first of them. */
  radiographs: z.array(
    z.strictObject({
      set: frozenSetNameSchema,
      file: z.string(),
      case: z.string().nullable(),
      what: z.enum(["added", "removed", "changed"]),
    }),
  ),
});
export type FrozenChanges = z.infer<typeof frozenChangesSchema>;
