/** What is done beside the database, a process started or stopped, once however often it is tried. */
import { once } from "@malleolus/studies";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { accountOf } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import type { Room } from "../room.ts";

type ActRequest = FastifyRequest & { readonly body: { readonly requestId: string } };

export async function actOnce<T>(
  room: Room,
  request: ActRequest,
  { action, answer }: { readonly action: string; readonly answer: z.ZodType<T> },
  work: () => T,
): Promise<T> {
  const { requestId } = request.body;
  const who = accountOf(request).login;
  // A database may have to begin a transaction again: what is beside it is not done again.
  let done: { readonly answer: T } | undefined;
  return commitAudited(room, request, (within) =>
    once(within, { who, requestId, action, answer }, async () => {
      done ??= { answer: work() };
      return done.answer;
    }),
  );
}
