/**
 * FracAtlas' radiographs for training, in five folds with near-duplicates in one, for experiments that judge each fold
 * by what was learned from the others; valid.json is not read. Not started by hand.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { readCocoFile } from "@malleolus/data";

export const FOLDS = 5;

export interface FoldedRadiograph {
  readonly fileName: string;
  readonly path: string;
  readonly isFractured: boolean;
  /** Of near-duplicates. */
  readonly group: string;
  readonly fold: number;
  readonly region: string;
  readonly hasHardware: boolean;
  /** Whether it is one of the further radiographs without a fracture. */
  readonly isNormal: boolean;
}

/** Of train.json, then of normals.json; `share` of both, by a hash of their groups. */
export async function readFolds(fracatlas: string, share = 1): Promise<FoldedRadiograph[]> {
  const [train, normals] = await Promise.all(
    ["train.json", "normals.json"].map((name) => readCocoFile(join(fracatlas, name))),
  );
  return [train, normals].flatMap(({ images, annotationsByImage }) =>
    images
      .map(({ id, fileName, extra }) => ({
        fileName,
        path: join(fracatlas, "images", fileName),
        isFractured: (annotationsByImage.get(id) ?? []).length > 0,
        group: String(extra.group),
        fold: foldOf(String(extra.group)),
        region: String(extra.region),
        hasHardware: extra.hardware === true,
        isNormal: images === normals.images,
      }))
      .filter(({ group }) => hashOf(`taken ${group}`) < share * 2 ** 32),
  );
}

/** Of near-duplicates. */
export function foldOf(group: string): number {
  return hashOf(`fold ${group}`) % FOLDS;
}

function hashOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32LE();
}
