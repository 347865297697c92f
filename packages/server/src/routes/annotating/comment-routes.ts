/**
 * Comments on places of a radiograph, by an annotator on the own drawing and by a senior on one that was
 * submitted; and the senior's list of these, from which a case is given back.
 */
import {
  annotatingCaseSchema,
  caseCodeSchema,
  commentRequestSchema,
  imageKeySchema,
  imageSizeSchema,
  recordedSchema,
  returnRequestSchema,
  threadChangeSchema,
  threadRequestSchema,
  threadsSchema,
  worklistSchema,
} from "@malleolus/schema";
import {
  type AnnotatorTask,
  addToThread,
  annotatorCase,
  findAnnotatorTask,
  findReviewedTask,
  once,
  openThread,
  readerImages,
  returnCase,
  reviewList,
  type Study,
  threadsOf,
} from "@malleolus/studies";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../../app.ts";
import { ANNOTATORS, readerOf } from "../../auth/access.ts";
import { commitAudited } from "../../auth/audit-hook.ts";
import { ServerError } from "../../errors.ts";
import type { Room } from "../../room.ts";
import { failureAnswers } from "../failure-answers.ts";
import { sendRadiograph } from "../image-route.ts";

const params = z.strictObject({ code: caseCodeSchema });
const threadParams = params.extend({ id: z.coerce.number().int().positive() });

/** From whose side a drawing is looked at. */
const SIDES = [
  { path: "/api/annotating", access: [...ANNOTATORS], find: findAnnotatorTask },
  { path: "/api/reviews", access: ["senior" as const], find: findReviewedTask },
] as const;

export function addCommentRoutes(app: App, room: Room): void {
  for (const { path, access, find } of SIDES) addThreadRoutes(app, room, path, [...access], find);
  addReviewRoutes(app, room);
}

type FindTask = (study: Study, person: string, code: string) => Promise<AnnotatorTask>;

function addThreadRoutes(
  app: App,
  room: Room,
  path: (typeof SIDES)[number]["path"],
  access: ("annotator" | "senior")[],
  find: FindTask,
): void {
  /** What is done to threads answers with all of them. */
  const change = (
    request: FastifyRequest & {
      readonly params: { readonly code: string };
      readonly body: { readonly requestId: string };
    },
    work: (within: Study, task: AnnotatorTask, who: string) => Promise<void>,
  ) => {
    const who = readerOf(request);
    const { code } = request.params;
    const { requestId } = request.body;
    const action = `${request.routeOptions.config.act} ${code}`;
    return commitAudited(room, request, (within) =>
      once(within, { who, requestId, action, answer: threadsSchema }, async () => {
        const task = await find(within, who, code);
        await work(within, task, who);
        const images = await readerImages(within, room.secret, task);
        return { threads: await threadsOf(within, task, images, who) };
      }),
    );
  };

  app.post(
    `${path}/:code/threads`,
    {
      config: { access, act: "comment" },
      schema: {
        summary: "Opens a thread at a place of a radiograph",
        params,
        body: threadRequestSchema,
        response: { 200: threadsSchema, ...failureAnswers },
      },
    },
    async (request) =>
      change(request, async (within, task, who) => {
        const { image: key, x, y, text } = request.body;
        const images = await readerImages(within, room.secret, task);
        const image = images.find((one) => one.key === key)?.sha256;
        if (image === undefined) {
          throw new ServerError("not-found", "There is no such radiograph in this case.");
        }
        await openThread(within, task, { image, x, y, text, who });
      }),
  );

  app.post(
    `${path}/:code/threads/:id/comments`,
    {
      config: { access, act: "answer comment" },
      schema: {
        summary: "Adds a comment to a thread, and opens it again",
        params: threadParams,
        body: commentRequestSchema,
        response: { 200: threadsSchema, ...failureAnswers },
      },
    },
    async (request) =>
      change(request, (within, task, who) => {
        const { text } = request.body;
        return addToThread(within, task, { thread: request.params.id, text, resolves: false, who });
      }),
  );

  app.patch(
    `${path}/:code/threads/:id`,
    {
      config: { access, act: "resolve comment" },
      schema: {
        summary: "Resolves a thread, or opens it again",
        params: threadParams,
        body: threadChangeSchema,
        response: { 200: threadsSchema, ...failureAnswers },
      },
    },
    async (request) =>
      change(request, (within, task, who) => {
        const { resolved } = request.body;
        const { id } = request.params;
        return addToThread(within, task, { thread: id, text: null, resolves: resolved, who });
      }),
  );
}

function addReviewRoutes(app: App, room: Room): void {
  const { study, secret } = room;
  const access = ["senior" as const];

  app.get(
    "/api/reviews",
    {
      config: { access, act: "view reviews" },
      schema: {
        summary: "Drawings that were submitted, for a senior to look at",
        response: { 200: worklistSchema, ...failureAnswers },
      },
    },
    async (request) => ({ entries: await reviewList(study, readerOf(request)), more: false }),
  );

  app.get(
    "/api/reviews/:code",
    {
      config: { access, act: "review drawing" },
      schema: {
        summary: "A drawing that was submitted, without its annotator's name",
        params,
        response: { 200: annotatingCaseSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const senior = readerOf(request);
      const task = await findReviewedTask(study, senior, request.params.code);
      const found = await annotatorCase(study, secret, task, senior);
      // What a model proposed to the annotator is nothing to go by here.
      return {
        ...found,
        previous: null,
        next: null,
        proposals: { shown: "never" as const, offers: [] },
      };
    },
  );

  app.get(
    "/api/reviews/:code/images/:image/:size",
    {
      config: { access, act: "view radiograph" },
      schema: {
        summary: "A radiograph's grey levels, for a senior who looks at a drawing",
        params: params.extend({ image: imageKeySchema, size: imageSizeSchema }),
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async (request, reply) => {
      const { code, image, size } = request.params;
      const task = await findReviewedTask(study, readerOf(request), code);
      return sendRadiograph(room, request, reply, task, { image, size });
    },
  );

  app.post(
    "/api/reviews/:code/return",
    {
      config: { access, act: "return drawing" },
      schema: {
        summary: "Gives a drawing back to its annotator, with the reason",
        params,
        body: returnRequestSchema,
        response: { 200: recordedSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const who = readerOf(request);
      const { requestId, reason } = request.body;
      const { code } = request.params;
      const action = `return drawing ${code}`;
      return commitAudited(room, request, (within) =>
        once(within, { who, requestId, action, answer: recordedSchema }, async () =>
          returnCase(within, await findReviewedTask(within, who, code), { reason, who }),
        ),
      );
    },
  );
}
