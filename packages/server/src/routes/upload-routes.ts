/** Radiographs from the browser into the study, for those who run it. */
import { Readable } from "node:stream";
import {
  uploadedFileQuerySchema,
  uploadedFileSchema,
  uploadRequestSchema,
  uploadSchema,
  uploadsSchema,
} from "@malleolus/schema";
import type { FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { App } from "../app.ts";
import { accountOf, COORDINATORS } from "../auth/access.ts";
import { commitAudited } from "../auth/audit-hook.ts";
import { ServerError } from "../errors.ts";
import type { Room } from "../room.ts";
import { GUARDED } from "./account-routes.ts";
import { failureAnswers } from "./failure-answers.ts";

export function addUploadRoutes(app: App, room: Room): void {
  const { study, uploads } = room;
  const access = [...COORDINATORS];
  const all = () => ({
    hospitals: study.configuration.hospitals.map(({ id, name }) => ({ id, name })),
    largestBytes: uploads.largestBytes,
    upload: uploads.state(),
  });
  const answers = { 200: uploadsSchema, ...failureAnswers };

  app.get(
    "/api/uploads",
    {
      config: { access, act: null },
      schema: { summary: "The upload at work, or the last one", response: answers },
    },
    async () => all(),
  );

  app.post(
    "/api/uploads",
    {
      config: { access, act: "open upload", rateLimit: GUARDED },
      schema: {
        summary: "Opens an upload, with the passphrase of the study's key file",
        body: uploadRequestSchema,
        response: { 200: uploadSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const upload = await uploads.open(request.body, accountOf(request).login);
      await commitAudited(room, request, async () => undefined);
      return upload;
    },
  );

  app.post(
    "/api/uploads/end",
    {
      config: { access, act: "end upload" },
      schema: {
        summary: "Says that no more files come",
        body: z.strictObject({}),
        response: { 200: uploadSchema, ...failureAnswers },
      },
    },
    async (request) => uploads.end(accountOf(request).login),
  );

  app.delete(
    "/api/uploads",
    {
      config: { access, act: "cancel upload" },
      schema: {
        summary: "Throws away what waits; what is imported stays",
        response: answers,
      },
    },
    async () => {
      uploads.cancel();
      return all();
    },
  );

  // In a scope of its own: no other route takes bytes as they come.
  app.register(async (bare) => {
    const scope = bare.withTypeProvider<ZodTypeProvider>();
    scope.addContentTypeParser("application/octet-stream", (_request, payload, done) => {
      done(null, payload);
    });
    scope.put(
      "/api/uploads/files",
      {
        config: { access, act: "upload file" },
        schema: {
          summary: "One file of an upload: its bytes as they are",
          consumes: ["application/octet-stream"],
          querystring: uploadedFileQuerySchema,
          response: { 200: uploadedFileSchema, ...failureAnswers },
        },
      },
      async (request) => {
        const file = {
          name: request.query.name,
          announcedBytes: announcedBytes(request),
          bytes: bytesOf(request.body),
        };
        return { sizeBytes: await uploads.receive(file, accountOf(request).login) };
      },
    );
  });
}

/** Null where a sender does not know it beforehand. */
function announcedBytes({ headers }: FastifyRequest): number | null {
  const length = headers["content-length"];
  return length === undefined ? null : Number(length);
}

function bytesOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new ServerError("invalid", "Send the file's bytes, as application/octet-stream.");
}
