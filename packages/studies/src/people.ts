/** The people of `malleolus.toml` and their roles, which decide who may do what. */
import type { StudyConfiguration } from "@malleolus/schema";
import { StudyError } from "./errors.ts";
import type { Study } from "./study.ts";

export type Person = StudyConfiguration["observers"][number];
export type Role = Person["roles"][number];

/** How many of a role the protocol asks for. */
const COUNTS = {
  observer: "observers",
  senior: "seniors",
  surgeon: "referenceSurgeons",
  annotator: "annotators",
} as const;

/**
 * Ids of all people of a role, in the configuration's order.
 *
 * @throws StudyError `configuration` where they are not as many as the protocol asks for.
 */
export function peopleOf({ configuration, protocol }: Study, role: Role): string[] {
  const ids = idsOf(configuration, role);
  const key = COUNTS[role];
  const asked = protocol.people[key];
  if (ids.length === asked && asked > 0) return ids;
  throw new StudyError(
    "configuration",
    `expected ${asked} people with the role "${role}" (people.${key} of the protocol), got ` +
      `${ids.length === 0 ? "none" : ids.join(", ")}; change [[observers]] in malleolus.toml or the protocol`,
  );
}

/** @throws StudyError `person` where this is nobody with the role. */
export function requireRole({ configuration }: Study, person: string, role: Role): void {
  const ids = idsOf(configuration, role);
  if (ids.includes(person)) return;
  throw new StudyError(
    "person",
    `expected someone with the role "${role}" (${ids.join(", ") || "none"}), got "${person}"; ` +
      "people and roles stand under [[observers]] in malleolus.toml",
  );
}

/**
 * @throws StudyError `person` for one of the study's readers and annotators, who work without
 *   knowing what a model finds hard.
 */
export function requireStaff(study: Study, viewer: string): void {
  const person = findPerson(study, viewer);
  if (person === undefined) return;
  throw new StudyError(
    "person",
    `expected someone who runs the study, got ${person.id}, who is ${person.roles.join(" and ")}; ` +
      "readers and annotators work without knowing what a model finds hard",
  );
}

/** Somebody by id or name, in any case; undefined for nobody of the study. */
export function findPerson({ configuration }: Study, written: string): Person | undefined {
  const lower = written.trim().toLowerCase();
  const people = configuration.observers;
  return (
    people.find(({ id }) => id === lower) ??
    people.find(({ name }) => name.trim().toLowerCase() === lower)
  );
}

function idsOf({ observers }: StudyConfiguration, role: Role): string[] {
  return observers.filter(({ roles }) => roles.includes(role)).map(({ id }) => id);
}
