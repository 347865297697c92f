/** The study: how it is read, for everybody; how far it is, for those who run it. */
import {
  healthSchema,
  namedDrawingTimesSchema,
  progressSchema,
  readingProtocolSchema,
  reopeningsSchema,
  roundRequestSchema,
  roundSchema,
  roundsSchema,
  studyFlowSchema,
} from "@malleolus/schema";
import {
  askedLabels,
  createRound,
  listReopenings,
  listRounds,
  once,
  readersOf,
  readFlow,
  readProgress,
} from "@malleolus/studies";
import type { App } from "../app.ts";
import { accountOf, COORDINATORS, STAFF } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";

export function addStudyRoutes(app: App, room: Room): void {
  const { study } = room;

  app.get(
    "/api/health",
    {
      config: { access: "anyone", act: null },
      schema: {
        summary: "That the server answers and its database can be written",
        response: { 200: healthSchema, ...failureAnswers },
      },
    },
    async () => {
      await room.commit(async () => undefined);
      return { status: "ok" as const };
    },
  );

  app.get(
    "/api/protocol",
    {
      config: { access: "signed in", act: null },
      schema: {
        summary: "How the study is read",
        response: { 200: readingProtocolSchema, ...failureAnswers },
      },
    },
    async () => {
      const { name, classes, noFractureClass, exclusions, views, structures, measurements } =
        study.protocol;
      const told = { name, classes, noFractureClass, exclusions, views, structures };
      return { ...told, measurements: measurements ?? [], labels: askedLabels(study.protocol) };
    },
  );

  app.get(
    "/api/flow",
    {
      config: { access: [...STAFF], act: "view flow" },
      schema: {
        summary: "How far the cases of each hospital came",
        response: { 200: studyFlowSchema, ...failureAnswers },
      },
    },
    async () => readFlow(study),
  );

  app.get(
    "/api/progress",
    {
      config: { access: [...COORDINATORS], act: "view progress" },
      schema: {
        summary: "How far each person is",
        response: { 200: progressSchema, ...failureAnswers },
      },
    },
    async () => ({ people: await readProgress(study) }),
  );

  app.get(
    "/api/drawing-times",
    {
      config: { access: [...COORDINATORS], act: "view drawing times" },
      schema: {
        summary: "How long drawing took, by annotator, with proposals and without",
        response: { 200: namedDrawingTimesSchema, ...failureAnswers },
      },
    },
    async () => room.drawingTimes.now(),
  );

  app.get(
    "/api/reopenings",
    {
      config: { access: [...COORDINATORS], act: "view reopenings" },
      schema: {
        summary: "Reopenings that readers asked for",
        response: { 200: reopeningsSchema, ...failureAnswers },
      },
    },
    async () => ({
      reopenings: (await listReopenings(study)).map((one) => ({
        ...one,
        queue: one.queue.replace(/-repeat$/, ""),
      })),
    }),
  );

  app.get(
    "/api/rounds",
    {
      config: { access: [...COORDINATORS], act: "view rounds" },
      schema: {
        summary: "Reading rounds",
        response: { 200: roundsSchema, ...failureAnswers },
      },
    },
    async () => ({ rounds: await listRounds(study), readers: readersOf(study) }),
  );

  app.post(
    "/api/rounds",
    {
      config: { access: [...COORDINATORS], act: "open round" },
      schema: {
        summary: "Opens a reading round",
        body: roundRequestSchema,
        response: { 200: roundSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const { requestId, ...round } = request.body;
      const who = accountOf(request).login;
      return commitAudited(room, request, (within) =>
        once(within, { who, requestId, action: "open round", answer: roundSchema }, () =>
          createRound(within, round, { who, at: new Date().toISOString() }),
        ),
      );
    },
  );
}
