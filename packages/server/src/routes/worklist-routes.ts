/** A reader's own work. */
import {
  displayCheckSchema,
  queuesSchema,
  recordedSchema,
  worklistQuestionSchema,
  worklistSchema,
} from "@malleolus/schema";
import { once, queuesOf, readerWorklist, recordDisplayCheck } from "@malleolus/studies";
import type { App } from "../app.ts";
import { READERS, readerOf } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";

export function addWorklistRoutes(app: App, room: Room): void {
  const { study } = room;
  const access = [...READERS];

  app.get(
    "/api/queues",
    {
      config: { access, act: "view queues" },
      schema: {
        summary: "The reader's queues",
        response: { 200: queuesSchema, ...failureAnswers },
      },
    },
    async (request) => ({ queues: await queuesOf(study, readerOf(request)) }),
  );

  app.get(
    "/api/worklist",
    {
      config: { access, act: "view worklist" },
      schema: {
        summary: "A page of the reader's cases, in the reader's own order",
        querystring: worklistQuestionSchema,
        response: { 200: worklistSchema, ...failureAnswers },
      },
    },
    async (request) => readerWorklist(study, readerOf(request), request.query),
  );

  app.post(
    "/api/display-checks",
    {
      config: { access, act: "check display" },
      schema: {
        summary: "What was seen of the test patches",
        body: displayCheckSchema,
        response: { 200: recordedSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const who = readerOf(request);
      const { requestId, ...check } = request.body;
      const act = { who, requestId, action: "check display", answer: recordedSchema };
      return commitAudited(room, request, (within) =>
        once(within, act, () => recordDisplayCheck(within, who, check)),
      );
    },
  );
}
