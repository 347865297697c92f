/**
 * The worker that analyses radiographs: ONNX Runtime as WebAssembly, in threads where the page is isolated.
 * The detector comes in, and findings go out to the page: nothing goes to a server.
 */
import "../without-eval.ts";

import { type OnnxDetector, openOnnxDetector } from "@malleolus/onnx";
import moduleUrl from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import * as runtime from "onnxruntime-web/wasm";
import type { FromAnalysisWorker, ToAnalysisWorker } from "./analysis-messages.ts";
import { trustOnly } from "./trust-only.ts";

const MOST_THREADS = 8;
/** The score from which a detector without a decision shows its findings, as `malleolus predict` does. */
const PLAIN_THRESHOLD = 0.5;
/** A message for every chunk would keep the page busy. */
const PROGRESS_MS = 100;

const module = new URL(moduleUrl, import.meta.url).href;
// The runtime starts its threads itself: its own module is the one address that a thread may begin with.
trustOnly(module);
const threads = crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1;
runtime.env.wasm.numThreads = threads;
runtime.env.wasm.wasmPaths = { mjs: module, wasm: new URL(wasmUrl, import.meta.url).href };

let detector: OnnxDetector | null = null;

addEventListener("message", (event: MessageEvent<ToAnalysisWorker>) => {
  const message = event.data;
  const work = message.kind === "open" ? open(message.detector) : analyse(message.image);
  work.catch((error: unknown) => {
    const status = error instanceof NotHandedOut ? error.status : 0;
    tell({
      kind: "failed",
      status,
      reason: error instanceof Error ? error.message : String(error),
    });
  });
});

async function open(url: string): Promise<void> {
  const model = await download(url);
  const opened = await openOnnxDetector(model, url, runtime);
  detector = opened;
  const { classes, decision } = opened;
  const threshold = decision?.findingThreshold ?? PLAIN_THRESHOLD;
  tell({ kind: "ready", detector: { classes, threshold, threads } });
}

async function analyse(image: Parameters<OnnxDetector["analyze"]>[0]): Promise<void> {
  if (detector === null) throw new Error("internal: a radiograph came before the detector");
  const began = performance.now();
  const analysis = await detector.analyze(image);
  tell({ kind: "found", analysis, ms: performance.now() - began });
}

class NotHandedOut extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new NotHandedOut(response.status, `${url}: HTTP ${response.status}`);
  }
  const total = Number(response.headers.get("content-length") ?? 0);
  const chunks: Uint8Array[] = [];
  let done = 0;
  let told = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    done += part.value.length;
    if (performance.now() - told < PROGRESS_MS) continue;
    told = performance.now();
    tell({ kind: "loading", done, total });
  }
  const bytes = new Uint8Array(done);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tell(message: FromAnalysisWorker): void {
  postMessage(message);
}
