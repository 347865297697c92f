/**
 * A training set chosen from the pool by what a model says of each radiograph, kept in the study with the
 * reason of every pick; and, beside it, the hardest radiographs of all, test patients' among them, who are
 * never trained on.
 *
 * It proposes: `malleolus assign training --preferred` takes what it wrote.
 */
import type { Model, Partition, SelectionStrategy } from "@malleolus/schema";
import { readPool } from "../assignment/pool.ts";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import { requireStaff } from "../people.ts";
import type { Study } from "../study.ts";
import { type Pick, pickDiverse } from "./diverse-picks.ts";
import { requireReadPool } from "./missing-step.ts";
import {
  type ClassifiedImage,
  classifiedImages,
  findModel,
  scoredImages,
} from "./scored-images.ts";
import type { ScoredImage } from "./signals.ts";
import { type Candidate, inOrder, type Ranked, STRATEGIES } from "./strategies.ts";

export interface SelectionRequest {
  readonly strategy: SelectionStrategy;
  readonly count: number;
  /** Radiographs with a fracture to those without, in any unit: 326 to 423, or 1 to 1. */
  readonly balance: { readonly fracture: number; readonly noFracture: number };
  /** How many of the hardest of the whole pool are listed. */
  readonly hardest: number;
  /** The protocol's unless given. */
  readonly seed?: number | undefined;
  /** The beginning of the model's hash; the model that proposed last unless given. */
  readonly model?: string | undefined;
  readonly who: string;
}

export interface SelectionOutcome {
  readonly id: number;
  readonly model: Model;
  readonly seed: number;
  /** What there was to choose from. */
  readonly pool: Kinds;
  readonly picked: Kinds;
  /** Patients of the picks. */
  readonly patients: number;
  /** Picks by their case's class. */
  readonly classes: Readonly<Partial<Record<string, number>>>;
  /** Hashes in the order in which they were taken. */
  readonly images: readonly string[];
  readonly hardest: {
    readonly id: number;
    readonly images: readonly string[];
    /** Of patients who are in a part of the study already, by the part. */
    readonly partitions: Readonly<Partial<Record<Partition, number>>>;
  };
}

interface Kinds {
  readonly fracture: number;
  readonly noFracture: number;
}

/**
 * @throws StudyError `person` for a reader or annotator; `assignment` where the study is not read
 *   so far, its tests are not drawn, or the pool is too small; `record` where radiographs have no
 *   scores.
 */
export async function selectTraining(
  study: Study,
  request: SelectionRequest,
): Promise<SelectionOutcome> {
  requireStaff(study, request.who);
  const seed = request.seed ?? study.protocol.splits.seed;
  return inTransaction(study.database, async (transaction) => {
    await requireReadPool(transaction, study);
    const model = await findModel(transaction, request.model);
    const all = await classifiedImages(transaction, study);
    const scored = await scoredImages(transaction, all, model);
    const trainable = await trainableImages(transaction, study);
    const candidates = candidatesOf(all, scored);
    const pool = candidates.filter(({ image }) => trainable.has(image));
    const { noFractureClass } = study.protocol;
    const picks = pickByKind(STRATEGIES[request.strategy], pool, noFractureClass, seed, request);
    const hardest = inOrder(STRATEGIES.hard({ candidates, noFractureClass, seed }), seed).slice(
      0,
      request.hardest,
    );
    const origin = { seed, model, who: request.who };
    const { strategy } = request;
    const id = await record(transaction, { purpose: "training", strategy, ...origin }, picks);
    const listed = { purpose: "hardest" as const, strategy: "hard" as const, ...origin };
    const hardestId = await record(transaction, listed, hardest);
    const byImage = new Map(all.map((one) => [one.image, one]));
    const chosen = picks.flatMap(({ image }) => byImage.get(image) ?? []);
    return {
      id,
      model,
      seed,
      pool: kindsOf(pool, noFractureClass),
      picked: kindsOf(chosen, noFractureClass),
      patients: new Set(chosen.map(({ patient }) => patient)).size,
      classes: countBy(chosen.map((one) => one.class)),
      images: chosen.map(({ image }) => image),
      hardest: {
        id: hardestId,
        images: hardest.map(({ image }) => image),
        partitions: countBy(hardest.flatMap(({ image }) => byImage.get(image)?.partition ?? [])),
      },
    };
  });
}

/** What may be trained on: no patient of a test or of tuning, nothing on which no fracture can be seen. */
async function trainableImages(
  transaction: StudyTransaction,
  study: Study,
): Promise<ReadonlySet<string>> {
  const pool = await readPool(transaction, study, "internal");
  return new Set(
    pool
      .filter(({ partition }) => partition === null || partition === "training")
      .flatMap(({ images }) => images)
      .filter(({ impossible }) => !impossible)
      .map(({ image }) => image),
  );
}

/** Those of the images that a model has scored. */
export function candidatesOf(
  images: readonly ClassifiedImage[],
  scored: ReadonlyMap<string, ScoredImage>,
): Candidate[] {
  return images.flatMap(({ image, patient, class: name }) => {
    const own = scored.get(image);
    return own === undefined ? [] : [{ image, patient, class: name, scored: own }];
  });
}

/** Ranked together, so that priorities compare; taken for each kind by its share. */
export function pickByKind(
  strategy: (typeof STRATEGIES)[SelectionStrategy],
  pool: readonly Candidate[],
  noFractureClass: string,
  seed: number,
  { count, balance }: { readonly count: number; readonly balance: Kinds },
): Pick[] {
  const ranked = strategy({ candidates: pool, noFractureClass, seed });
  const byImage = new Map(pool.map((one) => [one.image, one]));
  const patientOf = new Map(pool.map(({ image, patient }) => [image, patient]));
  const isSound = ({ image }: Ranked) => byImage.get(image)?.class === noFractureClass;
  const [sound, broken] = [true, false].map((kind) =>
    ranked.filter((one) => isSound(one) === kind),
  );
  const quota = quotaOf(count, balance);
  const short = [
    shortage("with a fracture", quota.fracture, broken.length),
    shortage("without a fracture", quota.noFracture, sound.length),
  ].filter((one) => one !== null);
  if (short.length > 0) {
    throw new StudyError(
      "assignment",
      `the pool is too small for --count ${count}, and nothing was chosen; ${short.join("; ")}; ` +
        "ask for fewer, change --balance, or have more cases read",
    );
  }
  const taken = new Map<string, number>();
  const picks = [
    ...pickDiverse(broken, quota.fracture, patientOf, seed, taken),
    ...pickDiverse(sound, quota.noFracture, patientOf, seed, taken),
  ];
  return picks.toSorted((a, b) => b.priority - a.priority);
}

function shortage(what: string, asked: number, found: number): string | null {
  return found >= asked ? null : `radiographs ${what}: ${asked} asked, ${found} there`;
}

/** The count divided by the balance, to whole radiographs. */
export function quotaOf(count: number, { fracture, noFracture }: Kinds): Kinds {
  const broken = Math.round((count * fracture) / (fracture + noFracture));
  return { fracture: broken, noFracture: count - broken };
}

interface NewSelection {
  readonly purpose: "training" | "hardest";
  readonly strategy: SelectionStrategy;
  readonly seed: number;
  readonly model: Model;
  readonly who: string;
}

/** Rows in one statement: SQLite takes 32,766 values. */
const BATCH = 1000;

async function record(
  transaction: StudyTransaction,
  { purpose, strategy, seed, model, who }: NewSelection,
  ranked: readonly Ranked[],
): Promise<number> {
  const at = new Date().toISOString();
  const { id } = await transaction
    .insertInto("selections")
    .values({ purpose, strategy, seed, model_sha256: model.sha256, at, who })
    .returning("id")
    .executeTakeFirstOrThrow();
  for (let start = 0; start < ranked.length; start += BATCH) {
    const rows = ranked.slice(start, start + BATCH).map(({ image, priority, reason }, i) => ({
      selection_id: id,
      rank: start + i,
      image_sha256: image,
      priority,
      reason,
    }));
    await transaction.insertInto("selected_images").values(rows).execute();
  }
  return id;
}

function kindsOf(images: readonly { readonly class: string }[], noFractureClass: string): Kinds {
  const sound = images.filter(({ class: name }) => name === noFractureClass).length;
  return { fracture: images.length - sound, noFracture: sound };
}

function countBy<K extends string>(names: readonly K[]): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
