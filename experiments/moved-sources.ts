/**
 * What patches are moved from and onto: FracAtlas' radiographs for training, fractured and sound, in five folds that no
 * patch crosses. Not started by hand.
 */
import { join } from "node:path";
import {
  type CocoAnnotation,
  type CocoDataset,
  type CocoImage,
  readCocoFile,
} from "@malleolus/data";
import { polygonBounds } from "@malleolus/geometry";
import { foldOf } from "./fracatlas-folds.ts";
import { type Patch, patchAround, reachOf } from "./moved-patch.ts";
import { fitsWithin } from "./moved-places.ts";

export interface SourceRadiograph {
  readonly path: string;
  readonly fileName: string;
  readonly width: number;
  readonly height: number;
  /** Of near-duplicates. */
  readonly group: string;
  readonly fold: number;
  readonly region: string;
  readonly views: readonly string[];
}

export interface Fracture {
  readonly radiograph: SourceRadiograph;
  readonly patch: Patch;
}

export interface Sources {
  readonly fractures: readonly Fracture[];
  readonly sound: readonly SourceRadiograph[];
  /** Outlines that are moved by none, by the reason. */
  readonly left: Readonly<Record<"hardware" | "at the border" | "too large", number>>;
}

/** Of a radiograph's shorter side: what is larger is no patch. */
const GREATEST_SHARE = 0.45;

/**
 * `set` is train.json or a part of it. Of normals.json what is a near-duplicate of a radiograph in train.json that is not
 * in `set` is left out, so that nothing of the other part is used. Radiographs with hardware are left out.
 */
export async function readSources(fracatlas: string, set: string): Promise<Sources> {
  const [part, train, normals] = await Promise.all(
    [set, join(fracatlas, "train.json"), join(fracatlas, "normals.json")].map((path) =>
      readCocoFile(path),
    ),
  );
  const inPart = new Set(part.images.map(groupOf));
  const elsewhere = new Set(train.images.map(groupOf).filter((group) => !inPart.has(group)));
  const left = { hardware: 0, "at the border": 0, "too large": 0 };
  const fractures: Fracture[] = [];
  const sound: SourceRadiograph[] = [];
  for (const { images, annotationsByImage } of [part, normals] satisfies CocoDataset[]) {
    for (const image of images) {
      const annotations = annotationsByImage.get(image.id) ?? [];
      const radiograph = radiographOf(image, fracatlas);
      if (image.extra.hardware === true) left.hardware += annotations.length;
      else if (annotations.length > 0)
        fractures.push(...fracturesOf(radiograph, annotations, left));
      else if (!elsewhere.has(radiograph.group)) sound.push(radiograph);
    }
  }
  return { fractures, sound, left };
}

function radiographOf(image: CocoImage, fracatlas: string): SourceRadiograph {
  const { fileName, width, height, extra } = image;
  const group = groupOf(image);
  return {
    path: join(fracatlas, "images", fileName),
    fileName,
    width,
    height,
    group,
    fold: foldOf(group),
    region: String(extra.region),
    views: Array.isArray(extra.views) ? extra.views.map(String) : [],
  };
}

function groupOf({ extra }: CocoImage): string {
  return String(extra.group);
}

/** Outlines whose patches touch are moved together: neither may bring half of the other along. */
function fracturesOf(
  radiograph: SourceRadiograph,
  annotations: readonly CocoAnnotation[],
  left: Record<keyof Sources["left"], number>,
): Fracture[] {
  const unit = Math.max(radiograph.width, radiograph.height) / 454;
  const fractures = joined(
    annotations.map(({ polygons }) => patchAround(polygons, unit)),
    unit,
  );
  return fractures.flatMap((patch) => {
    const [x1, y1, x2, y2] = polygonBounds(...patch.outlines);
    const longest = Math.max(x2 - x1, y2 - y1);
    if (longest > GREATEST_SHARE * Math.min(radiograph.width, radiograph.height)) {
      left["too large"] += patch.outlines.length;
      return [];
    }
    if (!fitsWithin(patch, radiograph)) {
      left["at the border"] += patch.outlines.length;
      return [];
    }
    return [{ radiograph, patch }];
  });
}

export function joined(patches: readonly Patch[], unit: number): Patch[] {
  for (const [i, one] of patches.entries()) {
    for (const [j, other] of patches.entries()) {
      if (j <= i || !doTouch(one, other)) continue;
      const both = patchAround([...one.outlines, ...other.outlines], unit);
      return joined([both, ...patches.filter((patch) => patch !== one && patch !== other)], unit);
    }
  }
  return [...patches];
}

function doTouch(one: Patch, other: Patch): boolean {
  const [a, b] = [reachOf(one), reachOf(other)];
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
