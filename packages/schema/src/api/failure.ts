/** What every route answers that cannot do what it was asked. */
import { z } from "zod";

export const failureCodeSchema = z.enum([
  /** 400: the request is not what the route takes. */
  "invalid",
  /** 401: nobody is signed in, or no longer. */
  "unauthenticated",
  /** 401: login and password do not belong together. */
  "credentials",
  /** 403: signed in, and not for this. */
  "forbidden",
  /** 403: `x-malleolus-csrf` is missing or another session's; `GET /api/session` tells it. */
  "csrf",
  /** 404: there is none, or none for this account: the two look alike. */
  "not-found",
  /** 409: the draft was saved elsewhere meanwhile; read the case again. */
  "stale",
  /** 409: not in this state: submitted already, or the time to withdraw is over. */
  "state",
  /** 410: the link was used, or is too old. */
  "link",
  /** 413: more bytes than the route takes. */
  "too-large",
  /** 429: too many requests or wrong passwords; `Retry-After` says when. */
  "too-many",
  /** 500: a bug of ours; the server's log has its stack under `request`. */
  "internal",
  /** 503: too busy, or it cannot write; nothing was saved. Try again. */
  "unavailable",
]);
export type FailureCode = z.infer<typeof failureCodeSchema>;

export const failureSchema = z.strictObject({
  code: failureCodeSchema,
  /** At most two sentences, for people. */
  message: z.string(),
  /** The request's number in the server's log. */
  request: z.string(),
});
export type Failure = z.infer<typeof failureSchema>;
