/**
 * The inbox: identified radiographs and results of live analysis, apart from any study, sealed by a key of its own,
 * and forgotten. A folder a study, a record in each; all that is known is in them, so that a server that was killed
 * goes on where it was.
 */
import { hkdfSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type LiveHeader, readLiveHeader } from "@malleolus/data";
import { readJson } from "@malleolus/schema";
import { createKeyFile, KeyFile, lockExclusively } from "@malleolus/studies/without-database";
import { ServerError } from "../../errors.ts";
import { type LiveObject, type LiveStudy, liveStudySchema } from "./live-study.ts";
import {
  PART_ENDING,
  readSealed,
  type SealedWriter,
  sealedWriter,
  syncFolder,
  writeSealed,
} from "./sealed-files.ts";

const RECORD = "study.sealed";
const KEYS = "inbox.keys";
const LOCK = "inbox.lock";

export interface ReceivedImage {
  readonly study: LiveStudy;
  /** Whether the inbox did not have it. */
  readonly isNew: boolean;
}

/** An image on its way in. */
export interface IncomingImage {
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when it is on the disk and in its study. @throws DataError for what is no radiograph. */
  commit(): Promise<ReceivedImage>;
  discard(): Promise<void>;
}

export interface ObjectToKeep extends Pick<LiveObject, "kind" | "sopInstance"> {
  readonly bytes: Uint8Array;
}

export interface Inbox {
  readonly folder: string;
  studies(): readonly LiveStudy[];
  find(id: string): LiveStudy | undefined;
  receive(): Promise<IncomingImage>;
  /** The record after the change, which sees the newest one; null where the study is gone. */
  change(id: string, by: (study: LiveStudy) => Partial<LiveStudy>): Promise<LiveStudy | null>;
  read(id: string, file: string): Promise<Buffer>;
  /** In the place of the objects that were there; where `by` says null, nothing changes. */
  putObjects(
    id: string,
    objects: readonly ObjectToKeep[],
    by: (study: LiveStudy) => Partial<LiveStudy> | null,
  ): Promise<LiveStudy | null>;
  /**
   * Removes images and objects; the record stays, with the change that `by` says of the newest one. Where it says
   * null, nothing changes, and null comes back.
   */
  forgetPixels(
    id: string,
    by: (study: LiveStudy) => Partial<LiveStudy> | null,
  ): Promise<LiveStudy | null>;
  /** Whether it was there, and the newest record was one that `isMeant`. */
  remove(id: string, isMeant?: (study: LiveStudy) => boolean): Promise<boolean>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/**
 * For whoever opens it, before what takes long; the folder is made where there is none.
 *
 * @throws StudyError `busy` where another process has it.
 */
export function lockInbox(folder: string): Disposable {
  mkdirSync(join(folder, "studies"), { recursive: true, mode: 0o700 });
  return lockExclusively(join(folder, LOCK), "another service has this inbox; stop it first");
}

/**
 * Opens it, and makes it where there is none. What a kill left half-written is removed. The lock is given back when it is
 * closed, or cannot be opened.
 *
 * @throws StudyError `busy` where another process has it, StudyError `passphrase`, ServerError `settings` for a record that was changed.
 */
export async function openInbox(
  folder: string,
  passphrase: string,
  lock = lockInbox(folder),
): Promise<Inbox> {
  try {
    return await openLocked(folder, passphrase, lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function openLocked(folder: string, passphrase: string, lock: Disposable): Promise<Inbox> {
  const keyPath = join(folder, KEYS);
  if (!existsSync(keyPath)) createKeyFile(keyPath, passphrase);
  const keys = new KeyFile(keyPath, passphrase);
  const key = Buffer.from(hkdfSync("sha256", keys.secret, "", "inbox", 32));
  const idOf = (studyUid: string) => keys.hash("live study", studyUid).slice(0, 24);
  const folderOf = (id: string) => join(folder, "studies", id);
  const records = await readRecords(folder, key);
  let lastWrite: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  /** One change after another, and none once another service may have the folder. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = lastWrite.then(() => {
      if (isClosed) throw new ServerError("unavailable", "The service ends. Try again in a while.");
      return act();
    });
    lastWrite = done.catch(() => undefined);
    return done;
  };
  const put = async (study: LiveStudy): Promise<LiveStudy> => {
    const path = join(folderOf(study.id), RECORD);
    await writeSealed(key, path, Buffer.from(JSON.stringify(study), "utf8"));
    records.set(study.id, study);
    return study;
  };

  const admit = (file: string, path: string, header: LiveHeader): Promise<ReceivedImage> =>
    inTurn(async () => {
      const id = idOf(header.study);
      const before = records.get(id);
      const { sopInstance, modality, bodyPart, view } = header;
      if (before?.images.some((image) => image.sopInstance === sopInstance)) {
        await rm(path, { force: true });
        return { study: before, isNew: false };
      }
      try {
        if ((await mkdir(folderOf(id), { recursive: true, mode: 0o700 })) !== undefined) {
          await syncFolder(join(folder, "studies"));
        }
        await rename(path, join(folderOf(id), file));
        const now = new Date().toISOString();
        const begun = before ?? newStudy(id, now);
        const study = await put({
          ...begun,
          // Late, it begins anew with all that is still there.
          state: "receiving",
          lastObjectAt: now,
          images: [...begun.images, { file, sopInstance, modality, bodyPart, view }],
          problem: null,
        });
        return { study, isNew: true };
      } catch (error) {
        // No record names it: on a full disk, say.
        if (before === undefined) await rm(folderOf(id), { recursive: true, force: true });
        else await removeFiles(folderOf(id), [file]);
        throw error;
      }
    });

  /** Objects in the place of those before, which go last: until then the record names them. */
  const replaceObjects = async (
    study: LiveStudy,
    change: Partial<LiveStudy>,
    objects: readonly ObjectToKeep[],
  ): Promise<LiveStudy> => {
    const own = folderOf(study.id);
    const kept: LiveObject[] = [];
    try {
      for (const { kind, sopInstance, bytes } of objects) {
        const file = `object-${randomBytes(12).toString("hex")}.sealed`;
        kept.push({ file, kind, sopInstance, isSent: false });
        await writeSealed(key, join(own, file), bytes);
      }
      return await put({ ...study, ...change, objects: kept });
    } catch (error) {
      await removeFiles(own, filesOf(kept));
      throw error;
    }
  };

  return {
    folder,
    studies: () => [...records.values()],
    find: (id) => records.get(id),
    async receive() {
      const file = `image-${randomBytes(12).toString("hex")}.sealed`;
      const path = join(folder, "studies", file);
      const writer: SealedWriter = await sealedWriter(key, path);
      return {
        write: writer.write,
        discard: writer.discard,
        async commit() {
          try {
            await writer.commit();
            const header = readLiveHeader(await readSealed(key, path), "an object");
            return await admit(file, path, header);
          } catch (error) {
            await rm(path, { force: true });
            throw error;
          }
        },
      };
    },
    change: (id, by) =>
      inTurn(async () => {
        const study = records.get(id);
        return study === undefined ? null : put({ ...study, ...by(study) });
      }),
    read: (id, file) => readSealed(key, join(folderOf(id), requireName(file))),
    putObjects: (id, objects, by) =>
      inTurn(async () => {
        const study = records.get(id);
        const change = study === undefined ? null : by(study);
        if (study === undefined || change === null) return null;
        const after = await replaceObjects(study, change, objects);
        await removeFiles(folderOf(id), filesOf(study.objects));
        return after;
      }),
    forgetPixels: (id, by) =>
      inTurn(async () => {
        const study = records.get(id);
        const change = study === undefined ? null : by(study);
        if (study === undefined || change === null) return null;
        // The record first: one that named files that are gone would be a riddle.
        const after = await put({
          ...study,
          ...change,
          images: [],
          objects: [],
          analysedInstances: [],
        });
        await removeFiles(folderOf(id), filesOf([...study.images, ...study.objects]));
        return after;
      }),
    remove: (id, isMeant = () => true) =>
      inTurn(async () => {
        const study = records.get(id);
        if (study === undefined || !isMeant(study)) return false;
        await rm(folderOf(id), { recursive: true, force: true });
        records.delete(id);
        return true;
      }),
    async close() {
      if (isClosed) return;
      await inTurn(async () => {
        isClosed = true;
        keys.close();
        lock[Symbol.dispose]();
      });
    },
  };
}

function newStudy(id: string, now: string): LiveStudy {
  return {
    format: "malleolus-live-study-1",
    id,
    state: "receiving",
    receivedAt: now,
    lastObjectAt: now,
    images: [],
    analysedInstances: [],
    result: null,
    objects: [],
    problem: null,
    isSilent: false,
    followUp: null,
  };
}

/** Of all studies; files that no record names, and folders without one, are removed. */
async function readRecords(folder: string, key: Uint8Array): Promise<Map<string, LiveStudy>> {
  const records = new Map<string, LiveStudy>();
  for (const entry of readdirSync(join(folder, "studies"), { withFileTypes: true })) {
    const path = join(folder, "studies", entry.name);
    if (!entry.isDirectory() || !existsSync(join(path, RECORD))) {
      rmSync(path, { recursive: true, force: true });
      continue;
    }
    const text = (await readSealed(key, join(path, RECORD))).toString("utf8");
    const study = readJson(liveStudySchema, text, path);
    if (study.id !== entry.name) {
      throw new ServerError(
        "settings",
        `${path}: expected the record of its study, got another study's; restore it, or remove the folder`,
      );
    }
    const named = new Set([RECORD, ...filesOf([...study.images, ...study.objects])]);
    const strange = (await readdir(path)).filter(
      (name) => !named.has(name) || name.endsWith(PART_ENDING),
    );
    await removeFiles(path, strange);
    records.set(study.id, study);
  }
  return records;
}

function filesOf(kept: readonly { readonly file: string }[]): string[] {
  return kept.map(({ file }) => file);
}

async function removeFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true });
}

/** @throws ServerError `not-found`: names come from records, and this is for the day when one does not. */
function requireName(file: string): string {
  if (/^(image|object)-[0-9a-f]{24}\.sealed$/.test(file)) return file;
  throw new ServerError("not-found", "There is no such file.");
}
