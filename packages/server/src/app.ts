/**
 * The reading room's server without a port: its plugins, its hooks and its routes. Tests and the bench send
 * requests to it as it stands (`inject`), `start-server.ts` gives it an address.
 *
 * It never loads LibTorch: what needs tensors is another process.
 */
import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import underPressure from "@fastify/under-pressure";
import type { FastifyInstance } from "fastify";
import { addAccess } from "./auth/access.ts";
import { addAudit } from "./auth/audit-hook.ts";
import { type BareAppOptions, bareApp, FULLEST_HEAP_BYTES } from "./bare-app.ts";
import { ServerError } from "./errors.ts";
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
import { addJobRoutes } from "./routes/job-routes.ts";
import { addPages } from "./routes/pages.ts";
import { addPasskeyRoutes } from "./routes/passkey-routes.ts";
import { addPeopleRoutes } from "./routes/people-routes.ts";
import { addPredictRoutes } from "./routes/predict-routes.ts";
import { addReportRoutes } from "./routes/report-routes.ts";
import { addRunRoutes } from "./routes/run-routes.ts";
import { addSignOnRoutes } from "./routes/sign-on-routes.ts";
import { addStudyRoutes } from "./routes/study-routes.ts";
import { addUploadRoutes } from "./routes/upload-routes.ts";
import { addWorklistRoutes } from "./routes/worklist-routes.ts";
import { addWrongFindingRoutes } from "./routes/wrong-finding-routes.ts";
import { addSecurityHeaders } from "./security-headers.ts";

/** What routes are added to: requests are parsed, and answers written, by their zod schemas. */
export type App = ReturnType<typeof bareApp>;

export interface AppOptions extends BareAppOptions {
  /** Hosts that a request may name; any where it is null (behind a proxy, or on a public address). */
  readonly hosts: readonly string[] | null;
  /** Whether it is reached by TLS, its own or a proxy's. */
  readonly isTls: boolean;
  /** The built browser application. */
  readonly webFolder: string;
  /** What analyses radiographs in browsers; without it, nothing does. */
  readonly readDetector?: ReadDetector | undefined;
  /** Requests a minute of one account or address. */
  readonly requestsPerMinute?: number;
}

const REQUESTS_PER_MINUTE = 3000;

export async function createApp(room: Room, options: AppOptions): Promise<App> {
  const app = bareApp(options);
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
    addJobRoutes(app, room);
    addReportRoutes(app, room);
    addPredictRoutes(app, room);
    addWrongFindingRoutes(app, room);
    addDrawingRoutes(app, room);
    addCommentRoutes(app, room);
    addSettlingRoutes(app, room);
    addDetectorRoute(app, options.readDetector ?? (async () => null));
  });
  await addPages(app, options.webFolder);
  await app.ready();
  return app;
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
