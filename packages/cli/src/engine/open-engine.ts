/** Opens a detector with the engine that was asked for; the other one is not loaded. */
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { chooseDetectionDtype, sayDtype } from "../dtype/choose-dtype.ts";
import { CliError } from "../errors.ts";
import type { Output } from "../output.ts";
import type { Engine, EngineName } from "./engine.ts";

export interface EngineOptions {
  /** Of LibTorch's convolutions; undefined for the faster one here. */
  readonly dtype: "float32" | "bfloat16" | undefined;
  /** The folder of the measurement by which the faster one is chosen; undefined for that of the addon. */
  readonly measurements?: string | undefined;
  /** Undefined for all cores. */
  readonly threads: number | undefined;
  readonly scoreThreshold: number;
  /** Says nothing that a program might read as its answer. */
  readonly isQuiet: boolean;
  readonly output: Output;
}

/**
 * @throws CliError `engine` for options that the engine does not have.
 * @throws ModelError or OnnxError `checkpoint` where the file is no detector, or not whole.
 */
export async function openEngine(
  name: EngineName,
  path: string,
  options: EngineOptions,
): Promise<Engine> {
  return name === "onnx" ? openOnnx(path, options) : openLibTorch(path, options);
}

/** Loads an engine's programs, for whoever will open a detector of it in a moment. */
export async function loadEngine(name: EngineName): Promise<void> {
  await Promise.all(
    name === "onnx"
      ? [import("@malleolus/onnx"), loadOnnxRuntime()]
      : [import("@malleolus/networks"), import("@malleolus/torch")],
  );
}

async function openLibTorch(path: string, options: EngineOptions): Promise<Engine> {
  if (isOnnx(path)) {
    throw new CliError(
      "engine",
      `${path}: expected a model.safetensors, got a file of ONNX, which LibTorch does not run; add --engine onnx`,
    );
  }
  const { openDetector } = await import("@malleolus/networks");
  const { setThreads } = await import("@malleolus/torch");
  const { dtype, measurements, threads, scoreThreshold, isQuiet, output } = options;
  if (threads !== undefined) setThreads(threads);
  const choice =
    dtype === undefined ? await chooseDetectionDtype(path, { kept: measurements }) : null;
  const precision = dtype ?? choice?.dtype ?? "float32";
  const detector = openDetector(path, { precision, scoreThreshold });
  if (choice !== null && !isQuiet) sayDtype(choice, output);
  return { ...detector, engine: "libtorch" };
}

async function openOnnx(path: string, options: EngineOptions): Promise<Engine> {
  const { dtype, threads, scoreThreshold } = options;
  if (dtype === "bfloat16") {
    throw new CliError(
      "engine",
      "--engine onnx: expected --dtype float32, got bfloat16, in which ONNX Runtime has no convolution; " +
        "leave --dtype out",
    );
  }
  const { exportNetwork, openOnnxDetector } = await import("@malleolus/onnx");
  const runtime = await loadOnnxRuntime();
  const file = readFileSync(path);
  const model = isOnnx(path) ? file : exportNetwork(file, path, { weightType: "float32" });
  const detector = await openOnnxDetector(model, path, runtime, {
    scoreThreshold,
    session: threads === undefined ? {} : { intraOpNumThreads: threads },
  });
  return { ...detector, engine: "onnx", precision: "float32" };
}

/** By itself it uploads figures of its use to its makers; a hospital's machine sends nothing that nobody named. */
async function loadOnnxRuntime() {
  process.env.ORT_DISABLE_TELEMETRY = "1";
  return import("onnxruntime-node");
}

function isOnnx(path: string): boolean {
  return extname(path) === ".onnx";
}
