/** The hashes, seeds and counts from which a report's figures can be got again. */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Provenance } from "@malleolus/evaluation";
import { readRun, readSeenImages } from "@malleolus/runs";
import { type Assignment, readJson } from "@malleolus/schema";
import { assignedImages, type Study, studyDates } from "@malleolus/studies";
import { z } from "zod";
import manifest from "../../package.json" with { type: "json" };
import type { Separation } from "./separation.ts";

export interface KnownRun {
  readonly detector: Provenance["detector"];
  /** The run's folder; null where none is known. */
  readonly run: string | null;
  readonly separation: Separation;
}

export async function studyProvenance(
  study: Study,
  { detector, run, separation }: KnownRun,
): Promise<Provenance> {
  const { configuration, protocol, folder } = study;
  const { people, splits, thresholds, zonesMm } = protocol;
  return {
    study: {
      name: configuration.name,
      pictures: await countPictures(study),
      protocolSha256: sha256(readFileSync(join(folder, configuration.protocol))),
      splitSeed: splits.seed,
      hospitals: configuration.hospitals.map(({ id, role }) => ({ id, role })),
      annotationIou: thresholds.annotationIou,
      fractureLineMm: zonesMm.fractureLine,
      people: {
        observers: people.observers,
        seniors: people.seniors,
        surgeons: people.referenceSurgeons,
        annotators: people.annotators,
      },
      dates: await studyDates(study),
      languages: [...new Set(configuration.hospitals.flatMap(({ language }) => language ?? []))],
    },
    data: await dataHashes(study),
    code: { version: manifest.version, sha256: sourceSha256() },
    detector,
    training: run === null ? null : trainingOf(run),
    separation,
  };
}

const SETS: readonly (readonly [set: string, assignment: Assignment])[] = [
  ["Training", "training"],
  ["Tuning", "tuning"],
  ["Internal test", "internal test"],
  ["External test", "external test"],
];

/** Of each set that holds anything, over its radiographs by hash, their classes and their outlines. */
export async function dataHashes(study: Study): Promise<Provenance["data"]> {
  const hashes: { set: string; sha256: string }[] = [];
  for (const [set, assignment] of SETS) {
    const images = await assignedImages(study, assignment);
    if (images.length === 0) continue;
    const lines = images.map(({ sha256: image, class: name, visibility, instance }) =>
      JSON.stringify([image, name, visibility, instance?.polygons ?? null]),
    );
    hashes.push({ set, sha256: sha256(lines.join("\n")) });
  }
  return hashes;
}

async function countPictures(study: Study): Promise<number> {
  let pictures = 0;
  for (const [, assignment] of SETS) {
    const images = await assignedImages(study, assignment);
    pictures += images.filter(({ fileName }) => !fileName.endsWith(".dcm")).length;
  }
  return pictures;
}

/** What of a recipe is told; recipes of other versions may lack some of it. */
const shownRecipeSchema = z.looseObject({
  name: z.string(),
  seed: z.number().optional(),
  batchSize: z.number().optional(),
  model: z
    .looseObject({
      backbone: z
        .union([
          z.looseObject({ depth: z.number(), width: z.number(), norm: z.string() }),
          z.looseObject({ kind: z.literal("efficientnet-lite2"), norm: z.string() }),
        ])
        .optional(),
    })
    .optional(),
  weights: z.looseObject({ sha256: z.string() }).nullish(),
});

function trainingOf(run: string): Provenance["training"] {
  const path = join(run, "recipe.json");
  const text = readFileSync(path);
  const recipe = readJson(shownRecipeSchema, text.toString("utf8"), path);
  const { summary } = readRun(run);
  const seen = readSeenImages(join(run, "model.safetensors"));
  return {
    recipe: recipe.name,
    network: networkWords(recipe.model?.backbone),
    recipeSha256: sha256(text),
    seed: recipe.seed ?? null,
    steps: summary.steps,
    stepsPlanned: summary.stepsPlanned,
    batchSize: recipe.batchSize ?? null,
    weightsSha256: recipe.weights?.sha256 ?? null,
    seenTraining: seen?.training.size ?? null,
    seenTuning: seen?.tuning.size ?? null,
  };
}

type ShownBackbone = NonNullable<z.infer<typeof shownRecipeSchema>["model"]>["backbone"];

function networkWords(backbone: ShownBackbone): string | null {
  if (backbone === undefined) return null;
  const under =
    "kind" in backbone && backbone.kind === "efficientnet-lite2"
      ? "an EfficientNet-Lite2"
      : `a ResNet-${backbone.depth} of width ${backbone.width}`;
  return `A Mask R-CNN with a feature pyramid on ${under}, with ${backbone.norm} norm, finds, classifies and outlines fractures.`;
}

/** Of every file of the program that is no test, by its path; null where they are not there. */
function sourceSha256(): string | null {
  const packages = join(import.meta.dirname, "../../..");
  const files = globSync("*/{src,native}/**/*.{ts,cc,cuh,h}", { cwd: packages })
    .filter((path) => !path.endsWith(".test.ts"))
    .toSorted();
  if (files.length === 0) return null;
  const hash = createHash("sha256");
  for (const path of files) {
    hash
      .update(`${path}\n`)
      .update(readFileSync(join(packages, path)))
      .update("\n");
  }
  return hash.digest("hex");
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
