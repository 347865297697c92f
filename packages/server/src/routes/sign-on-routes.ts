/**
 * The two addresses of an institution's sign-on: one leads a browser to the provider, the other is where it
 * comes back. Both answer with another address, never with a page: what went wrong is a word behind it.
 */
import { causeText } from "@malleolus/errors";
import { hasAccounts, StudyError, signInExternally } from "@malleolus/studies";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../app.ts";
import { clearFlowCookie, FLOW_COOKIE, setFlowCookie } from "../auth/session-cookie.ts";
import { type SignOnProblem, SignOnRefusal } from "../auth/single-sign-on.ts";
import type { Room } from "../room.ts";
import { GUARDED, signIn } from "./account-routes.ts";
import { failureAnswers } from "./failure-answers.ts";

export const SIGN_ON_CALLBACK = "/api/openid/callback";

/** Nothing is wrong with the server, or with how it was set up: a visitor who is nobody's, or took too long. */
const ORDINARY: ReadonlySet<SignOnProblem> = new Set(["no-role", "expired"]);

export function addSignOnRoutes(
  app: App,
  room: Room,
  { isTls }: { readonly isTls: boolean },
): void {
  const answers = { 302: z.unknown(), ...failureAnswers };
  /** As browsers reach it: a proxy hands the host on, and has TLS. */
  const here = (request: FastifyRequest) =>
    new URL(request.url, `${isTls ? "https" : "http"}://${request.host}`);

  app.get(
    "/api/openid/start",
    {
      config: { access: "anyone", act: null, rateLimit: GUARDED },
      schema: { summary: "Leads to the institution's sign-on", response: answers },
    },
    (request, reply) =>
      orSignInPage(room, request, reply, async (signOn) => {
        const redirect = new URL(SIGN_ON_CALLBACK, here(request));
        const { to, flow } = await signOn.begin(redirect);
        setFlowCookie(reply, flow);
        return reply.redirect(to.href);
      }),
  );

  app.get(
    SIGN_ON_CALLBACK,
    {
      config: { access: "anyone", act: "sign in by the institution", rateLimit: GUARDED },
      schema: { summary: "Where the institution's sign-on leads back to", response: answers },
    },
    (request, reply) =>
      orSignInPage(room, request, reply, async (signOn) => {
        clearFlowCookie(reply);
        const identity = await signOn.finish(here(request), request.cookies[FLOW_COOKIE]);
        await signIn(room, request, reply, (study) => signInExternally(study, identity));
        return reply.redirect("/");
      }),
  );
}

/** Whoever cannot be signed in lands on the sign-in page, with a word for why. */
async function orSignInPage(
  { study, singleSignOn }: Room,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (signOn: NonNullable<Room["singleSignOn"]>) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    if (singleSignOn === null) throw new SignOnRefusal("provider", "there is no sign-on here");
    // The first account is the link's: a provider's first visitor must not shut the administrator out.
    if (!(await hasAccounts(study))) throw new SignOnRefusal("set-up", "nobody has an account yet");
    return await work(singleSignOn);
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    // Never the error itself: a provider's answer is in it.
    const told = { problem, reason: reasonOf(error) };
    if (ORDINARY.has(problem)) request.log.info(told, "sign-on");
    else request.log.warn(told, "sign-on");
    return reply.redirect(`/login?sign-on=${problem}`);
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? causeText(error) : `${causeText(error)}: ${causeText(cause)}`;
}

function problemOf(error: unknown): SignOnProblem | undefined {
  if (error instanceof SignOnRefusal) return error.problem;
  const isAccounts =
    error instanceof StudyError && (error.code === "account" || error.code === "not-found");
  return isAccounts ? "account" : undefined;
}
