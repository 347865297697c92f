/**
 * What the reading room's application and the inference service's are built on: requests are parsed, and answers and
 * failures written, by one way.
 */
import { randomUUID } from "node:crypto";
import fastify, { type FastifyBaseLogger, LogController } from "fastify";
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { failureAnswers } from "./failures.ts";

export interface BareAppOptions {
  readonly trustProxy: boolean;
  readonly logger: FastifyBaseLogger | null;
  /** Of TLS; undefined for plain http. */
  readonly credentials?: { readonly cert: Buffer; readonly key: Buffer } | undefined;
}

/** Where a route says nothing else. */
const LARGEST_BODY_BYTES = 256 * 1024;

/**
 * For `@fastify/under-pressure`: a heap that is so full takes no more. Lateness of the loop is no reason to refuse: a
 * machine that trains meanwhile is seconds late at times, and serves.
 */
export const FULLEST_HEAP_BYTES = 1_500_000_000;

export function bareApp({ logger, trustProxy, credentials }: BareAppOptions) {
  const app = fastify({
    ...(credentials === undefined ? {} : { https: credentials }),
    ...(logger === null ? { logger: false } : { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy,
    // A number would tell, by those that are missing, how busy others are.
    genReqId: () => randomUUID(),
    bodyLimit: LARGEST_BODY_BYTES,
    // A stopping server ends idle connections instead of waiting for their clients.
    forceCloseConnections: "idle",
    return503OnClosing: true,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(failureAnswers());
  return app;
}
