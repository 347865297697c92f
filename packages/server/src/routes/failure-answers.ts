/** What every route may answer besides what it is for. */
import { failureSchema } from "@malleolus/schema";

export const failureAnswers = { "4xx": failureSchema, "5xx": failureSchema };
