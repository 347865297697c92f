/**
 * A patient's radiographs that somebody has the detector look at, for those who run the study. Nothing of them is the
 * study's, and the audit log keeps that it was done, never of whom.
 */
import { Readable } from "node:stream";
import {
  imageKeySchema,
  imageSizeSchema,
  predictedFileSchema,
  predictingSchema,
  predictionIdSchema,
  recordedSchema,
  shownPredictionSchema,
  uploadedFileQuerySchema,
} from "@malleolus/schema";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { App } from "../app.ts";
import { accountOf, COORDINATORS } from "../auth/access.ts";
import { ServerError } from "../errors.ts";
import { chooseEncoding } from "../images/content-encoding.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";

export function addPredictRoutes(app: App, room: Room): void {
  const { predictions } = room;
  const access = [...COORDINATORS];
  const params = z.strictObject({ id: predictionIdSchema });
  const answers = { 200: shownPredictionSchema, ...failureAnswers };

  app.get(
    "/api/predictions",
    {
      config: { access, act: null },
      schema: {
        summary: "Whether a detector looks at radiographs here",
        response: { 200: predictingSchema, ...failureAnswers },
      },
    },
    async () => ({
      canPredict: predictions.canPredict,
      largestBytes: predictions.largestBytes,
    }),
  );

  // In a scope of its own: no other route takes bytes as they come.
  app.register(async (bare) => {
    const scope = bare.withTypeProvider<ZodTypeProvider>();
    scope.addContentTypeParser("application/octet-stream", (_request, payload, done) => {
      done(null, payload);
    });
    scope.put(
      "/api/predictions/:id/files/:place",
      {
        config: { access, act: "send radiograph to predict" },
        schema: {
          summary: "A radiograph of a prediction: its bytes as they are; the first begins it",
          consumes: ["application/octet-stream"],
          params: predictedFileSchema,
          querystring: uploadedFileQuerySchema,
          response: answers,
        },
      },
      async (request) => {
        const { params, query, body } = request;
        if (!(body instanceof Readable)) {
          throw new ServerError("invalid", "Send the file's bytes, as application/octet-stream.");
        }
        const file = { name: query.name, bytes: body };
        const { login } = accountOf(request);
        return predictions.receive(params.id, params.place, file, login);
      },
    );
  });

  app.post(
    "/api/predictions/:id/analysis",
    {
      config: { access, act: "predict" },
      schema: {
        summary: "Has the detector look at the radiographs that have come",
        params,
        body: z.strictObject({}),
        response: answers,
      },
    },
    async (request) => predictions.start(request.params.id, accountOf(request).login),
  );

  app.get(
    "/api/predictions/:id",
    {
      config: { access, act: null },
      schema: { summary: "How far a prediction is, and what was found", params, response: answers },
    },
    async (request) => predictions.state(request.params.id, accountOf(request).login),
  );

  app.delete(
    "/api/predictions/:id",
    {
      config: { access, act: "forget prediction" },
      schema: {
        summary: "Removes the radiographs and what was found",
        params,
        response: { 200: recordedSchema, ...failureAnswers },
      },
    },
    async (request) => {
      await predictions.remove(request.params.id, accountOf(request).login);
      return { at: new Date().toISOString() };
    },
  );

  app.get(
    "/api/predictions/:id/images/:image/:size",
    {
      config: { access, act: null },
      schema: {
        summary: "A radiograph's grey levels, of a prediction",
        params: params.extend({ image: imageKeySchema, size: imageSizeSchema }),
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async (request, reply) => {
      const { id, image, size } = request.params;
      const { path } = predictions.image(id, image, accountOf(request).login);
      const encoding = chooseEncoding(request.headers["accept-encoding"]);
      const bytes = await room.images.read(image, path, size, encoding);
      return reply
        .header("cache-control", "no-store")
        .header("content-encoding", encoding)
        .type("application/octet-stream")
        .send(bytes);
    },
  );
}
