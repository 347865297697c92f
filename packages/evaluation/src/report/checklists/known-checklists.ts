/** The checklists that a report fills; a study's file adds others. */
import type { Checklist } from "./checklist.ts";
import { claim2024 } from "./claim-2024.ts";
import { consortAi } from "./consort-ai.ts";
import { decideAi } from "./decide-ai.ts";
import { miClaim } from "./mi-claim.ts";
import { spiritAi } from "./spirit-ai.ts";
import { tripodAi } from "./tripod-ai.ts";

export const KNOWN_CHECKLISTS: readonly Checklist[] = [
  claim2024,
  miClaim,
  tripodAi,
  consortAi,
  spiritAi,
  decideAi,
];
