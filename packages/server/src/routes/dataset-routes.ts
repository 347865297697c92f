/** Data sets that were frozen, and how far the study has gone from them. */
import {
  freezeRequestSchema,
  frozenChangesSchema,
  frozenDataSchema,
  frozenDatasSchema,
  frozenIdSchema,
} from "@malleolus/schema";
import { freezeData, frozenChanges, listFrozen, once } from "@malleolus/studies";
import { z } from "zod";
import type { App } from "../app.ts";
import { accountOf, COORDINATORS } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";

export function addDatasetRoutes(app: App, room: Room): void {
  const { study } = room;
  const access = [...COORDINATORS];

  app.get(
    "/api/datasets",
    {
      config: { access, act: "view data sets" },
      schema: {
        summary: "Frozen data sets, the newest first",
        response: { 200: frozenDatasSchema, ...failureAnswers },
      },
    },
    async () => ({ datasets: listFrozen(study) }),
  );

  app.post(
    "/api/datasets",
    {
      config: { access, act: "freeze data set" },
      schema: {
        summary: "Freezes what is assigned to training and tuning, by its hash",
        body: freezeRequestSchema,
        response: { 200: frozenDataSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const who = accountOf(request).login;
      const { requestId } = request.body;
      const act = { who, requestId, action: "freeze data set", answer: frozenDataSchema };
      return commitAudited(room, request, (within) =>
        once(within, act, () => freezeData(within, who)),
      );
    },
  );

  app.get(
    "/api/datasets/:id/changes",
    {
      config: { access, act: "view changes since freezing" },
      schema: {
        summary: "What the study has now against what was frozen",
        params: z.strictObject({ id: frozenIdSchema }),
        response: { 200: frozenChangesSchema, ...failureAnswers },
      },
    },
    async (request) => frozenChanges(study, request.params.id),
  );
}
