/**
 * From what is thrown to what is answered. Messages of errors that were foreseen go to the client as they
 * are; anything else is a bug of ours, which the log keeps and the client hears nothing of.
 */
import type { Failure, FailureCode } from "@malleolus/schema";
import { StudyError, type StudyErrorCode } from "@malleolus/studies/without-database";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { ServerError } from "./errors.ts";
import { repeatedWarnings, type SayRepeated } from "./repeated-warnings.ts";

const STATUS: Readonly<Record<FailureCode, number>> = {
  invalid: 400,
  unauthenticated: 401,
  credentials: 401,
  forbidden: 403,
  csrf: 403,
  "not-found": 404,
  stale: 409,
  state: 409,
  link: 410,
  "too-large": 413,
  "too-many": 429,
  internal: 500,
  unavailable: 503,
};

/** Errors of a study that its API tells in their own words. */
const OF_STUDY: Readonly<Partial<Record<StudyErrorCode, FailureCode>>> = {
  "not-found": "not-found",
  stale: "stale",
  transition: "state",
  record: "invalid",
  link: "link",
  account: "invalid",
  assignment: "invalid",
};

/** SQLite's codes for what is not our fault: busy, input or output, full, cannot open. */
const UNAVAILABLE = new Set([5, 10, 13, 14]);

/** The system's codes for a disk, or an account's share of it, without room. */
const FULL = new Set(["ENOSPC", "EDQUOT"]);
const DISK_FULL = "Not saved: the server's disk is full. Free some space and try again.";

export type AnswerFailure = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** What one server answers; what is the same for every request, its log has once in a while. */
export function failureAnswers(): AnswerFailure {
  const warnRepeatedly = repeatedWarnings();
  return (error, request, reply) => answerFailure(error, request, reply, warnRepeatedly);
}

function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  warnRepeatedly: SayRepeated,
): void {
  const { code, message, retryAfter } = describeError(error);
  if (code === "internal") request.log.error({ err: error }, "internal");
  if (code === "unavailable") {
    warnRepeatedly(message, (unsaid) => request.log.warn({ err: error, unsaid }, "unavailable"));
  }
  if (retryAfter !== undefined) reply.header("retry-after", String(retryAfter));
  reply
    .status(STATUS[code])
    .header("cache-control", "no-store")
    .type("application/json; charset=utf-8")
    .serializer(JSON.stringify)
    .send({ code, message, request: request.id } satisfies Failure);
}

interface Described {
  readonly code: FailureCode;
  readonly message: string;
  readonly retryAfter?: number | undefined;
}

function describeError(error: unknown): Described {
  if (error instanceof ServerError && error.code !== "settings") {
    return { code: error.code, message: error.message, retryAfter: error.retryAfter };
  }
  if (error instanceof StudyError) {
    const code = OF_STUDY[error.code];
    if (code !== undefined) return { code, message: error.message };
    if (error.code === "busy") {
      // Its words name a path of the server.
      const message = "Somebody else is changing it. Try again.";
      return { code: "unavailable", message, retryAfter: 2 };
    }
    // Its words may name other people.
    if (error.code === "person") return { code: "forbidden", message: "This is not yours to do." };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [issue] = error.validation;
    const where = issue?.instancePath.replaceAll("/", ".").replace(/^\./, "") ?? "";
    return {
      code: "invalid",
      message: `${where === "" ? "The request" : where}: ${issue?.message ?? "not valid"}`,
    };
  }
  if (isSqliteError(error) && UNAVAILABLE.has(error.errcode & 0xff)) {
    const isFull = (error.errcode & 0xff) === 13;
    return {
      code: "unavailable",
      message: isFull
        ? DISK_FULL
        : "Not saved: the server's database cannot be written. Try again.",
      retryAfter: 2,
    };
  }
  if (error instanceof Error && "code" in error && FULL.has(String(error.code))) {
    return { code: "unavailable", message: DISK_FULL, retryAfter: 2 };
  }
  return describeFastifyError(error);
}

function describeFastifyError(error: unknown): Described {
  const status = isFastifyError(error) ? error.statusCode : undefined;
  if (status === 413) return { code: "too-large", message: "The request is too large." };
  if (status === 429) {
    return { code: "too-many", message: "Too many requests. Wait a minute and try again." };
  }
  if (status === 503) {
    return {
      code: "unavailable",
      message: "The server is too busy. Try again in some seconds.",
      retryAfter: 5,
    };
  }
  if (status === 404) return { code: "not-found", message: "There is no such page." };
  if (status !== undefined && status >= 400 && status < 500) {
    return { code: "invalid", message: "The request cannot be read. Send JSON." };
  }
  return {
    code: "internal",
    message:
      "Something went wrong in the server. Its log has the details under this request's number.",
  };
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number";
}

function isSqliteError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number";
}
