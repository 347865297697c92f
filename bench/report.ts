/** A benchmark's rows for people and for machines, with where they were measured. */
import { readFileSync } from "node:fs";
import { arch, cpus, totalmem } from "node:os";
import type { Row } from "./measure.ts";

export interface Report {
  readonly name: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** The processor, its cores and the instructions that decide the speed. */
export function machine(threads: number): Record<string, string | number> {
  const limit = process.env.ONEDNN_MAX_CPU_ISA;
  return {
    processor: `${arch()} ${cpus()[0]?.model.trim() ?? "unknown"}`,
    cores: cpus().length,
    threads,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    instructions: instructions().join(" ") || "none of those that count",
    // Set, it keeps oneDNN from the instructions above it, as on a processor that lacks them.
    ...(limit === undefined ? {} : { onednnMaxCpuIsa: limit }),
  };
}

/** Whether the processor has instructions for bfloat16: elsewhere it is emulated, and no use to time. */
export function hasBfloat16(): boolean {
  return instructions().some((flag) => flag.endsWith("bf16"));
}

/** Of those that decide the speed, as Linux names them; none where it does not tell. */
function instructions(): string[] {
  let flags: string;
  try {
    flags = readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return [];
  }
  const known = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];
  return known.filter((flag) => new RegExp(`\\b${flag}\\b`).test(flags));
}

/** The table as people read it. */
export function table(report: Report): string {
  const lines = report.rows.map((row) => [
    row.case,
    time(row.oursMs),
    `(${time(row.oursRangeMs[0])} to ${time(row.oursRangeMs[1])})`,
    row.peerMs === null ? "no peer" : time(row.peerMs),
    row.peerRangeMs === null ? "" : `(${time(row.peerRangeMs[0])} to ${time(row.peerRangeMs[1])})`,
    row.ratio === null ? "" : row.ratio.toFixed(2),
    row.peer ?? "",
    row.note ?? "",
  ]);
  const head = ["case", "ours", "", "peer", "", "peer / ours", "against", ""];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const print = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const where = [
    ...Object.entries(report.machine).map(([key, value]) => `${key} ${value}`),
    ...Object.entries(report.versions).map(([key, value]) => `${key} ${value}`),
  ];
  return [
    `${report.name}: medians, with the least and the most in brackets`,
    where.join(", "),
    "",
    print(head),
    ...lines.map(print),
  ].join("\n");
}

function time(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms >= 1) return `${ms.toFixed(1)} ms`;
  return `${(ms * 1000).toFixed(2)} µs`;
}
