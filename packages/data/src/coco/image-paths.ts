/**
 * Where the images lie that a COCO file names. A name is taken as it stands; where there is no such
 * file, with Windows' separators as ours, and with its letters composed or decomposed (a Mac stores
 * "ö" as "o" and two dots).
 */
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { CocoImage } from "./read-coco.ts";

export interface LocatedImage {
  readonly image: CocoImage;
  /** Where it is, or ought to be. */
  readonly path: string;
  readonly isThere: boolean;
}

export function locateImages(images: readonly CocoImage[], folder: string): LocatedImage[] {
  return images.map((image) => {
    const places = placesOf(image.fileName, folder);
    const found = places.find((path) => existsSync(path));
    return { image, path: found ?? places[0], isThere: found !== undefined };
  });
}

const NAMED_AT_MOST = 5;

/** One line that names the images that are not there; null where all are. */
export function describeMissing(located: readonly LocatedImage[], folder: string): string | null {
  const missing = located.filter(({ isThere }) => !isThere);
  if (missing.length === 0) return null;
  const named = missing.slice(0, NAMED_AT_MOST).map(({ path }) => path);
  const more = missing.length - named.length;
  return (
    `${folder}: expected ${located.length} images, but ${missing.length} are missing: ` +
    `${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}${hintFor(missing, folder)}`
  );
}

function placesOf(fileName: string, folder: string): string[] {
  const names = [fileName, fileName.replaceAll("\\", "/")];
  const spelt = names.flatMap((name) => [name, name.normalize("NFC"), name.normalize("NFD")]);
  return [...new Set(spelt)].flatMap((name) =>
    isAbsolute(name) ? [join(folder, name), name] : [join(folder, name)],
  );
}

function hintFor(missing: readonly LocatedImage[], folder: string): string {
  const names = missing.map(({ image }) => image.fileName);
  if (names.some((name) => isAbsolute(name) || /^[a-z]:[\\/]/i.test(name))) {
    return "; the file names absolute paths of another place: make them relative to the folder";
  }
  if (names.some((name) => isThereDecoded(name, folder))) {
    return '; the names are those of an address, with "%20" for a blank: decode them';
  }
  return names.some((name) => name.includes("\\"))
    ? "; the names have backslashes, which were read as folders: check what is before them"
    : "";
}

function isThereDecoded(name: string, folder: string): boolean {
  try {
    return name.includes("%") && existsSync(join(folder, decodeURIComponent(name)));
  } catch {
    return false;
  }
}
