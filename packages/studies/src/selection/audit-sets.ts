/**
 * The training sets that an audit of selection compares: growing ones, chosen by two strategies from the same
 * pool, of radiographs that are annotated already. Nothing is recorded in the study, and nobody is assigned.
 */
import { type Model, type SelectionStrategy, selectionStrategySchema } from "@malleolus/schema";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import { assignedImages } from "../export/assigned-images.ts";
import { requireStaff } from "../people.ts";
import type { Study } from "../study.ts";
import { classifiedImages, findModel, scoredImages } from "./scored-images.ts";
import { candidatesOf, pickByKind } from "./select-training.ts";
import { STRATEGIES } from "./strategies.ts";

export interface AuditSetsRequest {
  readonly strategies: readonly string[];
  readonly sizes: readonly number[];
  readonly seeds: readonly number[];
  /** The beginning of the hash of the model whose scores choose; the one that proposed last unless given. */
  readonly model?: string | undefined;
  readonly who: string;
}

export interface AuditSet {
  readonly strategy: string;
  readonly size: number;
  readonly seed: number;
  /** Hashes. */
  readonly images: readonly string[];
}

/**
 * One a strategy, size and seed, each with the protocol's balance of fractures; a larger set of a seed holds
 * the smaller ones.
 *
 * @throws StudyError `person` for a reader or annotator; `assignment` where the pool is too small; `record`
 *   for an unknown strategy or radiographs without scores.
 */
export async function auditSets(
  study: Study,
  request: AuditSetsRequest,
): Promise<{ readonly model: Model; readonly sets: readonly AuditSet[] }> {
  requireStaff(study, request.who);
  const strategies = request.strategies.map(strategyCalled);
  const trained = await assignedImages(study, "training");
  const annotated = new Set(
    trained
      .filter((one) => one.annotated && one.visibility !== "impossible")
      .map(({ sha256 }) => sha256),
  );
  const { model, pool } = await inTransaction(study.database, async (transaction) => {
    const found = await findModel(transaction, request.model);
    const all = await classifiedImages(transaction, study);
    const own = all.filter(({ image }) => annotated.has(image));
    return { model: found, pool: candidatesOf(own, await scoredImages(transaction, own, found)) };
  });
  const { noFractureClass, splits } = study.protocol;
  const sets = strategies.flatMap((strategy) =>
    request.seeds.flatMap((seed) =>
      request.sizes.map((size) => {
        const asked = { count: size, balance: splits.training };
        const picks = pickByKind(STRATEGIES[strategy], pool, noFractureClass, seed, asked);
        return { strategy, size, seed, images: picks.map(({ image }) => image) };
      }),
    ),
  );
  return { model, sets };
}

function strategyCalled(name: string): SelectionStrategy {
  const found = selectionStrategySchema.options.find((one) => one === name);
  if (found !== undefined) return found;
  throw new StudyError(
    "record",
    `expected a strategy (${selectionStrategySchema.options.join(", ")}), got "${name}"; mend the plan`,
  );
}
