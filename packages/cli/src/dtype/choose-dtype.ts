/**
 * The faster dtype on this machine. What a processor's flags promise does not decide: oneDNN's bfloat16
 * for AVX-512 alone is slower than its float32 with one LibTorch and faster with another.
 */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Output } from "../output.ts";
import { hasBfloat16, type Processor, readProcessor } from "../processor.ts";
import { keepMeasurement, keptMeasurement, type Measured } from "./kept-measurements.ts";
import type { DtypeTask, DtypeTimes, Shape } from "./measure-dtypes.ts";

export type Dtype = "float32" | "bfloat16";

export interface DtypeChoice {
  readonly dtype: Dtype;
  /** Why, as a person is told. */
  readonly reason: string;
}

/** bfloat16 is less precise: it is taken where it saves at least this share of the time. */
const LEAST_SAVING = 0.1;

/**
 * Measures, with the threads that are set, where it has not been measured; `kept` is the folder of measurements (that of
 * the addon), and `shapes` are convolutions to measure instead of a network's.
 */
export async function chooseDtype(
  task: DtypeTask,
  {
    processor = readProcessor(),
    kept,
    shapes,
  }: { processor?: Processor; kept?: string | undefined; shapes?: readonly Shape[] } = {},
): Promise<DtypeChoice> {
  if (!hasBfloat16(processor)) {
    return { dtype: "float32", reason: "this processor has no instructions for bfloat16" };
  }
  const { addonPath, libtorchVersion, threads } = await import("@malleolus/torch");
  const folder = kept ?? dirname(addonPath());
  const { size, mtimeMs } = statSync(addonPath());
  const measured: Measured = {
    task,
    libtorch: libtorchVersion(),
    addon: `${size} bytes of ${Math.round(mtimeMs)}`,
    processor: processor.model,
    flags: processor.flags,
    threads: threads(),
    onednnMaxCpuIsa: process.env.ONEDNN_MAX_CPU_ISA ?? null,
  };
  const found = keptMeasurement(folder, measured);
  if (found !== null) return choiceOf(found, measured, "measured earlier");
  const { measureDtypes } = await import("./measure-dtypes.ts");
  const times = measureDtypes(task, shapes);
  const isKept = keepMeasurement(folder, measured, times);
  const when = isKept ? "measured just now" : `measured just now, since ${folder} keeps nothing`;
  return choiceOf(times, measured, when);
}

/**
 * For a detector's file. What is measured is convolutions as a ResNet has them: an EfficientNet-Lite's depthwise ones and
 * its blocks in one pass are there in float32 alone.
 */
export async function chooseDetectionDtype(
  path: string,
  options: { processor?: Processor; kept?: string | undefined } = {},
): Promise<DtypeChoice> {
  if (hasBfloat16(options.processor ?? readProcessor())) {
    const { isOnEfficientNetLite } = await import("@malleolus/networks");
    if (isOnEfficientNetLite(path)) {
      return {
        dtype: "float32",
        reason: "an EfficientNet-Lite2 has its fast ways in float32 alone",
      };
    }
  }
  return chooseDtype("detection", options);
}

/** For a detector's file; says which, and why. */
export async function fasterDtype(path: string, output: Output): Promise<Dtype> {
  const choice = await chooseDetectionDtype(path);
  sayDtype(choice, output);
  return choice.dtype;
}

/** One line to the person at the terminal, never among the results. */
export function sayDtype({ dtype, reason }: DtypeChoice, { writeError }: Output): void {
  writeError(`computing in ${dtype}: ${reason}\n`);
}

function choiceOf({ float32Ms, bfloat16Ms }: DtypeTimes, of: Measured, when: string): DtypeChoice {
  const dtype = bfloat16Ms <= float32Ms * (1 - LEAST_SAVING) ? "bfloat16" : "float32";
  const times = `${float32Ms.toFixed(1)} ms in float32 and ${bfloat16Ms.toFixed(1)} in bfloat16`;
  return {
    dtype,
    reason: `convolutions of ${of.task} take ${times} with LibTorch ${of.libtorch} (${when})`,
  };
}
