/**
 * Measurements of dtypes that are kept: a small file each, beside the addon or in a service's inbox, named for what was
 * measured and where. It is there whole or not at all, and two programs that measure at once do not harm each
 * other. One that cannot be read, or is of something else, is as good as none.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileWhole } from "@malleolus/host";
import { z } from "zod";
import type { DtypeTask, DtypeTimes } from "./measure-dtypes.ts";

/** All that the times depend on but what else the machine is doing. */
export interface Measured {
  readonly task: DtypeTask;
  readonly libtorch: string;
  /** Tells one build of the addon from the next. */
  readonly addon: string;
  readonly processor: string;
  readonly flags: readonly string[];
  /** That share a convolution: bfloat16 may save on one core what it does not on all. */
  readonly threads: number;
  /** What keeps oneDNN from instructions that the processor has; null where nothing does. */
  readonly onednnMaxCpuIsa: string | null;
}

const FORMAT = "malleolus-dtype-2";

const fileSchema = z.strictObject({
  format: z.literal(FORMAT),
  task: z.enum(["training", "detection"]),
  libtorch: z.string(),
  addon: z.string(),
  processor: z.string(),
  flags: z.array(z.string()),
  threads: z.int().positive(),
  onednnMaxCpuIsa: z.string().nullable(),
  float32Ms: z.number().positive(),
  bfloat16Ms: z.number().positive(),
});

export function measurementPath(folder: string, measured: Measured): string {
  const name = createHash("sha256").update(canonical(measured)).digest("hex").slice(0, 12);
  return join(folder, `dtype-${measured.task}-${name}.json`);
}

/** Null without one. */
export function keptMeasurement(folder: string, measured: Measured): DtypeTimes | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(measurementPath(folder, measured), "utf8"));
  } catch {
    return null;
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success || canonical(parsed.data) !== canonical(measured)) return null;
  const { float32Ms, bfloat16Ms } = parsed.data;
  return { float32Ms, bfloat16Ms };
}

/** False where the folder cannot be written to: then it is measured again the next time. */
export function keepMeasurement(folder: string, measured: Measured, times: DtypeTimes): boolean {
  const text = `${JSON.stringify({ format: FORMAT, ...measured, ...times }, null, 2)}\n`;
  try {
    writeFileWhole(measurementPath(folder, measured), text);
    return true;
  } catch {
    return false;
  }
}

function canonical(measured: Measured): string {
  const { task, libtorch, addon, processor, flags, threads, onednnMaxCpuIsa } = measured;
  return JSON.stringify([task, libtorch, addon, processor, flags, threads, onednnMaxCpuIsa]);
}
