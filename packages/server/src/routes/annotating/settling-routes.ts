/** Settling what both annotators of a case have submitted, by a senior. */
import {
  recordedSchema,
  settleAgreedSchema,
  settledAgreedSchema,
  settlingCaseSchema,
  settlingDecisionSchema,
  settlingListSchema,
} from "@malleolus/schema";
import {
  findSettlingTask,
  type KnownAgreements,
  once,
  resolveAnnotations,
  settleRadiograph,
  settlingCase,
  settlingList,
} from "@malleolus/studies";
import type { App } from "../../app.ts";
import { readerOf } from "../../auth/access.ts";
import { commitAudited } from "../../auth/audit-hook.ts";
import type { Room } from "../../room.ts";
import { failureAnswers } from "../failure-answers.ts";
import { addImageRoute } from "../image-route.ts";
import { actOnCase, caseParams } from "../own-case.ts";

/** An outline of thousands of points, many times over. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

export function addSettlingRoutes(app: App, room: Room): void {
  const { study, secret } = room;
  const access = ["senior" as const];
  const known: KnownAgreements = new Map();

  app.get(
    "/api/settling",
    {
      config: { access, act: "view drawings to settle" },
      schema: {
        summary: "Cases that all annotators have submitted, the worst disagreement first",
        response: { 200: settlingListSchema, ...failureAnswers },
      },
    },
    async (request) => ({ entries: await settlingList(study, readerOf(request), known) }),
  );

  app.get(
    "/api/settling/:code",
    {
      config: { access, act: "view drawings of a case" },
      schema: {
        summary: "Both drawings of each radiograph of a case, without names",
        params: caseParams,
        response: { 200: settlingCaseSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const task = await findSettlingTask(study, readerOf(request), request.params.code);
      return settlingCase(study, secret, task);
    },
  );

  addImageRoute(app, room, {
    path: "/api/settling",
    access,
    find: findSettlingTask,
    summary: "A radiograph's grey levels, for a senior who settles its drawings",
  });

  app.post(
    "/api/settling/:code/decisions",
    {
      bodyLimit: LARGEST_BODY_BYTES,
      config: { access, act: "settle drawing" },
      schema: {
        summary: "Settles a radiograph on which the annotators differ",
        params: caseParams,
        body: settlingDecisionSchema,
        response: { 200: recordedSchema, ...failureAnswers },
      },
    },
    async (request) =>
      actOnCase(
        room,
        request,
        { find: findSettlingTask, answer: recordedSchema },
        async (within, task) => {
          const who = readerOf(request);
          await settleRadiograph(within, secret, task, { who, decision: request.body });
          return { at: new Date().toISOString() };
        },
      ),
  );

  app.post(
    "/api/settling/agreed",
    {
      config: { access, act: "settle agreed drawings" },
      schema: {
        summary: "Settles every radiograph on which the annotators agree",
        body: settleAgreedSchema,
        response: { 200: settledAgreedSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const who = readerOf(request);
      const { requestId } = request.body;
      const act = { who, requestId, action: "settle agreed drawings", answer: settledAgreedSchema };
      return commitAudited(room, request, (within) =>
        once(within, act, async () => {
          const { resolved, disagreements } = await resolveAnnotations(within, who);
          return { settled: resolved, differing: disagreements.length };
        }),
      );
    },
  );
}
