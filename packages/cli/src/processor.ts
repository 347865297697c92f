/** What this machine's processor does fast. */
import { readFileSync } from "node:fs";

/**
 * Whether convolutions in bfloat16 run in hardware (AMX, AVX-512 BF16): elsewhere they are slower
 * than in float32.
 */
export function hasFastBfloat16(cpuInfoPath = "/proc/cpuinfo"): boolean {
  try {
    return /\b(amx_bf16|avx512_bf16)\b/.test(readFileSync(cpuInfoPath, "utf8"));
  } catch {
    // No such file outside Linux: nothing is known, and float32 works everywhere.
    return false;
  }
}
