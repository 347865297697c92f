/**
 * Data sets that stay what they are: the COCO files of training and tuning, named by their hash, in the study's
 * `datasets/`. What a study says later is a difference from them and never changes one.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type CocoDataset, cocoText, readCocoFile } from "@malleolus/data";
import { writeFileWhole } from "@malleolus/host";
import {
  type FrozenChanges,
  type FrozenData,
  type FrozenSetName,
  frozenDataSchema,
  frozenIdSchema,
  frozenSetNameSchema,
  readJson,
} from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { cocoExport } from "./coco-export.ts";

const ID_LENGTH = 12;
/** Radiographs that a difference names; all are counted. */
const MOST_NAMED = 200;
const SETS = frozenSetNameSchema.options;

/**
 * Freezes what is assigned to training and tuning now. The same content is frozen once, whoever asks again.
 *
 * @throws StudyError `assignment` where nothing is assigned to training, or a radiograph has no truth.
 */
export async function freezeData(study: Study, who: string): Promise<FrozenData> {
  const texts = new Map<FrozenSetName, string>();
  const sets: FrozenData["sets"] = { training: null, tuning: null };
  for (const set of SETS) {
    if (set === "tuning" && !(await isAssigned(study, set))) continue;
    const { dataset } = await cocoExport(study, set);
    const text = cocoText(dataset);
    texts.set(set, text);
    const { images, annotations } = dataset;
    sets[set] = { sha256: hashOf(text), images: images.length, annotations: annotations.length };
  }
  const sha256 = hashOf(SETS.map((set) => sets[set]?.sha256 ?? "none").join("\n"));
  const id = sha256.slice(0, ID_LENGTH);
  const folder = join(studyDatasets(study), id);
  if (existsSync(folder)) return readFrozen(study, id);
  const at = new Date().toISOString();
  const frozen: FrozenData = { format: "malleolus-frozen-1", id, sha256, at, who, sets };
  const aside = `${folder}.${process.pid}.part`;
  try {
    mkdirSync(aside, { recursive: true });
    for (const [set, text] of texts) writeFileWhole(join(aside, `${set}.json`), text);
    writeFileWhole(join(aside, "frozen.json"), `${JSON.stringify(frozen, null, 2)}\n`);
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return frozen;
}

/** The newest first. */
export function listFrozen(study: Study): FrozenData[] {
  const folder = studyDatasets(study);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => frozenIdSchema.safeParse(name).success)
    .map((name) => readFrozen(study, name))
    .toSorted((a, b) => (a.at < b.at ? 1 : -1));
}

/** Where a frozen set's COCO file lies; null where there was none of it. */
export function frozenFile(study: Study, id: string, set: FrozenSetName): string | null {
  const { sets } = readFrozen(study, id);
  return sets[set] === null ? null : join(studyDatasets(study), id, `${set}.json`);
}

/**
 * What the study has now against what was frozen, radiograph by radiograph.
 *
 * @throws StudyError `not-found`, and as `freezeData`.
 */
export async function frozenChanges(study: Study, id: string): Promise<FrozenChanges> {
  const radiographs: FrozenChanges["radiographs"] = [];
  for (const set of SETS) {
    const path = frozenFile(study, id, set);
    const before = path === null ? new Map<string, Held>() : heldIn(await readCocoFile(path));
    const isThere = set === "training" || (await isAssigned(study, set));
    const now = isThere ? heldIn((await cocoExport(study, set)).dataset) : new Map<string, Held>();
    for (const [file, { caseId, content }] of now) {
      const old = before.get(file);
      if (old?.content === content) continue;
      radiographs.push({
        set,
        file,
        case: caseId,
        what: old === undefined ? "added" : "changed",
      });
    }
    for (const [file, { caseId }] of before) {
      if (!now.has(file)) radiographs.push({ set, file, case: caseId, what: "removed" });
    }
  }
  const count = (what: string) => radiographs.filter((one) => one.what === what).length;
  return {
    added: count("added"),
    removed: count("removed"),
    changed: count("changed"),
    radiographs: radiographs.slice(0, MOST_NAMED),
  };
}

interface Held {
  readonly caseId: string | null;
  /** All that a training learns of it. */
  readonly content: string;
}

function heldIn({ images, categories, annotationsByImage }: CocoDataset): Map<string, Held> {
  const names = new Map(categories.map(({ id, name }) => [id, name]));
  return new Map(
    images.map(({ id, fileName, extra }) => {
      const drawn = (annotationsByImage.get(id) ?? []).map(({ categoryId, polygons }) => [
        names.get(categoryId),
        polygons,
      ]);
      const content = JSON.stringify([extra.class, extra.visibility, drawn]);
      return [fileName, { caseId: typeof extra.case === "string" ? extra.case : null, content }];
    }),
  );
}

function readFrozen(study: Study, id: string): FrozenData {
  const path = join(studyDatasets(study), id, "frozen.json");
  if (!existsSync(path)) {
    throw new StudyError("not-found", `There is no frozen data set ${id} in this study.`);
  }
  return readJson(frozenDataSchema, readFileSync(path, "utf8"), path);
}

async function isAssigned({ database }: Study, set: FrozenSetName): Promise<boolean> {
  const row = await database
    .selectFrom("assigned_images")
    .select("image_sha256")
    .where("assignment", "=", set)
    .executeTakeFirst();
  return row !== undefined;
}

function studyDatasets({ folder }: Study): string {
  return join(folder, "datasets");
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
