/** The bodies of an ankle's projection: closed surfaces, and their part of the rays' sums. */
import type { Mesh } from "./mesh.ts";
import type { Profile } from "./profile.ts";

/** What weakens the beam; how much stands in `radiography/attenuation.ts`. */
export type Material = "fat" | "muscle" | "cortical" | "mineral" | "metal";

/** Trabecular bone within a body: its mineral by level above the plafond, and its grain. */
export interface Trabeculae {
  readonly mineral: Profile;
  /** Of the lines in the image against the vertical, in radians. */
  readonly grain: number;
}

export interface Body {
  readonly mesh: Mesh;
  /** Whether it turns with the foot. */
  readonly part: "leg" | "foot";
  /** Share of its thickness that each material gains or loses; of mineral, g/cm³. */
  readonly adds: Readonly<Partial<Record<Material, number>>>;
  readonly trabeculae: Trabeculae | null;
}

/** Bone in muscle's place, and within it marrow in cortex' place. */
export function boneBodies(
  outer: readonly Mesh[],
  inner: readonly Mesh[],
  part: Body["part"],
  within: Trabeculae,
): Body[] {
  return [
    ...outer.map(
      (mesh): Body => ({ mesh, part, adds: { muscle: -1, cortical: 1 }, trabeculae: null }),
    ),
    ...inner.map(
      (mesh): Body => ({ mesh, part, adds: { cortical: -1, fat: 1 }, trabeculae: within }),
    ),
  ];
}

/** What adds the given materials and has no grain. Nothing for an empty mesh. */
export function plainBody(mesh: Mesh, adds: Body["adds"]): Body[] {
  return mesh.length === 0 ? [] : [{ mesh, part: "leg", adds, trabeculae: null }];
}
