/** What pages ask of the server, under the names by which the answers are kept. */
import {
  agreementsSchema,
  annotatingCaseSchema,
  caseSchema,
  correctionCaseSchema,
  correctionsSchema,
  decidingCaseSchema,
  decidingListSchema,
  frozenChangesSchema,
  frozenDatasSchema,
  namedDrawingTimesSchema,
  passkeysSchema,
  peopleSchema,
  predictingSchema,
  progressSchema,
  queuesSchema,
  readingProtocolSchema,
  reportCaseSchema,
  reportSchema,
  reportsSchema,
  roundsSchema,
  runDetailSchema,
  runsSchema,
  type Session,
  settlingCaseSchema,
  settlingListSchema,
  shownPredictionSchema,
  studyFlowSchema,
  uploadsSchema,
  type WorklistQuery,
  waitingSchema,
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

/** Of those who run the study; all are asked for again when something was closed. */
export function flowQuery(client: Client) {
  return queryOptions({
    queryKey: ["study", "flow"],
    queryFn: () => client.get("/api/flow", studyFlowSchema),
  });
}

export function progressQuery(client: Client) {
  return queryOptions({
    queryKey: ["study", "progress"],
    queryFn: () => client.get("/api/progress", progressSchema),
  });
}

export function agreementQuery(client: Client) {
  return queryOptions({
    queryKey: ["study", "agreement"],
    queryFn: () => client.get("/api/agreement", agreementsSchema),
  });
}

export function waitingQuery(client: Client) {
  return queryOptions({
    queryKey: ["study", "waiting"],
    queryFn: () => client.get("/api/waiting", waitingSchema),
  });
}

export function datasetsQuery(client: Client) {
  return queryOptions({
    queryKey: ["study", "datasets"],
    queryFn: () => client.get("/api/datasets", frozenDatasSchema),
  });
}

export function frozenChangesQuery(client: Client, id: string) {
  return queryOptions({
    queryKey: ["study", "changes", id],
    queryFn: () => client.get(`/api/datasets/${id}/changes`, frozenChangesSchema),
  });
}

export const runsKey = ["runs"] as const;
const RUNS_STEP_MS = 5000;

/** Asked for again and again while one is at work. */
export function runsQuery(client: Client) {
  return queryOptions({
    queryKey: runsKey,
    queryFn: () => client.get("/api/runs", runsSchema),
    refetchInterval: ({ state }) => {
      const isAtWork = state.data?.runs.some((run) => ["running", "stalled"].includes(run.state));
      return isAtWork ? RUNS_STEP_MS : false;
    },
  });
}

export function runKey(id: string) {
  return [...runsKey, id] as const;
}

export function runQuery(client: Client, id: string) {
  return queryOptions({
    queryKey: runKey(id),
    queryFn: () => client.get(`/api/runs/${id}`, runDetailSchema),
  });
}

export const correctionsKey = ["corrections"] as const;

export function correctionsQuery(client: Client) {
  return queryOptions({
    queryKey: correctionsKey,
    queryFn: () => client.get("/api/corrections", correctionsSchema),
  });
}

export function correctionQuery(client: Client, id: string) {
  return queryOptions({
    queryKey: [...correctionsKey, id],
    queryFn: () => client.get(`/api/corrections/${encodeURIComponent(id)}`, correctionCaseSchema),
  });
}

export function predictingQuery(client: Client) {
  return queryOptions({
    queryKey: ["predicting"],
    queryFn: () => client.get("/api/predictions", predictingSchema),
  });
}

export function predictionKey(id: string) {
  return ["prediction", id] as const;
}

const PREDICTION_STEP_MS = 700;

/** Asked for again and again until there is an answer. */
export function predictionQuery(client: Client, id: string) {
  return queryOptions({
    queryKey: predictionKey(id),
    queryFn: () => client.get(`/api/predictions/${id}`, shownPredictionSchema),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.state === "done" || data.state === "refused"
        ? false
        : PREDICTION_STEP_MS,
    gcTime: 0,
  });
}

export function reportsQuery(client: Client) {
  return queryOptions({
    queryKey: ["reports"],
    queryFn: () => client.get("/api/reports", reportsSchema),
  });
}

export function reportQuery(client: Client, report: string) {
  return queryOptions({
    queryKey: ["reports", report],
    queryFn: () => client.get(`/api/reports/${report}`, reportSchema),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function reportCaseQuery(client: Client, report: string, patient: string) {
  return queryOptions({
    queryKey: ["reports", report, patient],
    queryFn: () =>
      client.get(`/api/reports/${report}/cases/${encodeURIComponent(patient)}`, reportCaseSchema),
    staleTime: MINUTE_MS,
  });
}

export function drawingTimesQuery(client: Client) {
  return queryOptions({
    queryKey: ["drawing times"],
    queryFn: () => client.get("/api/drawing-times", namedDrawingTimesSchema),
  });
}

export const peopleKey = ["people"] as const;

export function peopleQuery(client: Client) {
  return queryOptions({
    queryKey: peopleKey,
    queryFn: () => client.get("/api/people", peopleSchema),
  });
}

export const passkeysKey = ["passkeys"] as const;

export function passkeysQuery(client: Client) {
  return queryOptions({
    queryKey: passkeysKey,
    queryFn: () => client.get("/api/passkeys", passkeysSchema),
  });
}

export const uploadsKey = ["uploads"] as const;
const UPLOAD_STEP_MS = 1000;

/** Asked for again and again while files are imported. */
export function uploadsQuery(client: Client) {
  return queryOptions({
    queryKey: uploadsKey,
    queryFn: () => client.get("/api/uploads", uploadsSchema),
    refetchInterval: ({ state }) => {
      const now = state.data?.upload?.state;
      return now === "open" || now === "ending" ? UPLOAD_STEP_MS : false;
    },
  });
}

export const roundsKey = ["rounds"] as const;

export function roundsQuery(client: Client) {
  return queryOptions({
    queryKey: roundsKey,
    queryFn: () => client.get("/api/rounds", roundsSchema),
  });
}
