/** Starts the worker that analyses radiographs, by the one address that this page trusts. */
import workerUrl from "./analysis-worker.ts?worker&url";
import { trustOnly } from "./trust-only.ts";

let isTrusted = false;

export function startAnalysisWorker(): Worker {
  const address = new URL(workerUrl, document.baseURI).href;
  if (!isTrusted) trustOnly([address]);
  isTrusted = true;
  return new Worker(address, { type: "module", name: "analysis" });
}
