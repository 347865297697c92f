/** Which detectors there are, who approved them, and which is in use. */
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import { failureAnswers } from "../../routes/failure-answers.ts";
import type { AuditAct } from "../audit.ts";
import type { InferenceApp, InferenceRoom } from "../inference-app.ts";
import {
  type Actor,
  approveModel,
  readModels,
  registeredModelSchema,
  rollBack,
  takeIntoUse,
} from "../model-registry.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const params = z.strictObject({ sha256: sha256Schema });
const modelsSchema = z.strictObject({
  models: z.array(registeredModelSchema),
  current: z.string().nullable(),
});

export function addModelRoutes(app: InferenceApp, room: InferenceRoom): void {
  const { service, analyst, audit } = room;
  const { folder } = service.inbox;
  const answer = () => {
    const { models, current } = readModels(folder);
    return { models: [...models], current };
  };
  const write = (act: AuditAct, { person, key }: Actor, model: string) =>
    audit.add({ act, who: key, person, model });
  app.get(
    "/v1/models",
    {
      config: { scope: "results:read" },
      schema: {
        summary: "Registered detectors, with their figures and approvals, and the one in use",
        response: { 200: modelsSchema, ...failureAnswers },
      },
    },
    async () => answer(),
  );
  app.post(
    "/v1/models/:sha256/approve",
    {
      config: { scope: "models:approve" },
      schema: {
        summary:
          "The person whose key it is approves it; two people must before it is used. A program's key is refused",
        params,
        response: { 200: modelsSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const { sha256 } = request.params;
      const by = personOf(request);
      if (await approveModel(folder, sha256, by)) {
        // The process waits longer each time that its model may not be used.
        if (analyst.isRefused && readModels(folder).current === sha256) analyst.restart();
        await write("model approved", by, sha256);
      }
      return answer();
    },
  );
  app.post(
    "/v1/models/:sha256/use",
    {
      config: { scope: "models:approve" },
      schema: {
        summary:
          "From the next study on it is the one in use; by a person, after two have approved it",
        params,
        response: { 200: modelsSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const { sha256 } = request.params;
      const by = personOf(request);
      if (await takeIntoUse(folder, sha256, by)) {
        // Before the audit, which may fail: what the registry says is in force.
        analyst.restart();
        await write("model taken into use", by, sha256);
      }
      return answer();
    },
  );
  app.post(
    "/v1/models/roll-back",
    {
      config: { scope: "models:approve" },
      schema: {
        summary:
          "Back to the one that was in use before; by a person, and two must have approved that one, too. 409 where the one to go back from is not in use, as when it is asked for again",
        body: z.strictObject({ from: sha256Schema }),
        response: { 200: modelsSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const by = personOf(request);
      const sha256 = await rollBack(folder, request.body.from, by);
      analyst.restart();
      await write("model rolled back", by, sha256);
      return answer();
    },
  );
}

/** @throws ServerError `forbidden` for a program's key: a program decides about no model. */
function personOf({ keyName, keyPerson }: FastifyRequest): Actor {
  if (keyPerson !== null) return { person: keyPerson, key: keyName };
  throw new ServerError(
    "forbidden",
    "Your key is no person's. Ask for one that is: serve --inference --new-key NAME --person PERSON.",
  );
}
