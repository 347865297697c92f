/**
 * The reading room's server without a port: its plugins, its hooks and its routes. Tests and the bench send
 * requests to it as it stands (`inject`), `start-server.ts` gives it an address.
 *
 * It never loads LibTorch: what needs tensors is another process.
 */
import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import underPressure from "@fastify/under-pressure";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { addAccess } from "./auth/access.ts";
import { addAudit } from "./auth/audit-hook.ts";
import { ServerError } from "./errors.ts";
import { failureAnswers } from "./failures.ts";
import { addOpenApi } from "./open-api.ts";
import type { Room } from "./room.ts";
import { addAccountRoutes } from "./routes/account-routes.ts";
import { addCommentRoutes } from "./routes/annotating/comment-routes.ts";
import { addDrawingRoutes } from "./routes/annotating/drawing-routes.ts";
import { addSettlingRoutes } from "./routes/annotating/settling-routes.ts";
import { addCaseRoutes } from "./routes/case-routes.ts";
import { addDashboardRoutes } from "./routes/dashboard-routes.ts";
import { addDatasetRoutes } from "./routes/dataset-routes.ts";
import { addDecidingRoutes } from "./routes/deciding-routes.ts";
import { addDetectorRoute, type ReadDetector } from "./routes/detector-route.ts";
import { addPages } from "./routes/pages.ts";
import { addPasskeyRoutes } from "./routes/passkey-routes.ts";
import { addPeopleRoutes } from "./routes/people-routes.ts";
import { addRunRoutes } from "./routes/run-routes.ts";
import { addSignOnRoutes } from "./routes/sign-on-routes.ts";
import { addStudyRoutes } from "./routes/study-routes.ts";
import { addUploadRoutes } from "./routes/upload-routes.ts";
import { addWorklistRoutes } from "./routes/worklist-routes.ts";
import { addSecurityHeaders } from "./security-headers.ts";

/** What routes are added to: requests are parsed, and answers written, by their zod schemas. */
export type App = ReturnType<typeof bareApp>;

export interface AppOptions {
  /** Hosts that a request may name; any where it is null (behind a proxy, or on a public address). */
  readonly hosts: readonly string[] | null;
  /** Whether it is reached by TLS, its own or a proxy's. */
  readonly isTls: boolean;
  readonly trustProxy: boolean;
  /** The built browser application. */
  readonly webFolder: string;
  readonly logger: FastifyBaseLogger | null;
  /** Of TLS; undefined for plain http. */
  readonly credentials?: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** What analyses radiographs in browsers; without it, nothing does. */
  readonly readDetector?: ReadDetector | undefined;
  /** Requests a minute of one account or address. */
  readonly requestsPerMinute?: number;
}

const LARGEST_BODY_BYTES = 256 * 1024;
const REQUESTS_PER_MINUTE = 3000;
/**
 * A heap that is so full takes no more. Lateness of the loop is no reason to refuse: a machine that trains
 * meanwhile is seconds late at times, and serves.
 */
const FULLEST_HEAP_BYTES = 1_500_000_000;

export async function createApp(room: Room, options: AppOptions): Promise<App> {
  const app = bareApp(options);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(failureAnswers());
  addHostCheck(app, options.hosts);
  addRequestLog(app);
  await app.register(cookie);
  await addSecurityHeaders(app, options);
  addAccess(app, room);
  addAudit(app, room);
  await app.register(rateLimit, {
    max: options.requestsPerMinute ?? REQUESTS_PER_MINUTE,
    timeWindow: "1 minute",
    keyGenerator: ({ account, ip }) => (account === null ? ip : `account ${account.id}`),
    // It throws what this returns.
    errorResponseBuilder: (_request, { ttl }) =>
      new ServerError("too-many", "Too many requests. Wait a minute and try again.", {
        retryAfter: Math.ceil(ttl / 1000),
      }),
  });
  await app.register(underPressure, { maxHeapUsedBytes: FULLEST_HEAP_BYTES });
  await addOpenApi(app);
  app.after(() => {
    addAccountRoutes(app, room);
    addSignOnRoutes(app, room, options);
    addPasskeyRoutes(app, room, options);
    addPeopleRoutes(app, room);
    addStudyRoutes(app, room);
    addWorklistRoutes(app, room);
    addCaseRoutes(app, room);
    addUploadRoutes(app, room);
    addDecidingRoutes(app, room);
    addDashboardRoutes(app, room);
    addDatasetRoutes(app, room);
    addRunRoutes(app, room);
    addDrawingRoutes(app, room);
    addCommentRoutes(app, room);
    addSettlingRoutes(app, room);
    addDetectorRoute(app, options.readDetector ?? (async () => null));
  });
  await addPages(app, options.webFolder);
  await app.ready();
  return app;
}

function bareApp({ logger, trustProxy, credentials }: AppOptions) {
  return fastify({
    ...(credentials === undefined ? {} : { https: credentials }),
    ...(logger === null ? { logger: false } : { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy,
    bodyLimit: LARGEST_BODY_BYTES,
    // A stopping server ends idle connections instead of waiting for their browsers.
    forceCloseConnections: "idle",
    return503OnClosing: true,
  }).withTypeProvider<ZodTypeProvider>();
}

/** Another site's page that points its own name at this machine is not let in. */
function addHostCheck(app: FastifyInstance, hosts: readonly string[] | null): void {
  if (hosts === null) return;
  const known = new Set(hosts);
  app.addHook("onRequest", async ({ hostname }) => {
    if (known.has(hostname)) return;
    throw new ServerError("forbidden", `This server answers as ${hosts.join(", ")} only.`);
  });
}

/** The route's pattern and never its address: codes of cases are nobody's business in a log. */
function addRequestLog(app: FastifyInstance): void {
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
