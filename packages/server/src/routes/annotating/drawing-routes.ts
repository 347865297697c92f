/** Drawing one case: what its annotator sees of it, saves and submits. */
import {
  annotatingCaseSchema,
  annotationDraftRequestSchema,
  annotationSubmittedSchema,
  caseCodeSchema,
  imageKeySchema,
  imageSizeSchema,
  offersSchema,
  savedDraftSchema,
} from "@malleolus/schema";
import {
  type AnnotatorTask,
  annotatorCase,
  annotatorPlaceOf,
  findAnnotatorTask,
  once,
  readerImages,
  type Study,
  saveAnnotationDraft,
  storedAnnotation,
  submitAnnotationDraft,
} from "@malleolus/studies";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../../app.ts";
import { ANNOTATORS, readerOf } from "../../auth/access.ts";
import { commitAudited } from "../../auth/audit-hook.ts";
import type { Room } from "../../room.ts";
import { failureAnswers } from "../failure-answers.ts";
import { sendRadiograph } from "../image-route.ts";

/** An outline of thousands of points, many times over. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

const params = z.strictObject({ code: caseCodeSchema });

export function addDrawingRoutes(app: App, room: Room): void {
  const { study, secret } = room;
  const access = [...ANNOTATORS];

  /** An act on the annotator's own case, done once however often it is tried. */
  const act = async <T>(
    request: FastifyRequest & {
      readonly params: { readonly code: string };
      readonly body: { readonly requestId: string };
    },
    answer: z.ZodType<T>,
    work: (within: Study, task: AnnotatorTask) => Promise<T>,
  ): Promise<T> => {
    const who = readerOf(request);
    const { code } = request.params;
    const action = `${request.routeOptions.config.act} ${code}`;
    return commitAudited(room, request, (within) =>
      once(within, { who, requestId: request.body.requestId, action, answer }, async () =>
        work(within, await findAnnotatorTask(within, who, code)),
      ),
    );
  };

  app.get(
    "/api/annotating/:code",
    {
      config: { access, act: "view case to annotate" },
      schema: {
        summary: "A case of the annotator's own",
        params,
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
        params,
        response: { 200: offersSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const task = await findAnnotatorTask(study, readerOf(request), request.params.code);
      return (await annotatorCase(study, secret, task)).proposals;
    },
  );

  app.get(
    "/api/annotating/:code/images/:image/:size",
    {
      config: { access, act: "view radiograph" },
      schema: {
        summary: "A radiograph's grey levels, for the annotator whose case it is",
        params: params.extend({ image: imageKeySchema, size: imageSizeSchema }),
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async (request, reply) => {
      const { code, image, size } = request.params;
      const task = await findAnnotatorTask(study, readerOf(request), code);
      return sendRadiograph(room, request, reply, task, { image, size });
    },
  );

  app.put(
    "/api/annotating/:code/draft",
    {
      bodyLimit: LARGEST_BODY_BYTES,
      config: { access, act: "save drawing" },
      schema: {
        summary: "Saves what is drawn so far",
        params,
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
        params,
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
