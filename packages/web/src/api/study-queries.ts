/**
 * What the pages of those who run a study ask of the server, under the names by which the answers are kept. Readers'
 * and annotators' pages do not load it.
 */
import {
  agreementsSchema,
  frozenChangesSchema,
  frozenDatasSchema,
  jobDetailSchema,
  jobsSchema,
  namedDrawingTimesSchema,
  peopleSchema,
  predictingSchema,
  progressSchema,
  reportCaseSchema,
  reportSchema,
  reportsSchema,
  roundsSchema,
  runDetailSchema,
  runsSchema,
  shownPredictionSchema,
  studyFlowSchema,
  uploadsSchema,
  waitingSchema,
  wrongFindingCaseSchema,
  wrongFindingsSchema,
} from "@malleolus/schema";
import { queryOptions } from "@tanstack/react-query";
import type { Client } from "./client.ts";

const MINUTE_MS = 60_000;

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
    refetchInterval: ({ state: { data } }) => (data?.runs.some(isAtWork) ? RUNS_STEP_MS : false),
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

export const jobsKey = ["jobs"] as const;
const JOB_STEP_MS = 1500;
const isAtWork = ({ state }: { readonly state: string }) => ["running", "stalled"].includes(state);

/** Asked for again and again while one is at work. */
export function jobsQuery(client: Client) {
  return queryOptions({
    queryKey: jobsKey,
    queryFn: () => client.get("/api/jobs", jobsSchema),
    refetchInterval: ({ state: { data } }) => (data?.jobs.some(isAtWork) ? JOB_STEP_MS : false),
  });
}

export function jobQuery(client: Client, id: string) {
  return queryOptions({
    queryKey: [...jobsKey, id],
    queryFn: () => client.get(`/api/jobs/${id}`, jobDetailSchema),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && isAtWork(data.job) ? JOB_STEP_MS : false,
  });
}

export const wrongFindingsKey = ["wrong_findings"] as const;

export function wrongFindingsQuery(client: Client) {
  return queryOptions({
    queryKey: wrongFindingsKey,
    queryFn: () => client.get("/api/wrong-findings", wrongFindingsSchema),
  });
}

export function wrongFindingQuery(client: Client, id: string) {
  return queryOptions({
    queryKey: [...wrongFindingsKey, id],
    queryFn: () =>
      client.get(`/api/wrong-findings/${encodeURIComponent(id)}`, wrongFindingCaseSchema),
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
