/**
 * ONNX Runtime in the browser, in two builds: WebAssembly on the processor, and WebGPU on the graphics card with
 * WebAssembly for the steps that it has no program for. Each is loaded when it is first needed; all its files
 * lie beside the page.
 */
import type { OnnxRuntime, SessionOptions } from "@malleolus/onnx";
import gpuModule from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url";
import gpuProgram from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import cpuModule from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import cpuProgram from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { Engine } from "./engine-detector.ts";
import { trustOnly } from "./trust-only.ts";

interface LoadedEngine {
  readonly runtime: OnnxRuntime;
  readonly session: SessionOptions;
}

const MOST_THREADS = 8;

/** Without isolation browsers refuse threads. */
export const threads = crossOriginIsolated
  ? Math.min(navigator.hardwareConcurrency, MOST_THREADS)
  : 1;

const addresses = {
  webgpu: { mjs: absolute(gpuModule), wasm: absolute(gpuProgram) },
  wasm: { mjs: absolute(cpuModule), wasm: absolute(cpuProgram) },
};
// A runtime starts its threads itself: its own module is an address that a thread may begin with.
trustOnly([addresses.webgpu.mjs, addresses.wasm.mjs]);

/** WebGPU where the browser has it from a real graphics card: in software it is slower than WebAssembly. */
export async function fittingEngine(): Promise<Engine> {
  if (!("gpu" in navigator)) return "wasm";
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  return adapter === null || adapter.info.isFallbackAdapter ? "wasm" : "webgpu";
}

export async function loadEngine(engine: Engine): Promise<LoadedEngine> {
  const runtime =
    engine === "webgpu"
      ? await import("onnxruntime-web/webgpu")
      : await import("onnxruntime-web/wasm");
  runtime.env.wasm.numThreads = threads;
  runtime.env.wasm.wasmPaths = addresses[engine];
  const session = { executionProviders: engine === "webgpu" ? ["webgpu", "wasm"] : ["wasm"] };
  return { runtime, session };
}

function absolute(url: string): string {
  return new URL(url, import.meta.url).href;
}
