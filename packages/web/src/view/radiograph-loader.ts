/**
 * Which radiographs are in memory: those of the case that is open and of the next one. Half size comes
 * first, so that there is something to see; what is no longer wanted is given up.
 *
 * It decides and keeps; a worker loads.
 */
import type { LoadedRadiograph, RadiographRequest } from "../render/load-radiograph.ts";
import type { FromWorker, ToWorker } from "../render/radiograph-worker.ts";

export interface WantedRadiograph {
  /** `/api/cases/…/images/…`, without a size. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export interface RadiographState {
  /** The best that is there. */
  readonly radiograph: LoadedRadiograph | null;
  /** Bytes of the full size; null where nothing is under way. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly failure: { readonly status: number; readonly reason: string } | null;
}

/** What is used of a worker. */
export interface LoadingWorker {
  postMessage(message: ToWorker): void;
  addEventListener(type: "message", listener: (event: { readonly data: FromWorker }) => void): void;
}

export interface RadiographLoader {
  readonly stateOf: (url: string) => RadiographState;
  /** Radiographs to show, and others to have ready once these are there. */
  readonly want: (now: readonly WantedRadiograph[], soon: readonly WantedRadiograph[]) => void;
  readonly retry: (url: string) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

interface Entry {
  readonly wanted: WantedRadiograph;
  readonly state: RadiographState;
  readonly tried: { readonly half: boolean; readonly full: boolean };
}

interface Job {
  readonly id: number;
  readonly url: string;
  readonly shift: 0 | 1;
}

const nothing: RadiographState = { radiograph: null, progress: null, failure: null };
const AT_ONCE = 3;

export function createRadiographLoader(worker: LoadingWorker): RadiographLoader {
  const entries = new Map<string, Entry>();
  const jobs = new Map<number, Job>();
  const listeners = new Set<() => void>();
  let lastId = 0;
  let order: readonly string[] = [];
  let shown = new Set<string>();

  const change = (url: string, state: Partial<RadiographState>) => {
    const entry = entries.get(url);
    if (entry === undefined) return;
    entries.set(url, { ...entry, state: { ...entry.state, ...state } });
    for (const listener of listeners) listener();
  };

  const start = (url: string, shift: 0 | 1) => {
    const entry = entries.get(url);
    if (entry === undefined) return;
    const tried = shift === 0 ? { ...entry.tried, full: true } : { ...entry.tried, half: true };
    entries.set(url, { ...entry, tried });
    const job = { id: ++lastId, url, shift };
    jobs.set(job.id, job);
    const { width, height } = entry.wanted;
    const request: RadiographRequest = {
      url: `${url}/${shift === 0 ? "full" : "half"}`,
      width,
      height,
      shift,
    };
    worker.postMessage({ kind: "load", id: job.id, request });
  };

  /** Halves of what is shown, then full sizes, then what comes next. */
  const nextJob = (): readonly [url: string, shift: 0 | 1] | undefined => {
    const waiting = (url: string, size: "half" | "full") => !entries.get(url)?.tried[size];
    const half = order.find(
      (url) => shown.has(url) && waiting(url, "half") && waiting(url, "full"),
    );
    if (half !== undefined) return [half, 1];
    const full = order.find((url) => waiting(url, "full"));
    return full === undefined ? undefined : [full, 0];
  };

  const pump = () => {
    while (jobs.size < AT_ONCE) {
      const next = nextJob();
      if (next === undefined) return;
      start(...next);
    }
  };

  worker.addEventListener("message", ({ data }) => {
    const job = jobs.get(data.id);
    if (data.kind === "progress") {
      if (job?.shift === 0) change(job.url, { progress: { done: data.done, total: data.total } });
      return;
    }
    jobs.delete(data.id);
    if (job !== undefined) finish(job, data);
    pump();
  });

  const finish = (job: Job, data: Exclude<FromWorker, { kind: "progress" }>) => {
    const before = entries.get(job.url)?.state.radiograph ?? null;
    if (data.kind === "failed") {
      // A preview that fails says nothing yet: the full size is tried as well.
      if (job.shift === 0) {
        const { status, reason } = data;
        change(job.url, { progress: null, failure: { status, reason } });
      }
    } else if (job.shift === 0) {
      change(job.url, { radiograph: data.radiograph, progress: null, failure: null });
    } else if (before === null) {
      change(job.url, { radiograph: data.radiograph });
    }
  };

  return {
    stateOf: (url) => entries.get(url)?.state ?? nothing,
    want(now, soon) {
      const all = [...now, ...soon];
      order = all.map(({ url }) => url);
      shown = new Set(now.map(({ url }) => url));
      for (const url of entries.keys()) if (!order.includes(url)) entries.delete(url);
      for (const [id, { url }] of jobs) {
        if (entries.has(url)) continue;
        worker.postMessage({ kind: "cancel", id });
        jobs.delete(id);
      }
      for (const wanted of all) {
        if (entries.has(wanted.url)) continue;
        entries.set(wanted.url, { wanted, state: nothing, tried: { half: false, full: false } });
      }
      pump();
    },
    retry(url) {
      const entry = entries.get(url);
      if (entry === undefined) return;
      entries.set(url, { ...entry, tried: { ...entry.tried, full: false } });
      change(url, { failure: null });
      pump();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
