/** Drawing one case: what its annotator sees of it, saves and submits. */
import {
  annotatingCaseSchema,
  annotationDraftRequestSchema,
  annotationSubmittedSchema,
  offersSchema,
  savedDraftSchema,
} from "@malleolus/schema";
import {
  type AnnotatorTask,
  annotatorCase,
  annotatorPlaceOf,
  findAnnotatorTask,
  readerImages,
  type Study,
  saveAnnotationDraft,
  storedAnnotation,
  submitAnnotationDraft,
} from "@malleolus/studies";
import type { z } from "zod";
import type { App } from "../../app.ts";
import { ANNOTATORS, readerOf } from "../../auth/access.ts";
import type { Room } from "../../room.ts";
import { failureAnswers } from "../failure-answers.ts";
import { addImageRoute } from "../image-route.ts";
import { type ActRequest, actOnCase, caseParams } from "../own-case.ts";

/** An outline of thousands of points, many times over. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

export function addDrawingRoutes(app: App, room: Room): void {
  const { study, secret } = room;
  const access = [...ANNOTATORS];

  const act = <T>(
    request: ActRequest,
    answer: z.ZodType<T>,
    work: (within: Study, task: AnnotatorTask) => Promise<T>,
  ) => actOnCase(room, request, { find: findAnnotatorTask, answer }, work);

  addImageRoute(app, room, {
    path: "/api/annotating",
    access,
    find: findAnnotatorTask,
    summary: "A radiograph's grey levels, for the annotator whose case it is",
  });

  app.get(
    "/api/annotating/:code",
    {
      config: { access, act: "view case to annotate" },
      schema: {
        summary: "A case of the annotator's own",
        params: caseParams,
        response: { 200: annotatingCaseSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const task = await findAnnotatorTask(study, readerOf(request), request.params.code);
      for (const { sha256, path } of await readerImages(study, secret, task)) {
        room.images.prepare(sha256, path);
      }
      return annotatorCase(study, secret, task);
    },
  );

  app.get(
    "/api/annotating/:code/offers",
    {
      config: { access, act: "view proposals" },
      schema: {
        summary: "A model's proposals, as far as they are shown now",
        params: caseParams,
        response: { 200: offersSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const task = await findAnnotatorTask(study, readerOf(request), request.params.code);
      return (await annotatorCase(study, secret, task)).proposals;
    },
  );

  app.put(
    "/api/annotating/:code/draft",
    {
      bodyLimit: LARGEST_BODY_BYTES,
      config: { access, act: "save drawing" },
      schema: {
        summary: "Saves what is drawn so far",
        params: caseParams,
        body: annotationDraftRequestSchema,
        response: { 200: savedDraftSchema, ...failureAnswers },
      },
    },
    async (request) =>
      act(request, savedDraftSchema, async (within, task) => {
        const { version, content } = request.body;
        const images = await readerImages(within, secret, task);
        const stored = storedAnnotation(content, images);
        return saveAnnotationDraft(within, task, { version, content: stored });
      }),
  );

  app.post(
    "/api/annotating/:code/submission",
    {
      bodyLimit: LARGEST_BODY_BYTES,
      config: { access, act: "submit drawing" },
      schema: {
        summary: "Submits what is drawn: an annotation of each radiograph",
        params: caseParams,
        body: annotationDraftRequestSchema,
        response: { 200: annotationSubmittedSchema, ...failureAnswers },
      },
    },
    async (request) =>
      act(request, annotationSubmittedSchema, async (within, task) => {
        const { version, content } = request.body;
        const images = await readerImages(within, secret, task);
        const stored = storedAnnotation(content, images);
        const done = await submitAnnotationDraft(within, task, { version, content: stored });
        const { next, previous } = await annotatorPlaceOf(within, task);
        return { ...done, next: next ?? previous };
      }),
  );
}
