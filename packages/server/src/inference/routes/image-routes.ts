/** Radiographs by HTTP: one file a request, streamed into the inbox. */
import type { Readable } from "node:stream";
import { DataError } from "@malleolus/data";
import { ServerError } from "../../errors.ts";
import { failureAnswers } from "../../routes/failure-answers.ts";
import type { InferenceApp, InferenceRoom } from "../inference-app.ts";
import { answerStudy, liveStudyAnswerSchema } from "../live-study-schema.ts";

const MOST_IMAGE_BYTES = 256 * 2 ** 20;

export function addImageRoutes(app: InferenceApp, { service }: InferenceRoom): void {
  app.addContentTypeParser("application/dicom", (_, payload, done) => done(null, payload));
  app.post(
    "/v1/images",
    {
      config: { scope: "images:write" },
      bodyLimit: MOST_IMAGE_BYTES,
      schema: {
        summary:
          "A radiograph: a DICOM file as application/dicom. 201 for a new one, 200 for a known one",
        consumes: ["application/dicom"],
        response: {
          200: liveStudyAnswerSchema,
          201: liveStudyAnswerSchema,
          ...failureAnswers,
        },
      },
    },
    async (request, reply) => {
      const { body, keyName } = request;
      if (!isStream(body)) throw new ServerError("invalid", "Send a file as application/dicom.");
      const incoming = await service.receive();
      try {
        let bytes = 0;
        for await (const chunk of body) {
          bytes += chunk.length;
          if (bytes > MOST_IMAGE_BYTES) {
            throw new ServerError("too-large", "The file is too large.");
          }
          await incoming.write(chunk);
        }
      } catch (error) {
        await incoming.discard();
        throw error;
      }
      try {
        const { study, isNew } = await incoming.commit();
        await service.received(study, isNew, keyName);
        return reply.status(isNew ? 201 : 200).send(answerStudy(study));
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        await service.refused(keyName);
        throw new ServerError(
          "invalid",
          "The file is no radiograph, or damaged. Export it again.",
          {
            cause: error,
          },
        );
      }
    },
  );
}

function isStream(body: unknown): body is Readable & AsyncIterable<Buffer> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
