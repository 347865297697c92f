/** A reader's own work. */
import {
  displayCheckSchema,
  queuesSchema,
  recordedSchema,
  worklistQuestionSchema,
  worklistSchema,
} from "@malleolus/schema";
import {
  ANNOTATION_QUEUE,
  annotationQueueOf,
  annotatorWorklist,
  once,
  queuesOf,
  readerWorklist,
  recordDisplayCheck,
} from "@malleolus/studies";
import type { App } from "../app.ts";
import { ANNOTATORS, READERS, readerOf } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";

export function addWorklistRoutes(app: App, room: Room): void {
  const { study } = room;
  const access = [...READERS, ...ANNOTATORS];

  app.get(
    "/api/queues",
    {
      config: { access, act: "view queues" },
      schema: {
        summary: "The reader's queues",
        response: { 200: queuesSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const person = readerOf(request);
      const drawing = await annotationQueueOf(study, person);
      const reading = await queuesOf(study, person);
      return { queues: drawing === null ? reading : [...reading, drawing] };
    },
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
    async (request) => {
      const person = readerOf(request);
      return request.query.queue === ANNOTATION_QUEUE
        ? annotatorWorklist(study, person, request.query)
        : readerWorklist(study, person, request.query);
    },
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
