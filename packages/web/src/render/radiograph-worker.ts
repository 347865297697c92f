/** The worker that loads radiographs: requests in, progress and levels out. */
import {
  LoadError,
  type LoadedRadiograph,
  loadRadiograph,
  type RadiographRequest,
} from "./load-radiograph.ts";

export type ToWorker =
  | { readonly kind: "load"; readonly id: number; readonly request: RadiographRequest }
  | { readonly kind: "cancel"; readonly id: number };

export type FromWorker =
  | {
      readonly kind: "progress";
      readonly id: number;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: "loaded"; readonly id: number; readonly radiograph: LoadedRadiograph }
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly status: number;
      readonly reason: string;
    };

const running = new Map<number, AbortController>();
// A message for every chunk would keep the page busy.
const PROGRESS_MS = 100;

addEventListener("message", (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  if (message.kind === "cancel") running.get(message.id)?.abort();
  else void load(message.id, message.request);
});

async function load(id: number, request: RadiographRequest): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  let told = performance.now();
  const progress = (done: number, total: number) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    tell({ kind: "progress", id, done, total });
  };
  try {
    const radiograph = await loadRadiograph(request, progress, abort.signal);
    const buffers = radiograph.levels.levels.map(({ pixels }) => pixels.buffer);
    tell({ kind: "loaded", id, radiograph }, [...buffers, radiograph.histogram.counts.buffer]);
  } catch (error) {
    const status = error instanceof LoadError ? error.status : 200;
    const reason = error instanceof Error ? error.message : String(error);
    tell({ kind: "failed", id, status, reason });
  } finally {
    running.delete(id);
  }
}

function tell(message: FromWorker, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}
