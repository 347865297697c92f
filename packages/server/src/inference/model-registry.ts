/**
 * The detectors that a service may analyse with: copies in the inbox by their hash, with what they were measured on and
 * what came out, who approved them, and which was in use when. One is used after two people approved it; the one before
 * is a step back. Without any, the service analyses with the detector that it was started with.
 */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readFileSync } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeFileWhole } from "@malleolus/host";
import { readJson } from "@malleolus/schema";
import { lockExclusively } from "@malleolus/studies";
import { z } from "zod";
import { ServerError } from "../errors.ts";
import { syncFolder } from "./inbox/sealed-files.ts";

const byWhomSchema = z.strictObject({ who: z.string(), at: z.string() });
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

const registrySchema = z.strictObject({
  format: z.literal("malleolus-models-1"),
  models: z.array(registeredModelSchema),
  /** Which was taken into use, the last is. */
  uses: z.array(byWhomSchema.extend({ sha256: z.string() })),
});
type Registry = z.infer<typeof registrySchema>;

const FILE = "models.json";
const FOLDER = "models";
/** People, each with a key of their own. */
export const APPROVALS = 2;

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
  return { models, current: uses.at(-1)?.sha256 ?? null };
}

/** The file of the one in use; null where none is. */
export function currentModelPath(folder: string): string | null {
  const { current } = readModels(folder);
  return current === null ? null : pathOf(folder, current);
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

/** Twice by one person is once, whichever keys they have. @throws ServerError `not-found`. */
export async function approveModel(folder: string, sha256: string, who: string): Promise<void> {
  await changeRegistry(folder, (registry) => {
    requireModel(registry, sha256);
    return {
      ...registry,
      models: registry.models.map((model) =>
        model.sha256 !== sha256 ||
        model.approvals.some((approval) => isSamePerson(approval.who, who))
          ? model
          : { ...model, approvals: [...model.approvals, byWhom(who)] },
      ),
    };
  });
}

function isSamePerson(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** @throws ServerError `not-found`, or `state` for one that too few have approved, or whose file was changed. */
export async function takeIntoUse(folder: string, sha256: string, who: string): Promise<void> {
  const { approvals } = requireModel(readRegistry(folder), sha256);
  if (approvals.length < APPROVALS) {
    throw new ServerError(
      "state",
      `Of ${APPROVALS} people ${approvals.length} approved it. It is not used before.`,
    );
  }
  const path = pathOf(folder, sha256);
  if (!existsSync(path) || (await sha256Of(path)) !== sha256) {
    throw new ServerError("state", "Its file is not the one that was approved. Add it again.");
  }
  await changeRegistry(folder, (registry) => ({
    ...registry,
    uses: [...registry.uses, { sha256, ...byWhom(who) }],
  }));
}

/** To the one that was in use before. @throws ServerError `state` where there was none. */
export async function rollBack(folder: string, who: string): Promise<string> {
  const { uses } = readRegistry(folder);
  const current = uses.at(-1)?.sha256;
  const before = uses.findLast(({ sha256 }) => sha256 !== current);
  if (before === undefined) throw new ServerError("state", "No other model was in use before.");
  await takeIntoUse(folder, before.sha256, who);
  return before.sha256;
}

function byWhom(who: string) {
  return { who, at: new Date().toISOString() };
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
  if (!existsSync(path)) return { format: "malleolus-models-1", models: [], uses: [] };
  return readJson(registrySchema, readFileSync(path, "utf8"), path);
}

/** One change after another, also of two processes. @throws StudyError `busy`. */
async function changeRegistry(folder: string, by: (registry: Registry) => Registry): Promise<void> {
  using _ = lockExclusively(join(folder, "models.lock"), "it is being changed; try again");
  const text = `${JSON.stringify(by(readRegistry(folder)), null, 2)}\n`;
  writeFileWhole(join(folder, FILE), text, 0o600);
  await syncFolder(folder);
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
