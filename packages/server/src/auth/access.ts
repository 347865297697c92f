/**
 * Who may call a route. Every route of the API says it (`config.access`), or the server does not start; what
 * it says stands in the OpenAPI document as `x-access`.
 */
import type { Access, AccountRole } from "@malleolus/schema";
import { findSession, recordUse, type StoredAccount } from "@malleolus/studies";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ServerError } from "../errors.ts";
import type { Room } from "../room.ts";
import { requireOwnRequest, SESSION_COOKIE } from "./session-cookie.ts";
import { tokenSha256 } from "./tokens.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
    /** What the audit log calls it; null for what it does not keep. */
    act?: string | null;
  }
  interface FastifyRequest {
    /** Who is signed in. */
    account: StoredAccount | null;
    /** Whether its entry in the audit log is written already, with the change itself. */
    audited: boolean;
  }
}

export const STAFF: readonly AccountRole[] = ["administrator", "researcher", "viewer"];
export const COORDINATORS: readonly AccountRole[] = ["administrator", "researcher"];
export const READERS: readonly AccountRole[] = ["observer", "senior", "surgeon"];
export const ANNOTATORS = ["annotator"] as const;

export function addAccess(app: FastifyInstance, room: Room): void {
  app.decorateRequest("account", null);
  app.decorateRequest("audited", false);
  app.addHook("onRoute", ({ url, config, method }) => {
    if (!url.startsWith("/api/")) return;
    if (config?.access === undefined || config.act === undefined) {
      throw new Error(`internal: ${String(method)} ${url} does not say who may call it`);
    }
  });
  app.addHook("onRequest", async (request) => {
    const { access } = request.routeOptions.config;
    if (access === undefined) return;
    const session = request.cookies[SESSION_COOKIE];
    const account = session === undefined ? undefined : await accountIn(room, session);
    request.account = account ?? null;
    if (access !== "anyone") requireAccess(access, account);
    if (request.method !== "GET" && request.method !== "HEAD") {
      requireOwnRequest(request, access === "anyone" ? undefined : session);
    }
  });
}

async function accountIn(room: Room, session: string): Promise<StoredAccount | undefined> {
  const token = tokenSha256(session);
  const found = await findSession(room.study, token);
  if (found?.isUseDue) {
    // Beside the request; where it cannot be written, the session ends the earlier.
    room.commit((study) => recordUse(study, token, found.account.id)).catch(() => undefined);
  }
  return found?.account;
}

/**
 * Whoever is signed in.
 *
 * @throws ServerError `unauthenticated`.
 */
export function accountOf({ account }: FastifyRequest): StoredAccount {
  if (account !== null) return account;
  throw new ServerError("unauthenticated", "Your session ended. Sign in here; nothing is lost.");
}

/**
 * The person of the study as whom somebody reads.
 *
 * @throws ServerError `forbidden` for staff.
 */
export function readerOf(request: FastifyRequest): string {
  const { person } = accountOf(request);
  if (person !== null) return person;
  throw new ServerError("forbidden", "Your account does not read. Ask for one that does.");
}

function requireAccess(access: Exclude<Access, "anyone">, account?: StoredAccount): void {
  if (account === undefined) {
    throw new ServerError("unauthenticated", "Your session ended. Sign in here; nothing is lost.");
  }
  if (access === "signed in") return;
  if (account.roles.some((role) => access.includes(role))) return;
  throw new ServerError("forbidden", "Your role does not include this page.");
}
