/**
 * The detectors that a service may analyse with: copies in the inbox by their hash, with what they were measured on and
 * what came out, who approved them, and which was in use when. One is used, and gone back to, after two people approved
 * it; whoever switches is a person, too. Without any in use, the service analyses with the detector that it was started
 * with.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readFileSync } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeFileWhole } from "@malleolus/host";
import { readJson } from "@malleolus/schema";
import { lockExclusively } from "@malleolus/studies/without-database";
import { z } from "zod";
import { ServerError } from "../errors.ts";
import { syncFolder } from "./inbox/sealed-files.ts";

/** A person, by a key of theirs. */
const byWhomSchema = z.strictObject({ person: z.string(), key: z.string(), at: z.string() });
export type Actor = Pick<z.infer<typeof byWhomSchema>, "person" | "key">;
export const registeredModelSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().regex(/^[\w .-]{1,80}$/, { error: "expected a name of 1 to 80 letters" }),
  /** Of the file of figures, which names its data set. */
  figuresSha256: z.string(),
  /** As evaluate --json or report wrote them. */
  figures: z.record(z.string(), z.unknown()),
  addedAt: z.string(),
  approvals: z.array(byWhomSchema),
});
export type RegisteredModel = z.infer<typeof registeredModelSchema>;

const useSchema = z.strictObject({
  /** A step back takes away the use before it. */
  act: z.enum(["use", "roll back"]),
  /** Of the one that is in use from then on. */
  sha256: z.string(),
  /** Null in the first version's files, where a key was enough. */
  by: byWhomSchema.nullable(),
});

const registrySchema = z.strictObject({
  format: z.literal("malleolus-models-2"),
  models: z.array(registeredModelSchema),
  uses: z.array(useSchema),
});
type Registry = z.infer<typeof registrySchema>;

/** The first version knew keys alone: approvals and uses name them, and one person may have had two. */
const byKeySchema = z.strictObject({ who: z.string(), at: z.string() });
const registry1Schema = z.strictObject({
  format: z.literal("malleolus-models-1"),
  models: z.array(registeredModelSchema.extend({ approvals: z.array(byKeySchema) })),
  uses: z.array(byKeySchema.extend({ sha256: z.string() })),
});

const FILE = "models.json";
const FOLDER = "models";
/** Of different people. */
const APPROVALS = 2;

export interface ModelToAdd {
  readonly path: string;
  readonly name: string;
  /** A JSON object: what it was measured on, and what came out. */
  readonly figuresPath: string;
}

/** All registered, and the hash of the one in use; null where none is. */
export function readModels(folder: string): {
  readonly models: readonly RegisteredModel[];
  readonly current: string | null;
} {
  const { models, uses } = readRegistry(folder);
  return { models, current: inUse(uses).at(-1) ?? null };
}

/** The file of the one in use; null where none is. */
export function currentModelPath(folder: string): string | null {
  const { current } = readModels(folder);
  return current === null ? null : pathOf(folder, current);
}

/**
 * Why a process may not analyse with the file of this hash, and what to do; null where it may: the one in use, where two
 * people approved it, and any where none is in use.
 */
export function whyRefused(folder: string, sha256: string): string | null {
  const { models, current } = readModels(folder);
  if (current === null) return null;
  if (current !== sha256) {
    return (
      `expected the model in use, ${current}, got the file of ${sha256}: it was exchanged, or another was taken into ` +
      "use meanwhile; if this line comes again, add the right file with --add-model"
    );
  }
  const approved = models.find((one) => one.sha256 === current)?.approvals.length ?? 0;
  if (approved >= APPROVALS) return null;
  return (
    `expected that ${APPROVALS} people approved the model in use, got ${approved}; each asks for a key with their name ` +
    "(serve FOLDER --inference --new-key KEY --person NAME --scope models:approve), which keys of before have not, and " +
    `then for POST /v1/models/${current}/approve`
  );
}

/**
 * Copies a detector into the inbox; one that is there already is not added again. Returns its hash.
 *
 * @throws ServerError `settings` for a name or figures that are none, and the system's error for files.
 */
export async function addModel(folder: string, given: ModelToAdd): Promise<string> {
  mkdirSync(join(folder, FOLDER), { recursive: true, mode: 0o700 });
  const text = readFileSync(given.figuresPath, "utf8");
  const part = join(folder, FOLDER, `${randomBytes(8).toString("hex")}.part`);
  try {
    await copyFile(given.path, part);
    // Of the copy: the other may be changed meanwhile.
    const sha256 = await sha256Of(part);
    const parsed = registeredModelSchema.safeParse({
      sha256,
      name: given.name,
      figuresSha256: createHash("sha256").update(text).digest("hex"),
      figures: parsedJson(text, given.figuresPath),
      addedAt: new Date().toISOString(),
      approvals: [],
    });
    if (!parsed.success) {
      throw new ServerError(
        "settings",
        `${given.figuresPath}, "${given.name}": expected a JSON object of figures and a name of 1 to 80 letters, got others`,
      );
    }
    await flushed(part);
    await rename(part, pathOf(folder, sha256));
    await syncFolder(join(folder, FOLDER));
    await changeRegistry(folder, (registry) =>
      registry.models.some((model) => model.sha256 === sha256)
        ? registry
        : { ...registry, models: [...registry.models, parsed.data] },
    );
    return sha256;
  } finally {
    await rm(part, { force: true });
  }
}

/**
 * Twice by one person is once, whichever keys they have: whether it is the first time.
 *
 * @throws ServerError `not-found`.
 */
export async function approveModel(folder: string, sha256: string, by: Actor): Promise<boolean> {
  return changeRegistry(folder, (registry) => {
    const { approvals } = requireModel(registry, sha256);
    if (approvals.some(({ person }) => isSamePerson(person, by.person))) return registry;
    return {
      ...registry,
      models: registry.models.map((model) =>
        model.sha256 === sha256 ? { ...model, approvals: [...approvals, now(by)] } : model,
      ),
    };
  });
}

function isSamePerson(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * Whether another was in use before.
 *
 * @throws ServerError `not-found`, or `state` for one that too few have approved, or whose file was changed.
 */
export async function takeIntoUse(folder: string, sha256: string, by: Actor): Promise<boolean> {
  requireModel(readRegistry(folder), sha256);
  await requireFile(folder, sha256);
  return changeRegistry(folder, (registry) => {
    requireApproved(registry, sha256);
    // It is: a step back is still one to what was before it.
    if (inUse(registry.uses).at(-1) === sha256) return registry;
    return { ...registry, uses: [...registry.uses, { act: "use", sha256, by: now(by) }] };
  });
}

/**
 * From the one that is in use to the one that was before it, and from there to the one before that. Returns its hash.
 *
 * @throws ServerError `state` where `from` is not in use, as after a step back that is asked for twice, where there was
 *   none before it, and as `takeIntoUse`.
 */
export async function rollBack(folder: string, from: string, by: Actor): Promise<string> {
  const sha256 = usedBefore(readRegistry(folder), from);
  await requireFile(folder, sha256);
  await changeRegistry(folder, (registry) => {
    if (usedBefore(registry, from) !== sha256) throw new ServerError("state", SWITCHED);
    requireApproved(registry, sha256);
    return { ...registry, uses: [...registry.uses, { act: "roll back", sha256, by: now(by) }] };
  });
  return sha256;
}

/** Hashes, the last is in use: a step back takes away what it went back from. */
function inUse(uses: Registry["uses"]): string[] {
  const used: string[] = [];
  for (const { act, sha256 } of uses) {
    if (act === "roll back") used.pop();
    else if (used.at(-1) !== sha256) used.push(sha256);
  }
  return used;
}

const SWITCHED = "Another model is in use than the one to go back from. Look which.";

function usedBefore({ uses }: Registry, from: string): string {
  const [before, current] = [undefined, undefined, ...inUse(uses)].slice(-2);
  if (current !== from) throw new ServerError("state", SWITCHED);
  if (before !== undefined) return before;
  throw new ServerError("state", "No other model was in use before.");
}

function requireApproved(registry: Registry, sha256: string): void {
  const { approvals } = requireModel(registry, sha256);
  if (approvals.length >= APPROVALS) return;
  throw new ServerError(
    "state",
    `Of ${APPROVALS} people ${approvals.length} approved it. It is not used before.`,
  );
}

async function requireFile(folder: string, sha256: string): Promise<void> {
  const path = pathOf(folder, sha256);
  if (existsSync(path) && (await sha256Of(path)) === sha256) return;
  throw new ServerError("state", "Its file is not the one that was approved. Add it again.");
}

function now({ person, key }: Actor) {
  return { person, key, at: new Date().toISOString() };
}

function pathOf(folder: string, sha256: string): string {
  return join(folder, FOLDER, `${sha256}.safetensors`);
}

function requireModel({ models }: Registry, sha256: string): RegisteredModel {
  const model = models.find((one) => one.sha256 === sha256);
  if (model !== undefined) return model;
  throw new ServerError("not-found", "There is no such model.");
}

function parsedJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ServerError("settings", `${path}: expected figures as JSON, got other text`, {
      cause,
    });
  }
}

/** @throws SchemaError for another file. */
function readRegistry(folder: string): Registry {
  const path = join(folder, FILE);
  if (!existsSync(path)) return { format: "malleolus-models-2", models: [], uses: [] };
  const text = readFileSync(path, "utf8");
  const read = readJson(
    z.discriminatedUnion("format", [registrySchema, registry1Schema]),
    text,
    path,
  );
  if (read.format === "malleolus-models-2") return read;
  return {
    format: "malleolus-models-2",
    // Nobody can tell of how many people these were: they approve it anew.
    models: read.models.map((model) => ({ ...model, approvals: [] })),
    // A step back was written as a plain use: what was in use before the last one cannot be told.
    uses: read.uses.slice(-1).map(({ sha256 }) => ({ act: "use", sha256, by: null })),
  };
}

/**
 * One change after another, also of two processes: whether it is one, and no registry as it was.
 *
 * @throws StudyError `busy`.
 */
async function changeRegistry(
  folder: string,
  by: (registry: Registry) => Registry,
): Promise<boolean> {
  using _ = lockExclusively(join(folder, "models.lock"), "it is being changed; try again");
  const before = readRegistry(folder);
  const after = by(before);
  if (after === before) return false;
  writeFileWhole(join(folder, FILE), `${JSON.stringify(after, null, 2)}\n`, 0o600);
  await syncFolder(folder);
  return true;
}

async function flushed(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
