/** What pages ask of the server, under the names by which the answers are kept. */
import {
  annotatingCaseSchema,
  caseSchema,
  decidingCaseSchema,
  decidingListSchema,
  passkeysSchema,
  queuesSchema,
  readingProtocolSchema,
  type Session,
  settlingCaseSchema,
  settlingListSchema,
  type WorklistQuery,
  worklistSchema,
} from "@malleolus/schema";
import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import { ApiError, mayPass } from "./api-error.ts";
import type { Client } from "./client.ts";

const MINUTE_MS = 60_000;
/** Rows that one request brings. */
const WORKLIST_PAGE = 500;

/** Answers are asked for again where that can help, and not because a window came to the front. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        networkMode: "always",
        retry: (count, error) => count < 2 && error instanceof ApiError && mayPass(error.code),
        retryDelay: (count) => 500 * 2 ** count,
      },
      mutations: { networkMode: "always" },
    },
  });
}

export const sessionKey = ["session"] as const;

/** Another account must not see what the one before it was told. */
export function changeSession(queries: QueryClient, session: Session): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
  queries.setQueryData(sessionKey, session);
}

export function sessionQuery(client: Client) {
  return queryOptions({
    queryKey: sessionKey,
    queryFn: () => client.session(),
    staleTime: 10 * MINUTE_MS,
  });
}

export function protocolQuery(client: Client) {
  return queryOptions({
    queryKey: ["protocol"],
    queryFn: () => client.get("/api/protocol", readingProtocolSchema),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function queuesQuery(client: Client) {
  return queryOptions({
    queryKey: ["queues"],
    queryFn: () => client.get("/api/queues", queuesSchema),
  });
}

export type WorklistFilter = Pick<WorklistQuery, "queue" | "status"> & { readonly search: string };

/** Page by page, each behind the last code of the one before. */
export function worklistQuery(client: Client, { queue, status, search }: WorklistFilter) {
  return infiniteQueryOptions({
    queryKey: ["worklist", queue, status, search],
    initialPageParam: "",
    queryFn: ({ pageParam }) => {
      const question = new URLSearchParams({ queue, status, limit: String(WORKLIST_PAGE) });
      if (search !== "") question.set("search", search);
      if (pageParam !== "") question.set("after", pageParam);
      return client.get(`/api/worklist?${question}`, worklistSchema);
    },
    getNextPageParam: ({ entries, more }) => (more ? entries.at(-1)?.code : undefined),
  });
}

export function caseKey(code: string) {
  return ["case", code] as const;
}

export function caseQuery(client: Client, code: string) {
  return queryOptions({
    queryKey: caseKey(code),
    queryFn: () => client.get(`/api/cases/${code}`, caseSchema),
    staleTime: MINUTE_MS,
  });
}

/** From whose side a drawing is looked at: its annotator's, or that of a senior who reviews it. */
export type DrawingSide = "annotating" | "reviews";

export function drawingKey(side: DrawingSide, code: string) {
  return ["drawing", side, code] as const;
}

export function drawingQuery(client: Client, side: DrawingSide, code: string) {
  return queryOptions({
    queryKey: drawingKey(side, code),
    queryFn: () => client.get(`/api/${side}/${code}`, annotatingCaseSchema),
    // A drawing goes on where it was left: an answer of before would be merged as somebody else's.
    staleTime: 0,
    gcTime: 0,
  });
}

export function reviewsQuery(client: Client) {
  return queryOptions({
    queryKey: ["worklist", "reviews"],
    queryFn: () => client.get("/api/reviews", worklistSchema),
  });
}

export const settlingListKey = ["settling"] as const;

export function settlingListQuery(client: Client) {
  return queryOptions({
    queryKey: settlingListKey,
    queryFn: () => client.get("/api/settling", settlingListSchema),
  });
}

export function settlingKey(code: string) {
  return ["settle", code] as const;
}

export function settlingQuery(client: Client, code: string) {
  return queryOptions({
    queryKey: settlingKey(code),
    queryFn: () => client.get(`/api/settling/${code}`, settlingCaseSchema),
    gcTime: 0,
  });
}

export const decidingListKey = ["deciding"] as const;

export function decidingListQuery(client: Client) {
  return queryOptions({
    queryKey: decidingListKey,
    queryFn: () => client.get("/api/deciding", decidingListSchema),
  });
}

export function decidingKey(code: string) {
  return ["decide", code] as const;
}

export function decidingQuery(client: Client, code: string) {
  return queryOptions({
    queryKey: decidingKey(code),
    queryFn: () => client.get(`/api/deciding/${code}`, decidingCaseSchema),
    gcTime: 0,
  });
}

export const passkeysKey = ["passkeys"] as const;

export function passkeysQuery(client: Client) {
  return queryOptions({
    queryKey: passkeysKey,
    queryFn: () => client.get("/api/passkeys", passkeysSchema),
  });
}
