/** Studies that came live: what there is, that one is complete or confirmed, and how far one is. */
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import { failureAnswers } from "../../routes/failure-answers.ts";
import type { InferenceApp, InferenceRoom } from "../inference-app.ts";
import { answerStudy, liveStudyAnswerSchema } from "../live-study-schema.ts";

const params = z.strictObject({ id: z.string().regex(/^[0-9a-f]{24}$/) });
const MOST_FOLLOWED_MS = 15 * 60_000;
const ALIVE_MS = 15_000;
/** After these nothing more happens to a study by itself. */
const FINAL: ReadonlySet<string> = new Set([
  "done",
  "passed over",
  "refused",
  "failed",
  "confirmed",
  "expired",
]);

export function addLiveStudyRoutes(app: InferenceApp, { service }: InferenceRoom): void {
  const { inbox } = service;
  /** Streams that are open: a server that stops would wait for their readers. */
  const streams = new Set<() => void>();
  app.addHook("preClose", async () => {
    for (const end of streams) end();
  });
  app.get(
    "/v1/studies",
    {
      config: { scope: "results:read" },
      schema: {
        summary: "All studies of the inbox, the newest first",
        response: { 200: z.array(liveStudyAnswerSchema), ...failureAnswers },
      },
    },
    async () =>
      inbox
        .studies()
        .toSorted((a, b) => b.receivedAt.localeCompare(a.receivedAt))
        .map(answerStudy),
  );
  app.get(
    "/v1/studies/:id",
    {
      config: { scope: "results:read" },
      schema: {
        summary: "One study",
        params,
        response: { 200: liveStudyAnswerSchema, ...failureAnswers },
      },
    },
    async ({ params: { id } }) => {
      const study = inbox.find(id);
      if (study !== undefined) return answerStudy(study);
      throw new ServerError("not-found", "There is no such study.");
    },
  );
  app.post(
    "/v1/studies/:id/complete",
    {
      config: { scope: "images:write" },
      schema: {
        summary: "No more radiographs come: analyse it. 429 with Retry-After where too many wait",
        params,
        response: { 202: liveStudyAnswerSchema, ...failureAnswers },
      },
    },
    async ({ params: { id }, keyName }, reply) =>
      reply.status(202).send(answerStudy(await service.complete(id, keyName))),
  );
  app.post(
    "/v1/studies/:id/confirm",
    {
      config: { scope: "results:confirm" },
      schema: {
        summary: "A person has seen the result: pixels and objects are deleted",
        params,
        response: { 204: z.null(), ...failureAnswers },
      },
    },
    async ({ params: { id }, keyName }, reply) => {
      await service.confirm(id, keyName);
      return reply.status(204).send(null);
    },
  );
  app.delete(
    "/v1/studies/:id",
    {
      config: { scope: "results:confirm" },
      schema: {
        summary: "Forget a study altogether",
        params,
        response: { 204: z.null(), ...failureAnswers },
      },
    },
    async ({ params: { id }, keyName }, reply) => {
      await service.remove(id, keyName);
      return reply.status(204).send(null);
    },
  );
  app.get(
    "/v1/studies/:id/events",
    {
      config: { scope: "results:read" },
      schema: {
        summary:
          "Server-sent events: state, and radiographs done of all; it ends with the analysis",
        params,
        produces: ["text/event-stream"],
      },
    },
    async ({ params: { id } }, reply) => {
      // First, so that a study that is not there is answered as everywhere.
      if (inbox.find(id) === undefined) {
        throw new ServerError("not-found", "There is no such study.");
      }
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      const ended = Promise.withResolvers<void>();
      const alive = setInterval(() => raw.write(": alive\n\n"), ALIVE_MS);
      const late = setTimeout(ended.resolve, MOST_FOLLOWED_MS);
      raw.once("close", ended.resolve);
      streams.add(ended.resolve);
      const unfollow = service.follow(id, (progress) => {
        raw.write(`event: progress\ndata: ${JSON.stringify(progress)}\n\n`);
        if (FINAL.has(progress.state)) ended.resolve();
      });
      await ended.promise;
      clearInterval(alive);
      clearTimeout(late);
      streams.delete(ended.resolve);
      unfollow();
      raw.end();
    },
  );
}
