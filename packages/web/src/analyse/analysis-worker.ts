/**
 * The worker that analyses radiographs, by the engine that fits or that was asked for. The detector comes in, and
 * findings go out to the page: nothing goes to a server.
 */
import "../without-eval.ts";

import { type OnnxDetectableImage, openOnnxDetector } from "@malleolus/onnx";
import type { FromAnalysisWorker, OpenedDetector, ToAnalysisWorker } from "./analysis-messages.ts";
import { type EngineDetector, openEngineDetector } from "./engine-detector.ts";
import { fittingEngine, loadEngine, threads } from "./engines.ts";

/** The score from which a detector without a decision shows its findings, as `malleolus predict` does. */
const PLAIN_THRESHOLD = 0.5;
/** A message for every chunk would keep the page busy. */
const PROGRESS_MS = 100;

let opened: EngineDetector | null = null;

addEventListener("message", (event: MessageEvent<ToAnalysisWorker>) => {
  const message = event.data;
  const work = message.kind === "open" ? open(message) : analyse(message.image);
  work.catch((error: unknown) => {
    const status = error instanceof NotHandedOut ? error.status : 0;
    tell({
      kind: "failed",
      status,
      reason: error instanceof Error ? error.message : String(error),
    });
  });
});

async function open({
  detector: url,
  engine: wanted,
}: Extract<ToAnalysisWorker, { kind: "open" }>): Promise<void> {
  const model = await download(url);
  const fitting = wanted ?? (await fittingEngine());
  opened = await openEngineDetector(fitting, wanted !== null, async (engine) => {
    const { runtime, session } = await loadEngine(engine);
    return openOnnxDetector(model, url, runtime, { session });
  });
  tell({ kind: "ready", detector: describe(opened) });
}

async function analyse(image: OnnxDetectableImage): Promise<void> {
  if (opened === null) throw new Error("internal: a radiograph came before the detector");
  const began = performance.now();
  const analysis = await opened.analyze(image);
  const ms = performance.now() - began;
  // Another engine may have taken over.
  tell({ kind: "found", analysis, ms, detector: describe(opened) });
}

function describe(by: EngineDetector): OpenedDetector {
  const { engine, isInstead, detector } = by.current();
  const threshold = detector.decision?.findingThreshold ?? PLAIN_THRESHOLD;
  return { classes: detector.classes, threshold, engine, threads, isInstead };
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
