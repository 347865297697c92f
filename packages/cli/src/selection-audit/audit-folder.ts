/**
 * An audit's folder: the plan as it was at the beginning, the data set, a folder for every training, and what
 * each reached. What is there is not done again; a plan that has changed since is refused, because outcomes
 * are fixed before the first training or they are not fixed.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { PreliminaryResult } from "@malleolus/evaluation";
import { writeFileWhole } from "@malleolus/host";
import {
  readJson,
  type SelectionAuditPlan,
  type SelectionAuditRun,
  selectionAuditPlanSchema,
  selectionAuditRunSchema,
  selectionAuditSchema,
} from "@malleolus/schema";
import { CliError } from "../errors.ts";

export interface FixedPlan {
  readonly plan: SelectionAuditPlan;
  readonly sha256: string;
}

/**
 * The plan, and a copy of it in the folder.
 *
 * @throws CliError `folder` where the folder's audit began with another plan; SchemaError for no plan.
 */
export function fixPlan(path: string, folder: string, now: Date): FixedPlan {
  const text = readFileSync(path, "utf8");
  const plan = readJson(selectionAuditPlanSchema, text, path);
  const copy = join(folder, "plan.json");
  if (existsSync(copy)) {
    if (readFileSync(copy, "utf8") !== text) {
      throw new CliError(
        "folder",
        `${folder}: expected the plan that this audit began with, got another one in ${path}; what counts ` +
          "is fixed before the first training: give another --out for another plan",
      );
    }
  } else {
    if (new Date(plan.fixedAt) > now) {
      throw new CliError(
        "folder",
        `${path}: expected a plan fixed before the first training, got fixedAt ${plan.fixedAt}, which is ` +
          "to come; write down when it was fixed",
      );
    }
    writeFileWhole(copy, text);
  }
  return { plan, sha256: createHash("sha256").update(text).digest("hex") };
}

/** As `hard-200-seed-3`. */
export function nameOf({ strategy, size, seed }: Omit<SelectionAuditRun, "patients">): string {
  return `${strategy}-${size}-seed-${seed}`;
}

/** What a training reached; null where that was not measured yet. */
export function readMeasured(folder: string, name: string): SelectionAuditRun | null {
  const path = measuredPath(folder, name);
  if (!existsSync(path)) return null;
  return readJson(selectionAuditRunSchema, readFileSync(path, "utf8"), path);
}

export function writeMeasured(folder: string, run: SelectionAuditRun): void {
  writeFileWhole(measuredPath(folder, nameOf(run)), `${JSON.stringify(run)}\n`);
}

function measuredPath(folder: string, name: string): string {
  return join(folder, "measured", `${name}.json`);
}

/**
 * An audit that is done, as a report tells it.
 *
 * @throws CliError `folder` where the folder holds none, or one that is not done.
 */
export function readSelectionAudit(
  folder: string,
): NonNullable<PreliminaryResult["selectionAudit"]> {
  const [plan, audit] = ["plan.json", "audit.json"].map((name) => join(folder, name));
  const missing = [plan, audit].filter((path) => !existsSync(path));
  if (missing.length > 0) {
    throw new CliError(
      "folder",
      `${folder}: expected plan.json and audit.json of malleolus audit-selection, got no ` +
        `${missing.map((path) => basename(path)).join(" and no ")}; give the folder that was its --out, ` +
        "or start the same audit again, which goes on",
    );
  }
  return {
    plan: readJson(selectionAuditPlanSchema, readFileSync(plan, "utf8"), plan),
    audit: readJson(selectionAuditSchema, readFileSync(audit, "utf8"), audit),
    on: null,
  };
}
