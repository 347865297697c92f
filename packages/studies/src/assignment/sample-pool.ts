/**
 * Samples of the pool: functions of the pool and the seed, whatever order the pool comes in. Tests and
 * tuning sample whole patients, trainings sample radiographs.
 */
import { seededOrder } from "@malleolus/random";
import type { PoolCase, PoolImage } from "./pool.ts";

/** What was asked for and is not there. */
export interface Shortage {
  /** `weber_a: 35 patients` */
  readonly what: string;
  readonly asked: number;
  readonly found: number;
  /** Of the protocol. */
  readonly keys: readonly string[];
}

export interface Sample<T> {
  readonly sampled: readonly T[];
  readonly shortages: readonly Shortage[];
}

export interface SampledPatient {
  readonly case: PoolCase;
  /** From 0; within the class where classes are drawn one by one. */
  readonly rank: number;
}

/** So many patients, each with the one case that is tested. */
export function samplePatients(
  pool: readonly PoolCase[],
  count: number,
  seed: number,
  purpose: string,
): SampledPatient[] {
  return onePerPatient(pool, seed, purpose)
    .slice(0, count)
    .map((found, rank) => ({ case: found, rank }));
}

/** So many patients of every class. A patient counts for the class of the case that is tested. */
export function samplePatientsByClass(
  pool: readonly PoolCase[],
  classes: readonly string[],
  count: number,
  keys: readonly string[],
  seed: number,
): Sample<SampledPatient> {
  const cases = onePerPatient(pool, seed, "internal test");
  const draws = classes.map((name) => {
    const own = cases.filter((one) => one.class === name);
    const shortage = { what: `patients of ${name}`, asked: count, found: own.length, keys };
    return {
      sampled: own.slice(0, count).map((found, rank) => ({ case: found, rank })),
      shortages: own.length < count ? [shortage] : [],
    };
  });
  return {
    sampled: draws.flatMap(({ sampled }) => sampled),
    shortages: draws.flatMap(({ shortages }) => shortages),
  };
}

function onePerPatient(pool: readonly PoolCase[], seed: number, purpose: string): PoolCase[] {
  const cases = seededOrder(pool, ({ id }) => id, seed, `${purpose}: cases`);
  const first = new Map<string, PoolCase>();
  for (const one of cases) if (!first.has(one.patient)) first.set(one.patient, one);
  return seededOrder([...first.values()], ({ patient }) => patient, seed, purpose);
}

export interface SampledImage {
  readonly case: PoolCase;
  readonly image: PoolImage;
}

export interface Quota {
  readonly fracture: number;
  readonly noFracture: number;
}

/**
 * Radiographs with and without a fracture: the preferred ones first and in their order, then patient
 * by patient, all of a patient's views before the next patient's. What cannot be seen is not drawn.
 */
export function sampleRadiographs(
  pool: readonly PoolCase[],
  quota: Quota,
  options: {
    readonly noFractureClass: string;
    readonly seed: number;
    readonly purpose: "preliminary training" | "training";
    readonly preferred?: readonly string[] | undefined;
  },
): Sample<SampledImage> {
  const { noFractureClass, seed, purpose, preferred = [] } = options;
  const patients = [...Map.groupBy(pool, ({ patient }) => patient)];
  const ordered = seededOrder(patients, ([patient]) => patient, seed, purpose)
    .flatMap(([, cases]) => cases.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    .flatMap((one) =>
      one.images
        .filter(({ impossible }) => !impossible)
        .toSorted((a, b) => (a.image < b.image ? -1 : 1))
        .map((image) => ({ case: one, image })),
    );
  const byImage = new Map(ordered.map((sampled) => [sampled.image.image, sampled]));
  const first = [...new Set(preferred)].flatMap((image) => byImage.get(image) ?? []);
  const all = [...new Set([...first, ...ordered])];
  const key = purpose === "training" ? "training" : "preliminary";
  const kinds = (["fracture", "noFracture"] as const).map((kind) => {
    const own = all.filter(
      (one) => (one.case.class === noFractureClass) === (kind === "noFracture"),
    );
    const asked = quota[kind];
    const what = `radiographs ${kind === "fracture" ? "with" : "without"} a fracture for ${purpose}`;
    const shortage = { what, asked, found: own.length, keys: [`splits.${key}.${kind}`] };
    return { sampled: own.slice(0, asked), shortages: own.length < asked ? [shortage] : [] };
  });
  return {
    sampled: kinds.flatMap(({ sampled }) => sampled),
    shortages: kinds.flatMap(({ shortages }) => shortages),
  };
}

/**
 * A share of the patients of drawn radiographs, the same of every class, since a decision between the
 * classes is fitted on them; nobody whose radiographs were drawn before.
 */
export function sampleTuning(
  sampled: readonly SampledImage[],
  share: number,
  classes: readonly string[],
  seed: number,
): Sample<string> {
  const patients = Map.groupBy(sampled, (one) => one.case.patient);
  const draws = classes.map((name) => {
    const own = [...patients].filter(([, images]) => images[0].case.class === name);
    const asked = Math.round(share * own.length);
    const free = own.filter(([, images]) => images[0].case.partition === null).map(([id]) => id);
    const what = `${name} patients for tuning, new to training`;
    const keys = ["splits.tuningShare", "splits.preliminary"];
    const shortage = { what, asked, found: free.length, keys };
    return {
      sampled: seededOrder(free, (id) => id, seed, "tuning").slice(0, asked),
      shortages: free.length < asked ? [shortage] : [],
    };
  });
  return {
    sampled: draws.flatMap((one) => one.sampled),
    shortages: draws.flatMap(({ shortages }) => shortages),
  };
}
