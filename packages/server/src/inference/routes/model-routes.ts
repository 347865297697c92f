/** Which detectors there are, who approved them, and which is in use. */
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import { failureAnswers } from "../../routes/failure-answers.ts";
import type { InferenceApp, InferenceRoom } from "../inference-app.ts";
import {
  approveModel,
  readModels,
  registeredModelSchema,
  rollBack,
  takeIntoUse,
} from "../model-registry.ts";

const params = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
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
    async ({ params: { sha256 }, keyName, keyPerson }) => {
      if (keyPerson === null) {
        throw new ServerError(
          "forbidden",
          "Your key is no person's. Ask for one that is: serve --inference --new-key NAME --person PERSON.",
        );
      }
      await approveModel(folder, sha256, keyPerson);
      await audit.add({ act: "model approved", who: keyName, model: sha256 });
      return answer();
    },
  );
  app.post(
    "/v1/models/:sha256/use",
    {
      config: { scope: "models:approve" },
      schema: {
        summary: "From the next study on it is the one in use",
        params,
        response: { 200: modelsSchema, ...failureAnswers },
      },
    },
    async ({ params: { sha256 }, keyName }) => {
      await takeIntoUse(folder, sha256, keyName);
      await audit.add({ act: "model taken into use", who: keyName, model: sha256 });
      analyst.restart();
      return answer();
    },
  );
  app.post(
    "/v1/models/roll-back",
    {
      config: { scope: "models:approve" },
      schema: {
        summary: "Back to the one that was in use before",
        response: { 200: modelsSchema, ...failureAnswers },
      },
    },
    async ({ keyName }) => {
      const sha256 = await rollBack(folder, keyName);
      await audit.add({ act: "model rolled back", who: keyName, model: sha256 });
      analyst.restart();
      return answer();
    },
  );
}
