/** Deciding on cases whose readers differ: a senior after an own view, the reference panel in its meeting. */
import {
  decidingCaseSchema,
  decidingListSchema,
  decidingRequestSchema,
  ownViewRequestSchema,
  recordedSchema,
} from "@malleolus/schema";
import {
  decideCase,
  decidingCase,
  decidingList,
  findDecidingTask,
  submitOwnView,
} from "@malleolus/studies";
import type { App } from "../app.ts";
import { readerOf } from "../auth/access.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";
import { addImageRoute } from "./image-route.ts";
import { actOnCase, caseParams } from "./own-case.ts";

export function addDecidingRoutes(app: App, room: Room): void {
  const { study, secret } = room;
  const access = ["senior" as const, "surgeon" as const];

  app.get(
    "/api/deciding",
    {
      config: { access, act: "view cases to decide" },
      schema: {
        summary: "Cases whose readers differ and that are this person's to decide",
        response: { 200: decidingListSchema, ...failureAnswers },
      },
    },
    async (request) => ({ entries: await decidingList(study, readerOf(request)) }),
  );

  app.get(
    "/api/deciding/:code",
    {
      config: { access, act: "view readings of a case" },
      schema: {
        summary: "A case to decide; its readings, without names, once the own view is recorded",
        params: caseParams,
        response: { 200: decidingCaseSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const task = await findDecidingTask(study, readerOf(request), request.params.code);
      return decidingCase(study, secret, task);
    },
  );

  addImageRoute(app, room, {
    path: "/api/deciding",
    access,
    find: findDecidingTask,
    summary: "A radiograph's grey levels, for whoever decides on its case",
  });

  app.post(
    "/api/deciding/:code/own-view",
    {
      config: { access, act: "record own view" },
      schema: {
        summary: "Keeps what a senior sees before the readings are shown",
        params: caseParams,
        body: ownViewRequestSchema,
        response: { 200: decidingCaseSchema, ...failureAnswers },
      },
    },
    async (request) =>
      actOnCase(
        room,
        request,
        { find: findDecidingTask, answer: decidingCaseSchema },
        async (within, task) => {
          await submitOwnView(within, task, request.body);
          return decidingCase(within, secret, task);
        },
      ),
  );

  app.post(
    "/api/deciding/:code/decision",
    {
      config: { access, act: "decide case" },
      schema: {
        summary: "What holds of the case, with the reason or the meeting's minutes",
        params: caseParams,
        body: decidingRequestSchema,
        response: { 200: recordedSchema, ...failureAnswers },
      },
    },
    async (request) =>
      actOnCase(
        room,
        request,
        { find: findDecidingTask, answer: recordedSchema },
        async (within, task) => {
          await decideCase(within, task, request.body);
          return { at: new Date().toISOString() };
        },
      ),
  );
}
