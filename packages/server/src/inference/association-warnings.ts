/**
 * What is said of associations that were refused or broke off, in the log and the audit: of alike ones the first, and
 * then one a minute with the number of those between. Whoever calls without end fills no disk, whatever title is given.
 */
import type { NodeEvent } from "@malleolus/pacs";
import type { FastifyBaseLogger } from "fastify";
import { repeatedWarnings } from "../repeated-warnings.ts";
import type { Audit } from "./audit.ts";

const ACTS = { refused: "association refused", broken: "association broken" } as const;

export function associationWarnings(
  audit: Audit,
  logger: Pick<FastifyBaseLogger, "warn">,
  now: () => number = Date.now,
): (event: NodeEvent) => void {
  const warnRepeatedly = repeatedWarnings(now);
  return (event) => {
    if (event.kind !== "refused" && event.kind !== "broken") return;
    const { calling, reason } = event;
    // A reason to refuse is one of four words; why one broke off may be any.
    const words = event.kind === "refused" ? `refused: ${reason}` : "broken";
    warnRepeatedly(words, (unsaid) => {
      logger.warn({ calling, reason, unsaid }, ACTS[event.kind]);
      audit
        .add({ act: ACTS[event.kind], who: calling, unsaid })
        .catch((error: unknown) => logger.warn({ err: error }, "audit"));
    });
  };
}
