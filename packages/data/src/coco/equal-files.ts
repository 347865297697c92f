/**
 * Files with the same bytes, found without reading every file whole: most differ in length or at an
 * end.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** SHA-256 in hexadecimal of every file that has an equal one, by its path. `paths` are files. */
export async function hashesOfEqualFiles(paths: readonly string[]): Promise<Map<string, string>> {
  const all = [...new Set(paths)];
  const ofOneSize = await alike(all, async (path) => String((await stat(path)).size));
  const ofOneLook = await alikeWithin(ofOneSize, endsOf);
  const hashes = new Map<string, string>();
  const equal = await alikeWithin(ofOneLook, async (path) => {
    const hash = await sha256(path);
    hashes.set(path, hash);
    return hash;
  });
  const found = new Set(equal.flat());
  return new Map([...hashes].filter(([path]) => found.has(path)));
}

async function alikeWithin(
  sets: readonly (readonly string[])[],
  look: (path: string) => Promise<string>,
): Promise<string[][]> {
  const found: string[][] = [];
  for (const set of sets) found.push(...(await alike(set, look)));
  return found;
}

/** Sets of two and more that look the same. */
async function alike(
  paths: readonly string[],
  look: (path: string) => Promise<string>,
): Promise<string[][]> {
  const sets = new Map<string, string[]>();
  for (const path of paths) {
    const key = await look(path);
    sets.set(key, [...(sets.get(key) ?? []), path]);
  }
  return [...sets.values()].filter(({ length }) => length > 1);
}

const END_BYTES = 4096;

async function endsOf(path: string): Promise<string> {
  await using file = await open(path);
  const { size } = await file.stat();
  const hash = createHash("sha256");
  for (const position of [0, Math.max(0, size - END_BYTES)]) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(END_BYTES), { position });
    hash.update(buffer.subarray(0, bytesRead));
  }
  return hash.digest("hex");
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
