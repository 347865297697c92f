/** What was found, as JSON and as DICOM objects. */
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import { failureAnswers } from "../../routes/failure-answers.ts";
import { liveResultSchema } from "../inbox/live-study.ts";
import type { InferenceApp, InferenceRoom } from "../inference-app.ts";
import { HAS_RESULT, KEPT_APART } from "../live-service.ts";
import { isKeptApart } from "../silent-study.ts";

const idSchema = z.string().regex(/^[0-9a-f]{24}$/);

export function addResultRoutes(app: InferenceApp, { service, audit }: InferenceRoom): void {
  const { inbox } = service;
  app.get(
    "/v1/studies/:id/result",
    {
      config: { scope: "results:read" },
      schema: {
        summary: "Findings of each radiograph, and the patient's class",
        params: z.strictObject({ id: idSchema }),
        response: { 200: liveResultSchema, ...failureAnswers },
      },
    },
    async ({ params: { id }, keyName }) => {
      const study = inbox.find(id);
      if (study === undefined) throw new ServerError("not-found", "There is no such study.");
      if (study.result === null || !HAS_RESULT.has(study.state)) {
        throw new ServerError("state", `The study is ${study.state}: there is no result.`);
      }
      if (isKeptApart(study)) throw new ServerError("state", KEPT_APART);
      await audit.add({ act: "result read", who: keyName, study: id });
      return study.result;
    },
  );
  app.get(
    "/v1/studies/:id/objects",
    {
      config: { scope: "results:read" },
      schema: {
        summary: "Which DICOM objects there are",
        params: z.strictObject({ id: idSchema }),
        response: {
          200: z.array(z.strictObject({ number: z.int(), kind: z.string(), isSent: z.boolean() })),
          ...failureAnswers,
        },
      },
    },
    async ({ params: { id } }) => {
      const study = inbox.find(id);
      if (study === undefined) throw new ServerError("not-found", "There is no such study.");
      // A presentation among them would tell that something was found.
      if (isKeptApart(study)) throw new ServerError("state", KEPT_APART);
      return study.objects.map(({ kind, isSent }, i) => ({ number: i + 1, kind, isSent }));
    },
  );
  app.get(
    "/v1/studies/:id/objects/:number",
    {
      config: { scope: "results:read" },
      schema: {
        summary: "A DICOM object, as application/dicom",
        params: z.strictObject({ id: idSchema, number: z.coerce.number().int().min(1) }),
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async ({ params: { id, number }, keyName }, reply) => {
      const study = inbox.find(id);
      if (study !== undefined && isKeptApart(study)) throw new ServerError("state", KEPT_APART);
      const object = study?.objects[number - 1];
      if (object === undefined) throw new ServerError("not-found", "There is no such object.");
      const bytes = await inbox.read(id, object.file);
      await audit.add({ act: "object read", who: keyName, study: id });
      return reply.type("application/dicom").send(bytes);
    },
  );
}
