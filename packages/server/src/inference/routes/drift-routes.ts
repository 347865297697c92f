/** Whether anything changes: as figures for programs, and as a page for people. */
import type { FastifyReply } from "fastify";
import { failureAnswers } from "../../routes/failure-answers.ts";
import { findApiKey } from "../api-keys.ts";
import { driftOf, driftSchema } from "../drift.ts";
import { DRIFT_PAGE_HEADERS, driftKeyPage, driftPage } from "../drift-page.ts";
import type { InferenceApp, InferenceRoom } from "../inference-app.ts";

const LONGEST_FORM_BYTES = 1024;

export function addDriftRoutes(app: InferenceApp, { service }: InferenceRoom): void {
  const drift = () => driftOf(service.inbox.studies(), Date.now());
  app.get(
    "/v1/drift",
    {
      config: { scope: "metrics:read" },
      schema: {
        summary:
          "Studies of the last seven days against those before: scores, inputs and refusals; and each week's",
        response: { 200: driftSchema, ...failureAnswers },
      },
    },
    async () => drift(),
  );
  const asPage = (reply: FastifyReply, status: number, text: string) =>
    reply
      .status(status)
      .headers(DRIFT_PAGE_HEADERS)
      .type("text/html; charset=utf-8")
      .serializer((html: string) => html)
      .send(text);
  app.register(async (pages) => {
    pages.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: LONGEST_FORM_BYTES },
      (_, body, done) => done(null, new URLSearchParams(String(body)).get("key")),
    );
    pages.get("/drift", { config: { scope: null }, schema: { hide: true } }, async (_, reply) =>
      asPage(reply, 200, driftKeyPage(null)),
    );
    // A browser's form has no Authorization: its key comes in the body, and is held against the same scope.
    pages.post(
      "/drift",
      { config: { scope: null }, schema: { hide: true } },
      async ({ body }, reply) => {
        const key = findApiKey(service.inbox.folder, `Bearer ${String(body)}`);
        return key?.scopes.includes("metrics:read")
          ? asPage(reply, 200, driftPage(drift(), service.sending.isOn()))
          : asPage(reply, 403, driftKeyPage("This key is unknown, or lacks metrics:read."));
      },
    );
  });
}
