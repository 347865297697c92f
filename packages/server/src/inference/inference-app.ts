/**
 * The inference service's HTTP without a port: programs send radiographs and fetch results by keys. It has one page,
 * without a script, and no sessions, and is another application than the reading room's, on another port.
 */
import swagger from "@fastify/swagger";
import underPressure from "@fastify/under-pressure";
import type { FastifyRequest } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import manifest from "../../package.json" with { type: "json" };
import { type BareAppOptions, bareApp, FULLEST_HEAP_BYTES } from "../bare-app.ts";
import { ServerError } from "../errors.ts";
import type { Analyst } from "./analyst.ts";
import { findApiKey, type Scope } from "./api-keys.ts";
import type { Audit } from "./audit.ts";
import type { LiveService } from "./live-service.ts";
import type { Metrics } from "./metrics.ts";
import { addCorrectionRoutes } from "./routes/correction-routes.ts";
import { addDriftRoutes } from "./routes/drift-routes.ts";
import { addFollowUpRoutes } from "./routes/follow-up-routes.ts";
import { addHealthRoutes } from "./routes/health-routes.ts";
import { addImageRoutes } from "./routes/image-routes.ts";
import { addLiveStudyRoutes } from "./routes/live-study-routes.ts";
import { addModelRoutes } from "./routes/model-routes.ts";
import { addResultRoutes } from "./routes/result-routes.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What a key must allow; null for what anybody may ask. Every route of the service says it. */
    scope?: Scope | null;
  }
  interface FastifyRequest {
    /** The name of the key that a request came with. */
    keyName: string;
    /** Whose key it is; null for a program's. */
    keyPerson: string | null;
  }
}

export interface InferenceRoom {
  readonly service: LiveService;
  readonly analyst: Analyst;
  readonly audit: Audit;
  readonly metrics: Metrics;
}

export type InferenceApp = ReturnType<typeof bareApp>;

export async function createInferenceApp(
  room: InferenceRoom,
  options: BareAppOptions,
): Promise<InferenceApp> {
  const app = bareApp(options);
  addKeys(app, room.service.inbox.folder);
  addRequestLog(app);
  await app.register(underPressure, { maxHeapUsedBytes: FULLEST_HEAP_BYTES });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Malleolus, the inference service",
        description: "Research use only, not a medical device.",
        version: manifest.version,
      },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
    },
    transform(given) {
      const { schema, url } = jsonSchemaTransform(given);
      const scope = given.route.config?.scope ?? null;
      return {
        url,
        schema: {
          ...schema,
          ...(scope === null ? {} : { security: [{ key: [] }] }),
          "x-scope": scope,
        },
      };
    },
  });
  app.after(() => {
    addHealthRoutes(app, room);
    addImageRoutes(app, room);
    addLiveStudyRoutes(app, room);
    addModelRoutes(app, room);
    addResultRoutes(app, room);
    addFollowUpRoutes(app, room);
    addCorrectionRoutes(app, room);
    addDriftRoutes(app, room);
    app.get("/v1/openapi.json", { config: { scope: null }, schema: { hide: true } }, async () =>
      app.swagger(),
    );
  });
  await app.ready();
  return app;
}

/** From here on a route says what a key must allow, or cannot be added; `folder` is the inbox, which has the keys. */
export function addKeys(app: InferenceApp, folder: string): void {
  app.decorateRequest("keyName", "");
  app.decorateRequest("keyPerson", null);
  app.addHook("onRoute", ({ url, config, method }) => {
    if (config?.scope === undefined) {
      throw new Error(`internal: ${String(method)} ${url} does not say who may call it`);
    }
  });
  app.addHook("onRequest", async (request) => {
    const { scope } = request.routeOptions.config;
    // No route, or one for everybody.
    if (scope === undefined || scope === null) return;
    const { name, person = null } = requireScope(folder, request, scope);
    request.keyName = name;
    request.keyPerson = person;
  });
}

function requireScope(folder: string, request: FastifyRequest, scope: Scope) {
  const key = findApiKey(folder, request.headers.authorization);
  if (key === null) {
    throw new ServerError("unauthenticated", "Send a key: Authorization: Bearer …");
  }
  if (!key.scopes.includes(scope)) {
    throw new ServerError("forbidden", `Your key does not allow ${scope}.`);
  }
  return key;
}

/** The route's pattern and never its address. */
function addRequestLog(app: InferenceApp): void {
  app.addHook("onResponse", async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? "none",
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
      },
      "request",
    );
  });
}
