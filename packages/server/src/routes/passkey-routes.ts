/** One's own passkeys, and signing in with one. */
import {
  newPasskeySchema,
  passkeyCreationSchema,
  passkeyLoginSchema,
  passkeyRequestSchema,
  passkeysSchema,
  sessionSchema,
} from "@malleolus/schema";
import {
  accountOf as accountById,
  addPasskey,
  findPasskey,
  listPasskeys,
  removePasskey,
  usePasskey,
} from "@malleolus/studies";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../app.ts";
import { accountOf } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import {
  checkNewPasskey,
  checkPasskey,
  openChallenges,
  type Place,
  passkeyCreation,
  passkeyRequest,
} from "../auth/passkeys.ts";
import { ServerError } from "../errors.ts";
import type { Room } from "../room.ts";
import { GUARDED, signIn } from "./account-routes.ts";
import { failureAnswers } from "./failure-answers.ts";

const idSchema = z.strictObject({ id: z.coerce.number().int().positive() });

export function addPasskeyRoutes(
  app: App,
  room: Room,
  { isTls }: { readonly isTls: boolean },
): void {
  const { study } = room;
  const challenges = openChallenges();
  const placeOf = ({ hostname, host }: FastifyRequest): Place => ({
    hostname,
    origin: `${isTls ? "https" : "http"}://${host}`,
  });
  const ownPasskeys = async (account: number) => ({
    passkeys: (await listPasskeys(study, account)).map(({ id, name, at, usedAt }) => ({
      id,
      name,
      at,
      usedAt,
    })),
  });
  const answers = { 200: passkeysSchema, ...failureAnswers };

  app.get(
    "/api/passkeys",
    {
      config: { access: "signed in", act: null },
      schema: { summary: "One's own passkeys", response: answers },
    },
    async (request) => ownPasskeys(accountOf(request).id),
  );

  app.post(
    "/api/passkeys/options",
    {
      config: { access: "signed in", act: null, rateLimit: GUARDED },
      schema: {
        summary: "What a browser makes a passkey by",
        body: z.strictObject({}),
        response: { 200: passkeyCreationSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const account = accountOf(request);
      const known = await listPasskeys(study, account.id);
      return passkeyCreation(challenges, placeOf(request), account, known);
    },
  );

  app.post(
    "/api/passkeys",
    {
      config: { access: "signed in", act: "add passkey", rateLimit: GUARDED },
      schema: { summary: "Keeps a new passkey", body: newPasskeySchema, response: answers },
    },
    async (request) => {
      const account = accountOf(request);
      const { body } = request;
      const made = await checkNewPasskey(challenges, placeOf(request), account, body);
      await commitAudited(room, request, (within) =>
        addPasskey(within, { accountId: account.id, name: body.name, ...made }),
      );
      return ownPasskeys(account.id);
    },
  );

  app.delete(
    "/api/passkeys/:id",
    {
      config: { access: "signed in", act: "remove passkey" },
      schema: { summary: "Removes one's own passkey", params: idSchema, response: answers },
    },
    async (request) => {
      const account = accountOf(request).id;
      const { id } = request.params;
      await commitAudited(room, request, (within) => removePasskey(within, account, id));
      return ownPasskeys(account);
    },
  );

  app.post(
    "/api/login/passkey/options",
    {
      config: { access: "anyone", act: null, rateLimit: GUARDED },
      schema: {
        summary: "What a browser signs in by with a passkey",
        body: z.strictObject({}),
        response: { 200: passkeyRequestSchema, ...failureAnswers },
      },
    },
    async (request) => passkeyRequest(challenges, placeOf(request)),
  );

  app.post(
    "/api/login/passkey",
    {
      config: { access: "anyone", act: "sign in by passkey", rateLimit: GUARDED },
      schema: {
        summary: "Signs in with a passkey",
        body: passkeyLoginSchema,
        response: { 200: sessionSchema, ...failureAnswers },
      },
    },
    async (request, reply) => {
      const known = await findPasskey(study, request.body.credential.id);
      const counter = await checkPasskey(challenges, placeOf(request), request.body, known);
      const account = known === undefined ? undefined : await accountById(study, known.accountId);
      if (known === undefined || account === undefined || account.disabled) {
        throw new ServerError("credentials", "This passkey does not belong to an account here.");
      }
      return signIn(room, request, reply, async (within) => {
        await usePasskey(within, known.id, counter);
        return account;
      });
    },
  );
}
