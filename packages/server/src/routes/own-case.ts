/**
 * The head of the routes of one case, the same for whoever has it before them: an act on it is done once, in one
 * commit with its entry of the audit log. Which cases are a person's to see is for the finder to say.
 */
import { caseCodeSchema } from "@malleolus/schema";
import { once, type Study } from "@malleolus/studies";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { readerOf } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import type { Room } from "../room.ts";

export const caseParams = z.strictObject({ code: caseCodeSchema });

/** A person's case by its code. Throws for one that is not theirs to see. */
export type FindCase<Task> = (study: Study, person: string, code: string) => Promise<Task>;

export type ActRequest = FastifyRequest & {
  readonly params: { readonly code: string };
  readonly body: { readonly requestId: string };
};

/** An act on a case, done once however often it is tried, and on the disk when it returns. */
export async function actOnCase<Task, T>(
  room: Room,
  request: ActRequest,
  { find, answer }: { readonly find: FindCase<Task>; readonly answer: z.ZodType<T> },
  work: (within: Study, task: Task) => Promise<T>,
): Promise<T> {
  const who = readerOf(request);
  const { code } = request.params;
  const action = `${request.routeOptions.config.act} ${code}`;
  return commitAudited(room, request, (within) =>
    once(within, { who, requestId: request.body.requestId, action, answer }, async () =>
      work(within, await find(within, who, code)),
    ),
  );
}
