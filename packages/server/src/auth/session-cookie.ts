/**
 * The session's cookie and the token against forged requests.
 *
 * `__Host-` binds the cookie to this one host and needs `Secure`. Browsers take a `Secure` cookie over
 * plain http from loopback (Chromium and Firefox count it as trustworthy), which is the only plain http
 * that is served; so there is one name everywhere.
 */
import { createHmac } from "node:crypto";
import { CSRF_HEADER } from "@malleolus/schema";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ServerError } from "../errors.ts";
import { sameText } from "./tokens.ts";

export const SESSION_COOKIE = "__Host-malleolus";

const ATTRIBUTES = { httpOnly: true, secure: true, sameSite: "strict", path: "/" } as const;

/** Holds a sign-in together while the browser is at the provider, which sends it back: so not `strict`. */
export const FLOW_COOKIE = "__Host-malleolus-sign-on";
const FLOW_ATTRIBUTES = { ...ATTRIBUTES, sameSite: "lax" } as const;
const FLOW_SECONDS = 600;

export function setFlowCookie(reply: FastifyReply, flow: string): void {
  reply.setCookie(FLOW_COOKIE, flow, { ...FLOW_ATTRIBUTES, maxAge: FLOW_SECONDS });
}

export function clearFlowCookie(reply: FastifyReply): void {
  reply.clearCookie(FLOW_COOKIE, FLOW_ATTRIBUTES);
}

export function setSessionCookie(reply: FastifyReply, token: string): void {
  reply.setCookie(SESSION_COOKIE, token, ATTRIBUTES);
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(SESSION_COOKIE, ATTRIBUTES);
}

/** Follows from the session, so that nothing is kept; nobody gets from it to the session. */
export function csrfToken(session: string): string {
  return createHmac("sha256", session).update("csrf").digest("base64url");
}

/** @throws ServerError `csrf` for a request that another site may have sent. */
export function requireOwnRequest(request: FastifyRequest, session: string | undefined): void {
  const site = request.headers["sec-fetch-site"];
  const origin = request.headers.origin;
  const isForeign =
    (site !== undefined && site !== "same-origin" && site !== "none") ||
    (origin !== undefined && hostOf(origin) !== request.host);
  const sent = request.headers[CSRF_HEADER];
  const isToken =
    session === undefined || (typeof sent === "string" && sameText(sent, csrfToken(session)));
  if (!isForeign && isToken) return;
  throw new ServerError("csrf", "The request did not come from this page. Load the page again.");
}

function hostOf(origin: string): string | null {
  return URL.parse(origin)?.host ?? null;
}
