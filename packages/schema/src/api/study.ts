/** What of a study its API tells: to readers how to read, to staff how far it is. */
import { z } from "zod";
import { viewSchema } from "../image.ts";
import { labelSchema } from "../labels.ts";
import { measurementRuleSchema } from "../reading-content.ts";
import { accountRoleSchema } from "./account.ts";
import { queueKeySchema } from "./worklist.ts";

const named = z.strictObject({ id: z.string(), name: z.string() });
const count = z.int().nonnegative();

/** `GET /api/protocol`: the same for everybody who is signed in. */
export const readingProtocolSchema = z.strictObject({
  name: z.string(),
  classes: z.array(named),
  noFractureClass: z.string(),
  /** In the order of their digits. */
  exclusions: z.array(named),
  /** In the order of hanging. */
  views: z.array(viewSchema),
  structures: z.array(named),
  measurements: z.array(measurementRuleSchema),
  /** Those that are asked for. */
  labels: z.array(labelSchema),
});
export type ReadingProtocol = z.infer<typeof readingProtocolSchema>;

/** How far one person is in one queue. */
export const personProgressSchema = z.strictObject({
  person: z.string(),
  name: z.string(),
  queue: queueKeySchema.or(z.literal("annotation")),
  title: z.string(),
  done: count,
  left: count,
  /** Of what was done, without pauses; null where nobody measured. */
  medianSeconds: z.number().nonnegative().nullable(),
  lastSeenAt: z.string().nullable(),
});

/** `GET /api/progress`: for those who run the study, never for readers. */
export const progressSchema = z.strictObject({ people: z.array(personProgressSchema) });

/** `GET /api/reopenings`: for those who run the study. */
export const reopeningsSchema = z.strictObject({
  reopenings: z.array(
    z.strictObject({
      id: z.int().positive(),
      /** The case's id in the study. */
      case: z.string(),
      queue: queueKeySchema,
      person: z.string(),
      reason: z.string(),
      at: z.string(),
    }),
  ),
});

/** `GET /api/health`: that the server answers and its database can be written. */
export const healthSchema = z.strictObject({ status: z.literal("ok") });

/**
 * Whether a model's findings are shown: never, always, or crossed, where each reader reads every case both ways,
 * half of them first with and half first without, the other way after the washout.
 */
export const roundModelSchema = z.enum(["never", "always", "crossed"]);
export type RoundModel = z.infer<typeof roundModelSchema>;

/** A round: some people read some cases once more, in a queue of its own. */
export const roundSchema = z.strictObject({
  key: queueKeySchema,
  name: z.string(),
  people: z.array(z.string()),
  cases: count,
  /** Of the cases, how many each reads twice. */
  repeats: count,
  model: roundModelSchema,
  /** Of a qualification, the share that must be right; null for other rounds. */
  passShare: z.number().min(0).max(1).nullable(),
  /** Of a qualification, who has passed it. */
  passed: z.array(z.string()),
  washoutDays: z.number().nonnegative(),
  seed: count,
  at: z.string(),
  who: z.string(),
});
export type Round = z.infer<typeof roundSchema>;

/** `GET /api/rounds`, for those who run the study. */
export const roundsSchema = z.strictObject({
  rounds: z.array(roundSchema),
  /** Who can be given a round. */
  readers: z.array(named),
});
export type Rounds = z.infer<typeof roundsSchema>;

/** `POST /api/rounds` */
export const roundRequestSchema = z.strictObject({
  requestId: z.uuid(),
  name: z.string().trim().min(1).max(100),
  /** Ids of people who read: observers, seniors, surgeons. */
  people: z.array(z.string()).min(1),
  /** How many, chosen by the seed from the candidates and everything after them; all without it. */
  cases: z.int().positive().optional(),
  /** Share of the cases that each reads again, unnoticed. */
  repeatShare: z.number().min(0).max(1).default(0.1),
  /** Between a case and its repeat, at least. */
  washoutDays: z.number().min(0).max(3650).default(14),
  seed: z.int().nonnegative().default(1),
  /** Crossed rounds show every case twice, whatever `repeatShare` says. */
  model: roundModelSchema.default("never"),
  /**
   * Makes it a qualification: cases whose class is known, each with its answer once it is read, without repeats
   * and without a model. As long as it is not passed, its people read nothing else.
   */
  passShare: z.number().min(0).max(1).nullable().default(null),
});
export type RoundRequest = z.infer<typeof roundRequestSchema>;

/** What a route says in the OpenAPI document of who may call it: `x-access`. */
export const accessSchema = z.union([
  z.literal("anyone"),
  z.literal("signed in"),
  z.array(accountRoleSchema).min(1),
]);
export type Access = z.infer<typeof accessSchema>;
