/** Signing in and out: the first account, invitations, passwords, the session. */
import {
  invitationOfferSchema,
  invitationQuestionSchema,
  joinRequestSchema,
  loginRequestSchema,
  passwordRequestSchema,
  type Session,
  sessionSchema,
  setupRequestSchema,
} from "@malleolus/schema";
import {
  acceptInvitation,
  createFirstAdministrator,
  endSession,
  endSessions,
  findAccount,
  hasAccounts,
  offerOf,
  openSession,
  recordWrongPassword,
  type StoredAccount,
  setPassword,
} from "@malleolus/studies";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../app.ts";
import { accountOf } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import { hashPassword, passwordMatches } from "../auth/passwords.ts";
import {
  clearSessionCookie,
  csrfToken,
  SESSION_COOKIE,
  setSessionCookie,
} from "../auth/session-cookie.ts";
import { newToken, sameText, tokenSha256 } from "../auth/tokens.ts";
import { ServerError } from "../errors.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";

/** Guessing passwords and links is slow from one address, too. */
export const GUARDED = { max: 30, timeWindow: "1 minute" };

export function addAccountRoutes(app: App, room: Room): void {
  const { study } = room;
  const answers = { 200: sessionSchema, ...failureAnswers };

  app.get(
    "/api/session",
    {
      config: { access: "anyone", act: null },
      schema: { summary: "What a page begins with", response: answers },
    },
    async (request) => sessionOf(room, request.account, request.cookies[SESSION_COOKIE]),
  );

  app.post(
    "/api/setup",
    {
      config: { access: "anyone", act: "first account", rateLimit: GUARDED },
      schema: {
        summary: "Makes the first administrator, by the link that the terminal shows",
        body: setupRequestSchema,
        response: answers,
      },
    },
    async (request, reply) => {
      const { token, login, name, password } = request.body;
      if (!sameText(tokenSha256(token), room.setupSha256) || (await hasAccounts(study))) {
        throw new ServerError(
          "link",
          "This link was used, or is an older one. The server's terminal shows the link that holds.",
        );
      }
      const hashed = await hashPassword(password);
      return signIn(room, request, reply, (within) =>
        createFirstAdministrator(within, { login, name, password: hashed }),
      );
    },
  );

  app.post(
    "/api/login",
    {
      config: { access: "anyone", act: "sign in", rateLimit: GUARDED },
      schema: { summary: "Signs in", body: loginRequestSchema, response: answers },
    },
    async (request, reply) => {
      const { login, password } = request.body;
      const account = await findAccount(study, login);
      requireUnlocked(account);
      const isRight = await passwordMatches(password, account?.password ?? null);
      if (account === undefined || !isRight || account.disabled) {
        if (account !== undefined) {
          await room.commit((within) => recordWrongPassword(within, account.id));
          room.audit.seen({
            at: new Date().toISOString(),
            who: login,
            action: "wrong password",
            what: null,
            status: 401,
          });
        }
        throw new ServerError("credentials", "Login name and password do not belong together.");
      }
      return signIn(room, request, reply, async () => account);
    },
  );

  app.post(
    "/api/invitation",
    {
      config: { access: "anyone", act: null, rateLimit: GUARDED },
      schema: {
        summary: "What an invitation is for",
        body: invitationQuestionSchema,
        response: { 200: invitationOfferSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const { name, roles, login } = await offerOf(study, tokenSha256(request.body.token));
      return { name, roles: [...roles], login };
    },
  );

  app.post(
    "/api/join",
    {
      config: { access: "anyone", act: "join", rateLimit: GUARDED },
      schema: { summary: "Takes an invitation", body: joinRequestSchema, response: answers },
    },
    async (request, reply) => {
      const { token, login } = request.body;
      await offerOf(study, tokenSha256(token));
      const password = await hashPassword(request.body.password);
      return signIn(room, request, reply, (within) =>
        acceptInvitation(within, { tokenSha256: tokenSha256(token), login, password }),
      );
    },
  );

  app.post(
    "/api/logout",
    {
      config: { access: "signed in", act: "sign out" },
      schema: { summary: "Signs out", body: z.strictObject({}), response: answers },
    },
    async (request, reply) => {
      const session = request.cookies[SESSION_COOKIE] ?? "";
      await commitAudited(room, request, (within) => endSession(within, tokenSha256(session)));
      clearSessionCookie(reply);
      // Radiographs lie in the browser's cache; who comes next must not find them.
      reply.header("clear-site-data", '"cache"');
      return sessionOf(room, null, undefined);
    },
  );

  app.post(
    "/api/password",
    {
      config: { access: "signed in", act: "change password", rateLimit: GUARDED },
      schema: {
        summary: "Changes one's own password; other sessions end",
        body: passwordRequestSchema,
        response: answers,
      },
    },
    async (request, reply) => {
      const account = accountOf(request);
      requireUnlocked(account);
      const { current, next } = request.body;
      if (!(await passwordMatches(current, account.password))) {
        await room.commit((within) => recordWrongPassword(within, account.id));
        throw new ServerError("credentials", "The present password is another.");
      }
      const hashed = await hashPassword(next);
      return signIn(room, request, reply, async (within) => {
        await setPassword(within, account.id, hashed);
        await endSessions(within, account.id);
        return account;
      });
    },
  );
}

/** A new session for the account that `work` comes to, in one commit with it. */
export async function signIn(
  room: Room,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (study: Room["study"]) => Promise<StoredAccount>,
): Promise<Session> {
  const token = newToken();
  const account = await commitAudited(room, request, async (within) => {
    const found = await work(within);
    request.account = found;
    await openSession(within, found.id, token.sha256);
    return found;
  });
  setSessionCookie(reply, token.text);
  return sessionOf(room, account, token.text);
}

async function sessionOf(
  { study, singleSignOn }: Room,
  account: StoredAccount | null,
  session: string | undefined,
): Promise<Session> {
  if (account !== null && session !== undefined) {
    const { login, name, roles } = account;
    return {
      state: "signed in",
      account: { login, name, roles: [...roles] },
      study: study.configuration.name,
      csrf: csrfToken(session),
    };
  }
  if (!(await hasAccounts(study))) return { state: "setup" };
  return { state: "signed out", singleSignOn: singleSignOn !== null };
}

/** @throws ServerError `too-many`. */
function requireUnlocked(account: StoredAccount | undefined): void {
  const until = account?.lockedUntil ?? null;
  if (until === null) return;
  const seconds = Math.ceil((Date.parse(until) - Date.now()) / 1000);
  if (seconds <= 0) return;
  throw new ServerError(
    "too-many",
    `Too many wrong passwords. Try again in ${seconds} seconds, or ask an administrator.`,
    { retryAfter: seconds },
  );
}
