/**
 * Encoded radiographs by the hash of their file: each is decoded once, both sizes together, and kept as
 * long as there is room for it. The event loop decodes and packs nothing.
 */
import type { ImageSize } from "@malleolus/schema";
import { type ContentEncoding, recode } from "./content-encoding.ts";
import { type EncodedPair, startEncodeThreads } from "./encode-threads.ts";

export interface EncodedImages {
  /** Rejects with ServerError `not-found` where the file cannot be decoded. */
  read(
    sha256: string,
    path: string,
    size: ImageSize,
    encoding: ContentEncoding,
  ): Promise<Uint8Array>;
  /** Encodes what somebody will ask for soon. */
  prepare(sha256: string, path: string): void;
  /** What is kept of it goes, and what is coming of it is not kept. */
  forget(sha256: string): void;
  close(): Promise<void>;
}

/** About three hundred radiographs of 3,000 x 3,000. */
const MOST_BYTES = 1_000_000_000;

export function startEncodedImages(mostBytes = MOST_BYTES): EncodedImages {
  const threads = startEncodeThreads();
  /** The one used last is the last. */
  const kept = new Map<string, EncodedPair>();
  const coming = new Map<string, Promise<EncodedPair>>();
  let keptBytes = 0;

  const keep = (sha256: string, pair: EncodedPair) => {
    kept.set(sha256, pair);
    keptBytes += sizeOf(pair);
    for (const [oldest, { full, half }] of kept) {
      if (keptBytes <= mostBytes || oldest === sha256) return;
      kept.delete(oldest);
      keptBytes -= sizeOf({ full, half });
    }
  };
  const encode = (sha256: string, path: string, isWaitedFor: boolean): Promise<EncodedPair> => {
    const found = kept.get(sha256);
    if (found !== undefined) {
      kept.delete(sha256);
      kept.set(sha256, found);
      return Promise.resolve(found);
    }
    const started = coming.get(sha256);
    if (started !== undefined) {
      if (isWaitedFor) threads.hurry(path);
      return started;
    }
    const pair = threads.encode(path, isWaitedFor);
    coming.set(sha256, pair);
    const isWanted = () => coming.get(sha256) === pair;
    return pair.then(
      (encoded) => {
        if (isWanted()) {
          coming.delete(sha256);
          keep(sha256, encoded);
        }
        return encoded;
      },
      (error: unknown) => {
        if (isWanted()) coming.delete(sha256);
        throw error;
      },
    );
  };
  return {
    async read(sha256, path, size, encoding) {
      const pair = await encode(sha256, path, true);
      return recode(pair[size], encoding);
    },
    prepare(sha256, path) {
      // Whoever asks for it hears why it cannot be had.
      encode(sha256, path, false).catch(() => undefined);
    },
    forget(sha256) {
      const pair = kept.get(sha256);
      if (pair !== undefined) keptBytes -= sizeOf(pair);
      kept.delete(sha256);
      coming.delete(sha256);
    },
    close: () => threads.close(),
  };
}

function sizeOf({ full, half }: EncodedPair): number {
  return full.length + half.length;
}
