/** A radiograph's grey levels, for the reader whose case it is. */
import { caseCodeSchema, type ImageSize, imageKeySchema, imageSizeSchema } from "@malleolus/schema";
import { findReaderTask, type ReaderTask, readerImages } from "@malleolus/studies";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../app.ts";
import { READERS, readerOf } from "../auth/access.ts";
import { ServerError } from "../errors.ts";
import { chooseEncoding } from "../images/content-encoding.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";

/** The key stands for these very bytes, in this session's cookie: another session asks anew. */
const CACHED = "private, max-age=31536000, immutable";

export function addImageRoute(app: App, room: Room): void {
  app.get(
    "/api/cases/:code/images/:image/:size",
    {
      config: { access: [...READERS], act: "view radiograph" },
      schema: {
        summary: "A radiograph's grey levels; docs: packages/imaging, `decodeLevels`",
        params: z.strictObject({
          code: caseCodeSchema,
          image: imageKeySchema,
          size: imageSizeSchema,
        }),
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async (request, reply) => {
      const { code, image, size } = request.params;
      const task = await findReaderTask(room.study, readerOf(request), code);
      return sendRadiograph(room, request, reply, task, { image, size });
    },
  );
}

/**
 * One radiograph of a task whose person has asked.
 *
 * @throws ServerError `not-found` for one that is not of its case.
 */
export async function sendRadiograph(
  room: Room,
  request: FastifyRequest,
  reply: FastifyReply,
  task: Pick<ReaderTask, "caseId" | "person" | "code">,
  { image, size }: { readonly image: string; readonly size: ImageSize },
): Promise<FastifyReply> {
  const images = await readerImages(room.study, room.secret, task);
  const found = images.find(({ key }) => key === image);
  if (found === undefined) {
    throw new ServerError("not-found", "There is no such radiograph in this case.");
  }
  const { sha256, path } = found;
  const encoding = chooseEncoding(request.headers["accept-encoding"]);
  const bytes = await room.images.read(sha256, path, size, encoding);
  return reply
    .header("cache-control", CACHED)
    .header("vary", "accept-encoding, cookie")
    .header("content-encoding", encoding)
    .type("application/octet-stream")
    .send(bytes);
}
