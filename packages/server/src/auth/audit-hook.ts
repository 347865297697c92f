/** Every answer of the API in the audit log: who asked for what, and how it was answered. */
import { type NewAuditEntry, recordAudit, type Study } from "@malleolus/studies";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Room } from "../room.ts";

export function addAudit(app: FastifyInstance, room: Room): void {
  app.addHook("onResponse", async (request, reply) => {
    const { access, act } = request.routeOptions.config;
    if (access === undefined || act === undefined || act === null || request.audited) return;
    // A client that asks without a session is told so and leaves no trace: anybody could fill the disk.
    if (request.account === null && reply.statusCode >= 400) return;
    room.audit.seen(auditEntry(request, act, reply.statusCode));
  });
}

/**
 * Changes the study, with the entry of the audit log in the same commit. Resolves when both are on the
 * disk.
 */
export async function commitAudited<T>(
  room: Room,
  request: FastifyRequest,
  work: (study: Study) => Promise<T>,
): Promise<T> {
  const { act } = request.routeOptions.config;
  const result = await room.commit(async (study) => {
    const found = await work(study);
    await recordAudit(study, [auditEntry(request, act ?? "change", 200)]);
    return found;
  });
  request.audited = true;
  return result;
}

function auditEntry(request: FastifyRequest, action: string, status: number): NewAuditEntry {
  const named = Object.values(request.params ?? {}).map(String);
  return {
    at: new Date().toISOString(),
    who: request.account?.login ?? null,
    action,
    what: named.length === 0 ? null : named.join(" "),
    status,
  };
}
