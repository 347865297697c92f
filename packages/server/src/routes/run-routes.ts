/** Training runs: started, followed while they learn, stopped, and gone on with. */
import { Readable } from "node:stream";
import { namedRecipes } from "@malleolus/runs";
import {
  runActSchema,
  runDetailSchema,
  runIdSchema,
  runNewsSchema,
  runRequestSchema,
  runRowSchema,
  runsSchema,
} from "@malleolus/schema";
import { z } from "zod";
import type { App } from "../app.ts";
import { accountOf, COORDINATORS } from "../auth/access.ts";
import type { Room } from "../room.ts";
import { actOnce } from "./act-once.ts";
import { failureAnswers } from "./failure-answers.ts";

const LIVE_STEP_MS = 1000;
/** A line that says nothing keeps proxies from closing what is silent. */
const HEARTBEAT_MS = 20_000;

export function addRunRoutes(app: App, room: Room): void {
  const { runs } = room;
  const access = [...COORDINATORS];
  const params = z.strictObject({ id: runIdSchema });
  const answers = { 200: runRowSchema, ...failureAnswers };
  const live = new Set<Readable>();
  // Followers stay for hours: a stopping server does not wait for them.
  app.addHook("preClose", async () => {
    for (const stream of live) stream.destroy();
  });

  app.get(
    "/api/runs",
    {
      config: { access, act: "view runs" },
      schema: { summary: "Training runs", response: { 200: runsSchema, ...failureAnswers } },
    },
    async () => ({
      runs: runs.list(),
      recipes: namedRecipes.map(({ recipe, summary }) => ({ name: recipe.name, summary })),
      canStart: runs.canStart,
    }),
  );

  app.post(
    "/api/runs",
    {
      config: { access, act: "start run" },
      schema: {
        summary: "Starts a training on a frozen data set",
        body: runRequestSchema,
        response: answers,
      },
    },
    async (request) =>
      actOnce(room, request, { action: `start run ${request.body.id}`, answer: runRowSchema }, () =>
        runs.start(request.body, accountOf(request).login),
      ),
  );

  app.get(
    "/api/runs/:id",
    {
      config: { access, act: "view run" },
      schema: {
        summary: "A run: losses, validations, recipe, and the last lines that it said",
        params,
        response: { 200: runDetailSchema, ...failureAnswers },
      },
    },
    async (request) => runs.detail(request.params.id),
  );

  app.get(
    "/api/runs/:id/live",
    {
      config: { access, act: "follow run" },
      schema: {
        summary: "A run as server-sent events: everything first, then what is new",
        params,
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async (request, reply) => {
      const next = runs.follow(request.params.id);
      const stream = new Readable({ read: () => undefined });
      let silentSince = Date.now();
      const look = () => {
        try {
          const news = next();
          if (news !== null) {
            stream.push(`data: ${JSON.stringify(runNewsSchema.parse(news))}\n\n`);
            silentSince = Date.now();
          } else if (Date.now() - silentSince > HEARTBEAT_MS) {
            stream.push(":\n\n");
            silentSince = Date.now();
          }
        } catch (error) {
          // Its folder went, or a line of it is damaged: whoever follows asks again and is told.
          request.log.warn({ err: error }, "follow run");
          stream.push(null);
        }
      };
      look();
      const timer = setInterval(look, LIVE_STEP_MS);
      live.add(stream);
      stream.on("close", () => {
        clearInterval(timer);
        live.delete(stream);
      });
      return reply.header("x-accel-buffering", "no").type("text/event-stream").send(stream);
    },
  );

  for (const what of ["stop", "resume"] as const) {
    app.post(
      `/api/runs/:id/${what}`,
      {
        config: { access, act: `${what} run` },
        schema: {
          summary:
            what === "stop"
              ? "Ends a training after its step, with a checkpoint"
              : "Goes on where a training ended",
          params,
          body: runActSchema,
          response: answers,
        },
      },
      async (request) => {
        const { id } = request.params;
        return actOnce(room, request, { action: `${what} run ${id}`, answer: runRowSchema }, () =>
          what === "stop" ? runs.stop(id) : runs.resume(id, accountOf(request).login),
        );
      },
    );
  }
}
