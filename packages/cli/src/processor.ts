/** This machine's processor, as far as the speed of a dtype depends on it. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";

export interface Processor {
  readonly model: string;
  /** Of its instructions those that decide the speed of convolutions, as Linux names them. */
  readonly flags: readonly string[];
}

const KNOWN_FLAGS = ["avx2", "avx512f", "avx512_bf16", "amx_bf16", "bf16"];
/** Arithmetic in bfloat16; the last is ARM's. */
const BFLOAT16_FLAGS: ReadonlySet<string> = new Set(["avx512_bf16", "amx_bf16", "bf16"]);

export function readProcessor(cpuInfoPath = "/proc/cpuinfo"): Processor {
  const model = cpus()[0]?.model.trim() ?? "unknown";
  let info: string;
  try {
    info = readFileSync(cpuInfoPath, "utf8");
  } catch {
    // No such file outside Linux: nothing is known, and float32 works everywhere.
    return { model, flags: [] };
  }
  return { model, flags: KNOWN_FLAGS.filter((flag) => new RegExp(`\\b${flag}\\b`).test(info)) };
}

/** Whether it has instructions for bfloat16 at all; elsewhere it is emulated, always slower. */
export function hasBfloat16({ flags }: Processor): boolean {
  return flags.some((flag) => BFLOAT16_FLAGS.has(flag));
}
