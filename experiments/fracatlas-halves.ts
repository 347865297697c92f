/**
 * FracAtlas' train.json as two COCO files with near-duplicates in one of them, for experiments that train on one half and
 * are judged by the other. Not started by hand.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Writes `half-0.json` and `half-1.json` into a folder that is there; returns their paths. */
export function writeHalves(fracatlas: string, out: string): [string, string] {
  const set = z
    .looseObject({
      images: z.array(z.looseObject({ id: z.number(), group: z.string() })),
      annotations: z.array(z.looseObject({ image_id: z.number() })),
    })
    .parse(JSON.parse(readFileSync(join(fracatlas, "train.json"), "utf8")));
  const paths: [string, string] = [join(out, "half-0.json"), join(out, "half-1.json")];
  for (const [half, path] of paths.entries()) {
    const own = set.images.filter(({ group }) => halfOf(group) === half);
    const ids = new Set(own.map(({ id }) => id));
    const annotations = set.annotations.filter(({ image_id }) => ids.has(image_id));
    writeFileSync(path, JSON.stringify({ ...set, images: own, annotations }));
  }
  return paths;
}

function halfOf(group: string): number {
  return createHash("sha256").update(`half ${group}`).digest()[0] % 2;
}
