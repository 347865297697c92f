/** Who takes part: invitations, accounts, the audit log. For administrators. */
import {
  accountChangeSchema,
  auditPageSchema,
  invitationRequestSchema,
  invitationSchema,
  peopleSchema,
} from "@malleolus/schema";
import {
  changeAccount,
  invite,
  listMembers,
  readAudit,
  revokeInvitation,
} from "@malleolus/studies";
import { z } from "zod";
import type { App } from "../app.ts";
import { accountOf } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import { newToken } from "../auth/tokens.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";

const idSchema = z.strictObject({ id: z.coerce.number().int().positive() });

export function addPeopleRoutes(app: App, room: Room): void {
  const { study } = room;
  const access = ["administrator"] as const;
  const people = async () => ({ people: await listMembers(study) });
  const answers = { 200: peopleSchema, ...failureAnswers };

  app.get(
    "/api/people",
    {
      config: { access: [...access], act: "view people" },
      schema: { summary: "Everybody who takes part", response: answers },
    },
    people,
  );

  app.post(
    "/api/invitations",
    {
      config: { access: [...access], act: "invite" },
      schema: {
        summary: "Invites somebody; the link is shown once",
        body: invitationRequestSchema,
        response: { 200: invitationSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const token = newToken();
      const deed = { who: accountOf(request).login, at: new Date().toISOString() };
      const open = await commitAudited(room, request, (within) =>
        invite(within, request.body, token.sha256, deed),
      );
      return { ...open, path: `/join#${token.text}` };
    },
  );

  app.delete(
    "/api/invitations/:id",
    {
      config: { access: [...access], act: "revoke invitation" },
      schema: { summary: "Revokes an invitation", params: idSchema, response: answers },
    },
    async (request) => {
      const { id } = request.params;
      await commitAudited(room, request, (within) => revokeInvitation(within, id));
      return people();
    },
  );

  app.patch(
    "/api/accounts/:id",
    {
      config: { access: [...access], act: "change account" },
      schema: {
        summary: "Disables or enables an account, or changes the roles of staff",
        params: idSchema,
        body: accountChangeSchema,
        response: answers,
      },
    },
    async (request) => {
      const { id } = request.params;
      await commitAudited(room, request, (within) => changeAccount(within, id, request.body));
      return people();
    },
  );

  app.get(
    "/api/audit",
    {
      config: { access: [...access], act: "view audit log" },
      schema: {
        summary: "The audit log, newest first",
        querystring: z.strictObject({
          before: z.coerce.number().int().positive().optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
        }),
        response: { 200: auditPageSchema, ...failureAnswers },
      },
    },
    async (request) => ({ entries: await readAudit(study, request.query) }),
  );
}
