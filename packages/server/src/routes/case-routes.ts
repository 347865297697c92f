/** Reading one case: what is seen of it, and what is said. */
import {
  caseSchema,
  draftRequestSchema,
  recordedSchema,
  reopeningRequestSchema,
  savedDraftSchema,
  submitRequestSchema,
  submittedSchema,
  withdrawRequestSchema,
} from "@malleolus/schema";
import {
  askForReopening,
  findReaderTask,
  placeOf,
  type ReaderTask,
  readerCase,
  readerImages,
  type Study,
  saveDraft,
  storedContent,
  submitOwnReading,
  withdrawOwnReading,
} from "@malleolus/studies";
import type { z } from "zod";
import type { App } from "../app.ts";
import { READERS, readerOf } from "../auth/access.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";
import { addImageRoute } from "./image-route.ts";
import { type ActRequest, actOnCase, caseParams } from "./own-case.ts";

export function addCaseRoutes(app: App, room: Room): void {
  const { study, secret } = room;
  const access = [...READERS];

  const act = <T>(
    request: ActRequest,
    answer: z.ZodType<T>,
    work: (within: Study, task: ReaderTask) => Promise<T>,
  ) => actOnCase(room, request, { find: findReaderTask, answer }, work);

  addImageRoute(app, room, {
    path: "/api/cases",
    access,
    find: findReaderTask,
    summary: "A radiograph's grey levels; docs: packages/imaging, `decodeLevels`",
  });

  app.get(
    "/api/cases/:code",
    {
      config: { access, act: "view case" },
      schema: {
        summary: "A case of the reader's own",
        params: caseParams,
        response: { 200: caseSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const person = readerOf(request);
      const task = await findReaderTask(study, person, request.params.code);
      const found = await readerCase(study, secret, task);
      prepareImages(room, task, found.next).catch(() => undefined);
      return found;
    },
  );

  app.put(
    "/api/cases/:code/draft",
    {
      config: { access, act: "save draft" },
      schema: {
        summary: "Saves a reading while it is made",
        params: caseParams,
        body: draftRequestSchema,
        response: { 200: savedDraftSchema, ...failureAnswers },
      },
    },
    async (request) =>
      act(request, savedDraftSchema, async (within, task) => {
        const { version, content } = request.body;
        const stored = await storedContent(within, secret, task, content);
        return saveDraft(within, task, { version, content: stored });
      }),
  );

  app.post(
    "/api/cases/:code/reading",
    {
      config: { access, act: "submit reading" },
      schema: {
        summary: "Submits a reading",
        params: caseParams,
        body: submitRequestSchema,
        response: { 200: submittedSchema, ...failureAnswers },
      },
    },
    async (request) =>
      act(request, submittedSchema, async (within, task) => {
        const content = await storedContent(within, secret, task, request.body.content);
        const submitted = await submitOwnReading(within, task, content);
        const { next, previous } = await placeOf(within, task);
        return { ...submitted, next: next ?? previous };
      }),
  );

  app.post(
    "/api/cases/:code/withdraw",
    {
      config: { access, act: "withdraw reading" },
      schema: {
        summary: "Takes a reading back that was submitted just now",
        params: caseParams,
        body: withdrawRequestSchema,
        response: { 200: caseSchema, ...failureAnswers },
      },
    },
    async (request) =>
      act(request, caseSchema, async (within, task) => {
        await withdrawOwnReading(within, task);
        return readerCase(within, secret, { ...task, done: false });
      }),
  );

  app.post(
    "/api/cases/:code/reopening",
    {
      config: { access, act: "ask for reopening" },
      schema: {
        summary: "Asks those who run the study to open a submitted case again",
        params: caseParams,
        body: reopeningRequestSchema,
        response: { 200: recordedSchema, ...failureAnswers },
      },
    },
    async (request) =>
      act(request, recordedSchema, (within, task) =>
        askForReopening(within, task, request.body.reason),
      ),
  );
}

/** Encodes what the reader asks for next: this case's radiographs, and the next case's. */
async function prepareImages(
  { study, secret, images }: Room,
  task: ReaderTask,
  next: string | null,
): Promise<void> {
  for (const { sha256, path } of await readerImages(study, secret, task)) {
    images.prepare(sha256, path);
  }
  if (next === null) return;
  const following = await findReaderTask(study, task.person, next);
  for (const { sha256, path } of await readerImages(study, secret, following)) {
    images.prepare(sha256, path);
  }
}
