/**
 * Where workers read a study's radiographs: its folder, or a bucket of an S3-compatible store for machines that share
 * no folder. Both name an image by the hash of its bytes, which is checked when it is read; so nothing there is ever
 * changed, and two that write the same image write the same.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type ImageRecord, imageColumn } from "@malleolus/schema";
import { S3mini, S3ServiceError } from "s3mini";
import { StudyError } from "./errors.ts";
import { imagePath } from "./image-store.ts";
import type { Study } from "./study.ts";

type Format = ImageRecord["format"];

export interface ImageSource {
  /** @throws StudyError `not-found` for one that is missing, `record` for other bytes than its name says. */
  read(sha256: string, format: Format): Promise<Uint8Array>;
}

export interface Bucket {
  /** With the bucket: `https://s3.example/ankles`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function folderImages(store: string): ImageSource {
  return {
    async read(sha256, format) {
      const path = imagePath(store, sha256, format);
      try {
        return checked(await readFile(path), sha256, path);
      } catch (cause) {
        if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
          throw missing(path, cause);
        }
        throw cause;
      }
    },
  };
}

export interface BucketImages extends ImageSource {
  /** Puts an image there; false where it is there already. */
  write(sha256: string, format: Format, bytes: Uint8Array): Promise<boolean>;
}

export function bucketImages(bucket: Bucket): BucketImages {
  const s3 = new S3mini({ ...bucket, requestAbortTimeout: TIMEOUT_MS });
  return {
    async read(sha256, format) {
      const name = imagePath("", sha256, format);
      const bytes = await s3.getObjectArrayBuffer(name);
      if (bytes === null) throw missing(`${bucket.endpoint}/${name}`);
      return checked(new Uint8Array(bytes), sha256, `${bucket.endpoint}/${name}`);
    },
    async write(sha256, format, bytes) {
      const name = imagePath("", sha256, format);
      checked(bytes, sha256, name);
      try {
        await s3.putObject(name, bytes, "application/octet-stream", undefined, ONLY_NEW);
        return true;
      } catch (error) {
        if (error instanceof S3ServiceError && error.status === PRECONDITION_FAILED) return false;
        throw error;
      }
    },
  };
}

const TIMEOUT_MS = 60_000;
const PRECONDITION_FAILED = 412;
/** The store refuses to write over what is there. */
const ONLY_NEW = { "If-None-Match": "*" };

export interface CopiedImages {
  readonly written: number;
  readonly known: number;
}

/** Puts all of a study's images into a bucket, some at a time; an interrupted one goes on. */
export async function copyImages(
  study: Study,
  to: BucketImages,
  onImage: (done: number, total: number) => void,
): Promise<CopiedImages> {
  const from = folderImages(study.images);
  const images = await study.database
    .selectFrom("images")
    .select(["sha256", "facts"])
    .orderBy("sha256")
    .execute();
  const counts = { written: 0, known: 0 };
  let next = 0;
  let done = 0;
  const copy = async () => {
    for (;;) {
      const image = images[next++];
      if (image === undefined) return;
      const { sha256, facts } = image;
      const { format } = imageColumn.read(facts, `image ${sha256}`);
      const isNew = await to.write(sha256, format, await from.read(sha256, format));
      counts[isNew ? "written" : "known"]++;
      onImage(++done, images.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, copy));
  return counts;
}

const AT_ONCE = 8;

function checked(bytes: Uint8Array, sha256: string, where: string): Uint8Array {
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found === sha256) return bytes;
  throw new StudyError(
    "record",
    `${where}: expected the bytes of image ${sha256}, got those of ${found}; restore it from a backup`,
  );
}

function missing(where: string, cause?: unknown): StudyError {
  return new StudyError(
    "not-found",
    `${where}: expected an image of the study, got none; import it again`,
    {
      cause,
    },
  );
}
