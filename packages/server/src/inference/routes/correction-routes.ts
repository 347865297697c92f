/**
 * Radiographs whose truth a follow-up told, for a study of research. They name their patients here: whoever fetches
 * them de-identifies them before they are kept, and has the study's consent.
 */
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import { failureAnswers } from "../../routes/failure-answers.ts";
import { correctionSchema } from "../corrections.ts";
import type { LiveStudy } from "../inbox/live-study.ts";
import type { InferenceApp, InferenceRoom } from "../inference-app.ts";

export function addCorrectionRoutes(app: InferenceApp, { service, audit }: InferenceRoom): void {
  const { inbox } = service;
  app.get(
    "/v1/corrections",
    {
      config: { scope: "corrections:read" },
      schema: {
        summary: "Studies with a follow-up whose radiographs are still there",
        response: { 200: z.array(correctionSchema), ...failureAnswers },
      },
    },
    async () =>
      inbox.studies().flatMap((study) => {
        const { id, followUp, images } = study;
        return followUp === null || images.length === 0
          ? []
          : [{ id, class: followUp.class, images: images.length }];
      }),
  );
  app.get(
    "/v1/corrections/:id/images/:number",
    {
      config: { scope: "corrections:read" },
      schema: {
        summary: "A radiograph of such a study as it came, with its patient's name",
        params: z.strictObject({
          id: z.string().regex(/^[0-9a-f]{24}$/),
          number: z.coerce.number().int().min(1),
        }),
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async ({ params: { id, number }, keyName }, reply) => {
      const image = imagesToGive(inbox.find(id))[number - 1];
      if (image === undefined) {
        throw new ServerError("not-found", "There is no such radiograph with a follow-up.");
      }
      const bytes = await inbox.read(id, image.file);
      await audit.add({ act: "radiograph given to a study", who: keyName, study: id });
      return reply.type("application/dicom").send(bytes);
    },
  );
}

function imagesToGive(study: LiveStudy | undefined): LiveStudy["images"] {
  return study === undefined || study.followUp === null ? [] : study.images;
}
