/**
 * A model's findings on the study's own radiographs, and marking one as wrong, for those who run the study. Never of a
 * test, and never for those who read or draw.
 */
import { polygonBounds } from "@malleolus/geometry";
import {
  imageKeySchema,
  imageSizeSchema,
  markedWrongSchema,
  type WrongFindingCase,
  wrongFindingCaseSchema,
  wrongFindingRequestSchema,
  wrongFindingsSchema,
} from "@malleolus/schema";
import {
  casesWithFindings,
  markWrong,
  modelFindings,
  once,
  type ReaderImage,
  readerImages,
  type Study,
  shownImage,
  wrongFindingRounds,
} from "@malleolus/studies";
import { z } from "zod";
import type { App } from "../app.ts";
import { accountOf, COORDINATORS } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import { ServerError } from "../errors.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";
import { sendImage } from "./image-route.ts";

export function addWrongFindingRoutes(app: App, room: Room): void {
  const { study, secret } = room;
  const access = [...COORDINATORS];
  const params = z.strictObject({ case: z.string().min(1).max(200) });
  const imagesOf = (caseId: string) =>
    readerImages(study, secret, { caseId, person: "wrong_findings", code: caseId });

  app.get(
    "/api/wrong-findings",
    {
      config: { access, act: "view model findings" },
      schema: {
        summary: "Cases on which a model has found something, and the rounds of those marked wrong",
        response: { 200: wrongFindingsSchema, ...failureAnswers },
      },
    },
    async () => ({
      cases: (await casesWithFindings(study)).map(({ class: _class, ...one }) => one),
      rounds: await wrongFindingRounds(study),
    }),
  );

  app.get(
    "/api/wrong-findings/:case",
    {
      config: { access, act: "view model findings of a case" },
      schema: {
        summary: "A case with what the newest model found on it",
        params,
        response: { 200: wrongFindingCaseSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const { case: caseId } = request.params;
      return wrongFindingCase(study, caseId, await imagesOf(caseId));
    },
  );

  app.get(
    "/api/wrong-findings/:case/images/:image/:size",
    {
      config: { access, act: "view radiograph" },
      schema: {
        summary: "A radiograph's grey levels, of a case that a model has looked at",
        params: params.extend({ image: imageKeySchema, size: imageSizeSchema }),
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async (request, reply) => {
      const { case: caseId, image, size } = request.params;
      // Whether findings of it can be marked.
      await modelFindings(study, caseId);
      return sendImage(room, request, reply, await imagesOf(caseId), { image, size });
    },
  );

  app.post(
    "/api/wrong-findings/:case",
    {
      config: { access, act: "mark finding wrong" },
      schema: {
        summary: "Marks a finding as wrong: its case goes to the annotators",
        params,
        body: wrongFindingRequestSchema,
        response: { 200: markedWrongSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const { case: caseId } = request.params;
      const { requestId, image: key, ...said } = request.body;
      const image = (await imagesOf(caseId)).find((one) => one.key === key);
      if (image === undefined) {
        throw new ServerError("not-found", "There is no such radiograph in this case.");
      }
      const who = accountOf(request).login;
      const action = `mark finding wrong ${caseId}`;
      return commitAudited(room, request, (within) =>
        once(within, { who, requestId, action, answer: markedWrongSchema }, async () => ({
          given: await markWrong(within, { ...said, caseId, image: image.sha256, who }),
        })),
      );
    },
  );
}

async function wrongFindingCase(
  study: Study,
  caseId: string,
  images: readonly ReaderImage[],
): Promise<WrongFindingCase> {
  const found = await modelFindings(study, caseId);
  const cases = await casesWithFindings(study);
  const at = cases.findIndex(({ id }) => id === caseId);
  const keys = new Map(images.map(({ sha256, key }) => [sha256, key]));
  const views = images.map(({ facts }) => facts.view);
  return {
    id: caseId,
    place: at + 1,
    of: cases.length,
    previous: cases[at - 1]?.id ?? null,
    next: cases[at + 1]?.id ?? null,
    class: cases[at].class,
    images: images.map(shownImage),
    missing: study.protocol.views.filter((view) => !views.includes(view)),
    findings: found.flatMap(({ image, structure, polygons, score, marked }) => {
      const key = keys.get(image);
      if (key === undefined) return [];
      return [
        {
          image: key,
          class: structure,
          score,
          box: polygonBounds(...polygons),
          polygons,
          areaMm2: null,
          lengthMm: null,
          calibration: "none" as const,
          marked: marked === null ? null : { wrong: marked.wrong, round: marked.round },
        },
      ];
    }),
  };
}
