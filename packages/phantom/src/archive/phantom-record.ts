/**
 * The truth of a simulated examination, beside its files: never shown to a network or a reader, always
 * the reference that both are measured against.
 */
import { readFileSync } from "node:fs";
import {
  decodeRuns,
  encodeRuns,
  type Mask,
  runsFromString,
  runsToString,
} from "@malleolus/geometry";
import { readJson } from "@malleolus/schema";
import { z } from "zod";
import { EXCLUSIONS, type PatientSpec } from "../patient/patient.ts";
import { CONSPICUITIES } from "../radiography/conspicuity.ts";
import type { StudyFacts } from "./simulation-messages.ts";

/** Compressed run lengths, as COCO writes them. */
const runsSchema = z.strictObject({
  size: z.tuple([z.int().positive(), z.int().positive()]),
  counts: z.string(),
});

const weberClassSchema = z.enum(["A", "B", "C"]);

const exclusionSchema = z.enum(EXCLUSIONS);

const recordSchema = z.strictObject({
  format: z.literal("malleolus-phantom-2"),
  phantomVersion: z.int().nonnegative(),
  hospital: z.enum(["internal", "external"]),
  seed: z.string(),
  number: z.int().positive(),
  /** The patient's own seed: with the spec, `samplePatient` gives the patient again. */
  patientSeed: z.string(),
  spec: z.strictObject({
    weberClass: weberClassSchema.nullable(),
    exclusion: exclusionSchema.nullable(),
  }),
  patientId: z.string(),
  accessionNumber: z.string(),
  /** `20190410` */
  studyDate: z.string(),
  /** Millimetres above the plafond; null without a fracture. */
  fracture: z
    .strictObject({
      weberClass: weberClassSchema,
      morphology: z.string(),
      lowestMm: z.number(),
      highestMm: z.number(),
      gapMm: z.number(),
      displacementMm: z.number(),
    })
    .nullable(),
  report: z.strictObject({
    language: z.enum(["en", "nl"]),
    text: z.string(),
    /** What the radiologist held to be so. */
    says: z.enum(["fracture", "possible fracture", "no fracture"]),
  }),
  images: z.array(
    z.strictObject({
      /** Relative to the archive. */
      file: z.string(),
      view: z.enum(["ap", "mortise", "lateral"]),
      /** Of a pixel at the depth of the ankle. */
      spacingMm: z.number().positive(),
      /** Null without a fracture. */
      conspicuity: z.enum(CONSPICUITIES).nullable(),
      contrast: z.number().nullable(),
      tibia: runsSchema,
      fibula: runsSchema,
      /** The gap, widened to 3 mm; null without a fracture. */
      fracture: runsSchema.nullable(),
      /** Of an unbroken fibula, to 60 mm above the plafond; null with a fracture. */
      noFracture: runsSchema.nullable(),
    }),
  ),
});
export type PhantomRecord = z.infer<typeof recordSchema>;
export type PhantomImage = PhantomRecord["images"][number];
export type StoredMask = z.infer<typeof runsSchema>;

export interface RecordedStudy {
  readonly phantomVersion: number;
  readonly hospital: PhantomRecord["hospital"];
  readonly seed: string;
  readonly number: number;
  readonly spec: PatientSpec;
  readonly study: StudyFacts;
  /** One an image, relative to the archive. */
  readonly files: readonly string[];
}

export function phantomRecord({ study, spec, files, ...given }: RecordedStudy): PhantomRecord {
  const { header, patient, report } = study;
  return {
    format: "malleolus-phantom-2",
    ...given,
    patientSeed: patient.seed,
    spec: { weberClass: spec.weberClass, exclusion: spec.exclusion },
    patientId: header.patientId,
    accessionNumber: header.accessionNumber,
    studyDate: header.date,
    fracture: study.fracture,
    report: { language: report.language, text: report.text, says: report.says },
    images: study.images.map(({ radiograph }, i) => {
      const { tibia, fibula, fracture, noFracture } = radiograph.truth;
      return {
        file: files[i],
        view: radiograph.view,
        spacingMm: radiograph.spacingMm,
        conspicuity: radiograph.conspicuity,
        contrast: radiograph.fractureContrast,
        tibia: stored(tibia),
        fibula: stored(fibula),
        fracture: fracture === null ? null : stored(fracture),
        noFracture: noFracture === null ? null : stored(noFracture),
      };
    }),
  };
}

/** @throws SchemaError with the first place that is wrong. */
export function readPhantomRecord(path: string): PhantomRecord {
  return readJson(readableSchema, readFileSync(path, "utf8"), path);
}

const firstVersion = z.looseObject({
  format: z.literal("malleolus-phantom-1"),
  wish: z.unknown(),
  images: z.array(z.looseObject({ visibility: z.unknown() })),
});

/** The first version said `wish` and `visibility`. */
const readableSchema = z.preprocess((found) => {
  const old = firstVersion.safeParse(found).data;
  if (old === undefined) return found;
  const { wish, images, ...rest } = old;
  return {
    ...rest,
    format: "malleolus-phantom-2",
    spec: wish,
    images: images.map(({ visibility, ...image }) => ({ ...image, conspicuity: visibility })),
  };
}, recordSchema);

export function storedMask({ size, counts }: StoredMask): Mask {
  return decodeRuns({ size, counts: runsFromString(counts) });
}

function stored(mask: Mask): StoredMask {
  const { size, counts } = encodeRuns(mask);
  return { size: [...size], counts: runsToString(counts) };
}
