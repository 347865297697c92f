/**
 * Comments on places of a radiograph, by an annotator on the own drawing and by a senior on one that was
 * submitted; and the senior's list of these, from which a case is given back.
 */
import {
  annotatingCaseSchema,
  commentRequestSchema,
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
  openThread,
  readerImages,
  returnCase,
  reviewList,
  type Study,
  threadsOf,
} from "@malleolus/studies";
import { z } from "zod";
import type { App } from "../../app.ts";
import { ANNOTATORS, readerOf } from "../../auth/access.ts";
import { ServerError } from "../../errors.ts";
import type { Room } from "../../room.ts";
import { failureAnswers } from "../failure-answers.ts";
import { addImageRoute } from "../image-route.ts";
import { type ActRequest, actOnCase, caseParams, type FindCase } from "../own-case.ts";

const threadParams = caseParams.extend({ id: z.coerce.number().int().positive() });

/** From whose side a drawing is looked at. */
const SIDES = [
  { path: "/api/annotating", access: [...ANNOTATORS], find: findAnnotatorTask },
  { path: "/api/reviews", access: ["senior" as const], find: findReviewedTask },
] as const;

export function addCommentRoutes(app: App, room: Room): void {
  for (const { path, access, find } of SIDES) addThreadRoutes(app, room, path, [...access], find);
  addReviewRoutes(app, room);
}

function addThreadRoutes(
  app: App,
  room: Room,
  path: (typeof SIDES)[number]["path"],
  access: ("annotator" | "senior")[],
  find: FindCase<AnnotatorTask>,
): void {
  /** What is done to threads answers with all of them. */
  const change = (
    request: ActRequest,
    work: (within: Study, task: AnnotatorTask, who: string) => Promise<void>,
  ) =>
    actOnCase(room, request, { find, answer: threadsSchema }, async (within, task) => {
      const who = readerOf(request);
      await work(within, task, who);
      const images = await readerImages(within, room.secret, task);
      return { threads: await threadsOf(within, task, images, who) };
    });

  app.post(
    `${path}/:code/threads`,
    {
      config: { access, act: "comment" },
      schema: {
        summary: "Opens a thread at a place of a radiograph",
        params: caseParams,
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
        params: caseParams,
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

  addImageRoute(app, room, {
    path: "/api/reviews",
    access,
    find: findReviewedTask,
    summary: "A radiograph's grey levels, for a senior who looks at a drawing",
  });

  app.post(
    "/api/reviews/:code/return",
    {
      config: { access, act: "return drawing" },
      schema: {
        summary: "Gives a drawing back to its annotator, with the reason",
        params: caseParams,
        body: returnRequestSchema,
        response: { 200: recordedSchema, ...failureAnswers },
      },
    },
    async (request) =>
      actOnCase(room, request, { find: findReviewedTask, answer: recordedSchema }, (within, task) =>
        returnCase(within, task, { reason: request.body.reason, who: readerOf(request) }),
      ),
  );
}
