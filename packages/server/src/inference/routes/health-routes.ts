/** Whether the service lives and can work, for whoever watches it; and its figures. */
import { z } from "zod";
import { failureAnswers } from "../../routes/failure-answers.ts";
import type { InferenceApp, InferenceRoom } from "../inference-app.ts";

const statusSchema = z.strictObject({ status: z.enum(["ok", "starting", "not approved"]) });

export function addHealthRoutes(app: InferenceApp, room: InferenceRoom): void {
  const { service, analyst, metrics } = room;
  app.get(
    "/healthz",
    {
      config: { scope: null },
      schema: { summary: "The process answers", response: { 200: statusSchema } },
    },
    async () => ({ status: "ok" }) as const,
  );
  app.get(
    "/readyz",
    {
      config: { scope: null },
      schema: {
        summary:
          'The model is warm; 503 while it is not, and "not approved" where it may not be used: the log says why',
        response: { 200: statusSchema, 503: statusSchema },
      },
    },
    async (_, reply) =>
      analyst.isWarm
        ? ({ status: "ok" } as const)
        : reply
            .status(503)
            .header("retry-after", "2")
            .send({ status: analyst.isRefused ? "not approved" : "starting" }),
  );
  app.get(
    "/metrics",
    {
      config: { scope: "metrics:read" },
      schema: {
        summary: "Figures for Prometheus, in its text format",
        response: { 200: z.string(), ...failureAnswers },
      },
    },
    async (_, reply) =>
      reply
        .type("text/plain; version=0.0.4; charset=utf-8")
        .serializer((text: string) => text)
        .send(
          metrics.text({
            studies_waiting: service.waiting(),
            studies_kept: service.inbox.studies().length,
            objects_to_send: service.toSend(),
            sending_on: service.sending.isOn() ? 1 : 0,
            model_ready: analyst.isWarm ? 1 : 0,
            analysis_restarts: analyst.restarts,
            resident_memory_bytes: process.memoryUsage.rss(),
          }),
        ),
  );
}
