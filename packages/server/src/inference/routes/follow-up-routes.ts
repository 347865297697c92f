/** The switch that stops sending, the silent study with the follow-up of its patients, and what has changed. */
import { z } from "zod";
import { failureAnswers } from "../../routes/failure-answers.ts";
import type { InferenceApp, InferenceRoom } from "../inference-app.ts";
import { answerStudy, liveStudyAnswerSchema } from "../live-study-schema.ts";
import { silentMeasures, silentMeasuresSchema } from "../silent-study.ts";

const sendingSchema = z.strictObject({ isOn: z.boolean() });

export function addFollowUpRoutes(app: InferenceApp, { service }: InferenceRoom): void {
  app.get(
    "/v1/sending",
    {
      config: { scope: "results:read" },
      schema: {
        summary: "Whether results are sent",
        response: { 200: sendingSchema, ...failureAnswers },
      },
    },
    async () => ({ isOn: service.sending.isOn() }),
  );
  app.put(
    "/v1/sending",
    {
      config: { scope: "sending:switch" },
      schema: {
        summary: "Stop sending results, or go on",
        body: sendingSchema,
        response: { 200: sendingSchema, ...failureAnswers },
      },
    },
    async ({ body: { isOn }, keyName }) => {
      await service.switchSending(isOn, keyName);
      return { isOn };
    },
  );
  app.put(
    "/v1/studies/:id/follow-up",
    {
      config: { scope: "follow-up:write" },
      schema: {
        summary: "What CT or an operation found: a class, or no_fracture. It opens a silent result",
        params: z.strictObject({ id: z.string().regex(/^[0-9a-f]{24}$/) }),
        body: z.strictObject({ class: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/) }),
        response: { 200: liveStudyAnswerSchema, ...failureAnswers },
      },
    },
    async ({ params: { id }, body, keyName }) =>
      answerStudy(await service.followUp(id, body.class, keyName)),
  );
  app.get(
    "/v1/silent-study",
    {
      config: { scope: "results:read" },
      schema: {
        summary: "Silent results against their follow-up, with 95 % intervals",
        response: { 200: silentMeasuresSchema, ...failureAnswers },
      },
    },
    async () => silentMeasures(service.inbox.studies()),
  );
}
