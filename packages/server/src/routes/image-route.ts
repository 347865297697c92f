/** A radiograph's grey levels, for whoever has its case before them. */
import {
  type AccountRole,
  type ImageSize,
  imageKeySchema,
  imageSizeSchema,
} from "@malleolus/schema";
import { type ReaderImage, type ReaderTask, readerImages } from "@malleolus/studies";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { App } from "../app.ts";
import { readerOf } from "../auth/access.ts";
import { ServerError } from "../errors.ts";
import { chooseEncoding } from "../images/content-encoding.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";
import { caseParams, type FindCase } from "./own-case.ts";

/** The key stands for these very bytes, in this session's cookie: another session asks anew. */
const CACHED = "private, max-age=31536000, immutable";

type CaseOfImages = Pick<ReaderTask, "caseId" | "person" | "code">;

export interface ImageRoute {
  /** Where the cases begin. */
  readonly path:
    | "/api/cases"
    | "/api/annotating"
    | "/api/reviews"
    | "/api/settling"
    | "/api/deciding";
  readonly access: readonly AccountRole[];
  readonly find: FindCase<CaseOfImages>;
  readonly summary: string;
}

export function addImageRoute(app: App, room: Room, route: ImageRoute): void {
  const { path, access, find, summary } = route;
  app.get(
    `${path}/:code/images/:image/:size`,
    {
      config: { access: [...access], act: "view radiograph" },
      schema: {
        summary,
        params: caseParams.extend({ image: imageKeySchema, size: imageSizeSchema }),
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async (request, reply) => {
      const { code, image, size } = request.params;
      const task = await find(room.study, readerOf(request), code);
      const images = await readerImages(room.study, room.secret, task);
      return sendImage(room, request, reply, images, { image, size });
    },
  );
}

/** @throws ServerError `not-found` for a radiograph that is not of its case. */
export async function sendImage(
  room: Room,
  request: FastifyRequest,
  reply: FastifyReply,
  images: readonly ReaderImage[],
  { image, size }: { readonly image: string; readonly size: ImageSize },
): Promise<FastifyReply> {
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
