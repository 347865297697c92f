/** The meaning of a COCO file's categories in a study's protocol. */
import type { CocoDataset } from "@malleolus/data";
import { FRACTURE, type Protocol } from "@malleolus/schema";
import { StudyError } from "../errors.ts";

export interface CategoryMeaning {
  /** As outlines are called in annotations. */
  readonly structure: string;
  /** What such an outline says of its case; null for a bone. */
  readonly class: string | null;
}

/**
 * The meaning of every category that an annotation has: that of `given`, by the category's name or
 * id, else the class or structure of its own name.
 *
 * @throws StudyError `source`, which lists what is known, for a category or a target that is not.
 */
export function mapCategories(
  protocol: Protocol,
  { categories, annotations }: CocoDataset,
  given: ReadonlyMap<string, string>,
  path: string,
): Map<number, CategoryMeaning> {
  const known = new Set(categories.flatMap(({ id, name }) => [String(id), name]));
  for (const key of given.keys()) {
    if (known.has(key)) continue;
    const names = categories.map(({ id, name }) => `${name} (${id})`).join(", ");
    throw new StudyError(
      "source",
      `${path}: expected one of its categories ${names}, got "${key}"`,
    );
  }
  const used = new Set(annotations.map(({ categoryId }) => categoryId));
  return new Map(
    categories
      .filter(({ id }) => used.has(id))
      .map(({ id, name }) => {
        const target = given.get(name) ?? given.get(String(id)) ?? name;
        const meaning = meaningOf(protocol, target);
        if (meaning !== null) return [id, meaning];
        throw new StudyError(
          "source",
          `${path}: expected category "${name}" (${id}) to be one of the protocol's ` +
            `${describeTargets(protocol)}, got "${target}"; say which, as ${name}=${protocol.classes[0].id}`,
        );
      }),
  );
}

/**
 * The same of names: that of `given`, else the class or structure that is called so; `fracture` is what
 * every protocol has.
 *
 * @throws StudyError `source`.
 */
export function mapNames(
  protocol: Protocol,
  names: readonly string[],
  given: ReadonlyMap<string, string>,
  path: string,
): Map<string, CategoryMeaning> {
  for (const key of given.keys()) {
    if (names.includes(key)) continue;
    throw new StudyError(
      "source",
      `${path}: expected one of its categories ${names.join(", ")}, got "${key}"`,
    );
  }
  return new Map(
    names.map((name) => {
      const target = given.get(name) ?? name;
      if (target.toLowerCase() === FRACTURE) return [name, { structure: FRACTURE, class: null }];
      const meaning = meaningOf(protocol, target);
      if (meaning !== null) return [name, meaning];
      throw new StudyError(
        "source",
        `${path}: expected category "${name}" to be ${FRACTURE}, or one of the protocol's ` +
          `${describeTargets(protocol)}, got "${target}"; say which, as ${name}=${FRACTURE}`,
      );
    }),
  );
}

/** @throws StudyError `source` for what is no class of the protocol. */
export function findClass(protocol: Protocol, written: string): string {
  const found = named(protocol.classes, written);
  if (found !== undefined) return found.id;
  const ids = protocol.classes.map(({ id }) => id).join(", ");
  throw new StudyError("source", `expected one of the protocol's classes ${ids}, got "${written}"`);
}

function meaningOf(protocol: Protocol, target: string): CategoryMeaning | null {
  const found = named(protocol.classes, target)?.id;
  if (found !== undefined) {
    return { structure: found === protocol.noFractureClass ? found : FRACTURE, class: found };
  }
  const structure = named(protocol.structures, target);
  return structure === undefined ? null : { structure: structure.id, class: null };
}

/** By id or name, in any case. */
function named<T extends { readonly id: string; readonly name: string }>(
  all: readonly T[],
  written: string,
): T | undefined {
  const lower = written.toLowerCase();
  return all.find(({ id, name }) => id === lower || name.toLowerCase() === lower);
}

function describeTargets({ classes, structures }: Protocol): string {
  const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id).join(", ");
  return `classes ${ids(classes)} or structures ${ids(structures)}`;
}
