/**
 * Requests to the server: JSON in, a parsed record out, an ApiError otherwise. It keeps the session's
 * token against forged requests and nothing else.
 */
import { CSRF_HEADER, failureSchema, type Session, sessionSchema } from "@malleolus/schema";
import { ApiError } from "./api-error.ts";

/** What a zod schema does. */
export interface Parser<T> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: T } | { readonly success: false };
}

export type Method = "POST" | "PUT" | "PATCH" | "DELETE";

export interface Client {
  readonly get: <T>(path: string, answer: Parser<T>) => Promise<T>;
  readonly send: <T>(method: Method, path: string, body: unknown, answer: Parser<T>) => Promise<T>;
  /** A file as it is. */
  readonly sendBytes: <T>(path: string, bytes: Blob, answer: Parser<T>) => Promise<T>;
  /** `GET /api/session`, whose token later requests carry. */
  readonly session: () => Promise<Session>;
}

/** `fetchAnswer` is the browser's `fetch`; `whenSignedOut` is told when the server knows nobody. */
export function createClient(
  fetchAnswer: typeof fetch,
  whenSignedOut: () => void = () => {},
): Client {
  let csrf: string | undefined;

  const request = async <T>(path: string, init: RequestInit, answer: Parser<T>): Promise<T> => {
    const response = await fetchAnswer(path, init).catch((cause: unknown) => {
      throw new ApiError("offline", `${path}: no answer`, { cause });
    });
    if (!response.ok) {
      const error = await failureOf(path, response);
      if (error.code === "unauthenticated") whenSignedOut();
      throw error;
    }
    const parsed = answer.safeParse(await bodyOf(path, response));
    if (!parsed.success) {
      throw new ApiError("unreadable", `${path}: the answer is not what this page expects`);
    }
    keepToken(parsed.data);
    return parsed.data;
  };
  // Signing in and out answer with a session, too.
  const keepToken = (data: unknown) => {
    const session = sessionSchema.safeParse(data);
    if (session.success) csrf = session.data.state === "signed in" ? session.data.csrf : undefined;
  };
  const accept = { accept: "application/json" };
  const token = () => (csrf === undefined ? {} : { [CSRF_HEADER]: csrf });

  return {
    get: (path, answer) => request(path, { headers: accept }, answer),
    send: (method, path, body, answer) => {
      const headers = {
        ...accept,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...token(),
      };
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      return request(path, { method, headers, ...init }, answer);
    },
    sendBytes: (path, body, answer) => {
      const headers = { ...accept, ...token(), "content-type": "application/octet-stream" };
      return request(path, { method: "PUT", headers, body }, answer);
    },
    session: () => request("/api/session", { headers: accept }, sessionSchema),
  };
}

async function failureOf(path: string, response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  const more = Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {};
  const failure = failureSchema.safeParse(await response.json().catch(() => undefined));
  if (failure.success) return new ApiError(failure.data.code, failure.data.message, more);
  // A proxy in between, which speaks no JSON.
  const code = response.status >= 500 ? "unavailable" : "unreadable";
  return new ApiError(code, `${path}: HTTP ${response.status}`, more);
}

function bodyOf(path: string, response: Response): Promise<unknown> {
  return response.json().catch((cause: unknown) => {
    throw new ApiError("unreadable", `${path}: the answer is no JSON`, { cause });
  });
}
