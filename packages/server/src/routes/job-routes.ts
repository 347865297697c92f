/** Jobs for a study besides its trainings: started, looked at, stopped, and gone on with. */
import {
  jobDetailSchema,
  jobRequestSchema,
  jobRowSchema,
  jobsSchema,
  runActSchema,
  runIdSchema,
} from "@malleolus/schema";
import { z } from "zod";
import type { App } from "../app.ts";
import { accountOf, COORDINATORS } from "../auth/access.ts";
import type { Room } from "../room.ts";
import { actOnce } from "./act-once.ts";
import { failureAnswers } from "./failure-answers.ts";

export function addJobRoutes(app: App, room: Room): void {
  const { jobs } = room;
  const access = [...COORDINATORS];
  const params = z.strictObject({ id: runIdSchema });
  const answers = { 200: jobRowSchema, ...failureAnswers };

  app.get(
    "/api/jobs",
    {
      config: { access, act: "view jobs" },
      schema: {
        summary: "Jobs of the study besides its trainings",
        response: { 200: jobsSchema, ...failureAnswers },
      },
    },
    async () => ({ jobs: jobs.list(), canStart: jobs.canStart }),
  );

  app.post(
    "/api/jobs",
    {
      config: { access, act: "start job" },
      schema: {
        summary: "Starts a job: prelabel, select or report",
        body: jobRequestSchema,
        response: answers,
      },
    },
    async (request) => {
      const { kind } = request.body;
      return actOnce(room, request, { action: `start job ${kind}`, answer: jobRowSchema }, () =>
        jobs.start(request.body, accountOf(request).login),
      );
    },
  );

  app.get(
    "/api/jobs/:id",
    {
      config: { access, act: "view job" },
      schema: {
        summary: "A job, and the last lines that it said",
        params,
        response: { 200: jobDetailSchema, ...failureAnswers },
      },
    },
    async (request) => jobs.detail(request.params.id),
  );

  for (const what of ["stop", "resume"] as const) {
    app.post(
      `/api/jobs/:id/${what}`,
      {
        config: { access, act: `${what} job` },
        schema: {
          summary:
            what === "stop" ? "Ends a job at its next safe point" : "Goes on where a job ended",
          params,
          body: runActSchema,
          response: answers,
        },
      },
      async (request) => {
        const { id } = request.params;
        return actOnce(room, request, { action: `${what} job ${id}`, answer: jobRowSchema }, () =>
          what === "stop" ? jobs.stop(id) : jobs.resume(id, accountOf(request).login),
        );
      },
    );
  }
}
