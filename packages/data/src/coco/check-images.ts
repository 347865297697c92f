/**
 * The images of a COCO file before anything is done with them: whether they are there, whole and of the
 * size that was annotated, which of them are the same radiograph or the same patient's, and what a person
 * ought to know of all that. Training, evaluation and import say the same words about one file.
 */
import { realpathSync } from "node:fs";
import { DataError } from "../errors.ts";
import { type ImageHeader, readImageHeader } from "../image-header.ts";
import { readRadiograph } from "../read-radiograph.ts";
import { annotationRemarks, listed } from "./annotation-remarks.ts";
import { hashesOfEqualFiles } from "./equal-files.ts";
import { originKeys, originOfImage } from "./image-origin.ts";
import { describeMissing, type LocatedImage, locateImages } from "./image-paths.ts";
import { type CocoDataset, type CocoImage, idInFile } from "./read-coco.ts";

export interface CheckedImage extends LocatedImage {
  /**
   * What it shares with others that are as good as the same radiograph, or the same patient's: its file,
   * its bytes, its group, its patient. What shares one must not stand on two sides.
   */
  readonly keys: readonly string[];
}

export interface CheckedImages {
  /** In the file's order. */
  readonly images: readonly CheckedImage[];
  /** Remarks, each a sentence without its full stop. */
  readonly remarks: readonly string[];
  /** Why images cannot be used, one line each. */
  readonly faults: readonly string[];
  /** Where the annotation file says two things of one image, or two files draw objects on one. */
  readonly contradictions: readonly string[];
}

/** `images` are those of the data set that are to be used. */
export async function checkImages(
  dataset: CocoDataset,
  folder: string,
  images: readonly CocoImage[] = dataset.images,
): Promise<CheckedImages> {
  const located = locateImages(images, folder);
  const looked = await lookAtAll(located);
  const there = looked.filter(({ isThere }) => isThere);
  const equal = await hashesOfEqualFiles(there.flatMap(({ header, real }) => (header ? real : [])));
  const patients = patientsOf(looked);
  const checked = looked.map((one): CheckedImage & Looked => ({
    ...one,
    keys: [
      `file ${one.real}`,
      ...(equal.has(one.real) ? [`bytes ${equal.get(one.real)}`] : []),
      ...originKeys(originOfImage(one.image)),
      ...(patients.get(one) ?? []),
    ],
  }));
  const missing = describeMissing(located, folder);
  return {
    images: checked.map(({ image, path, isThere, keys }) => ({ image, path, isThere, keys })),
    remarks: [
      ...annotationRemarks(dataset, images),
      ...describeTurned(looked),
      ...describeSame(looked, equal),
      ...(await describeDark(looked)),
    ],
    faults: [
      ...(missing === null ? [] : [missing]),
      ...looked.flatMap(({ fault }) => (fault === null ? [] : [fault])),
    ],
    contradictions: contradictionsOf(looked, dataset),
  };
}

const NAMED_AT_MOST = 5;

/** @throws DataError, with all of them in one line, if there are any. */
export function throwFaults(faults: readonly string[], where: string): void {
  if (faults.length === 0) return;
  const named = faults.slice(0, NAMED_AT_MOST).join("; ");
  const more = faults.length - NAMED_AT_MOST;
  throw new DataError(
    "damaged",
    faults.length === 1
      ? faults[0]
      : `${where}: ${faults.length} faults: ${named}${more > 0 ? `; and ${more} more` : ""}`,
  );
}

interface Looked extends LocatedImage {
  /** Without links, where it is there. */
  readonly real: string;
  readonly header: ImageHeader | null;
  readonly fault: string | null;
}

const AT_ONCE = 8;

async function lookAtAll(located: readonly LocatedImage[]): Promise<Looked[]> {
  const looked: Looked[] = new Array(located.length);
  const left = located.entries();
  const work = async () => {
    for (const [index, one] of left) looked[index] = await lookAt(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return looked;
}

async function lookAt(located: LocatedImage): Promise<Looked> {
  const { path, isThere, image } = located;
  if (!isThere) return { ...located, real: path, header: null, fault: null };
  const real = realpathSync(path);
  try {
    const header = await readImageHeader(path);
    return { ...located, real, header, fault: describeSize(path, image, header) };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { ...located, real, header: null, fault: error.message };
  }
}

function describeSize(path: string, image: CocoImage, header: ImageHeader): string | null {
  const { width, height, exifOrientation } = header;
  if (width === image.width && height === image.height) return null;
  const isTurned = exifOrientation !== null && width === image.height && height === image.width;
  return (
    `${path}: expected ${image.width} x ${image.height} pixels as annotated, got ${width} x ${height}; ` +
    (isTurned
      ? `its EXIF orientation (${exifOrientation}) was applied there and is not here: turn the pixels themselves, or annotate them as stored`
      : "the annotations belong to another version of the image")
  );
}

/** Keys by the patients that DICOM files name; one name on all of them is no name. */
function patientsOf(looked: readonly Looked[]): Map<Looked, string[]> {
  const named = looked.flatMap((one) => {
    const patientId = one.header?.patientId ?? null;
    return patientId === null ? [] : [{ one, patientId }];
  });
  if (new Set(named.map(({ patientId }) => patientId)).size < 2) return new Map();
  return new Map(named.map(({ one, patientId }) => [one, [`DICOM patient ${patientId}`]]));
}

function describeTurned(looked: readonly Looked[]): string[] {
  const turned = looked.filter(({ header }) => (header?.exifOrientation ?? null) !== null);
  if (turned.length === 0) return [];
  const names = listed(turned.map(({ image }) => image.fileName));
  return [
    `${turned.length} of ${looked.length} images ${turned.length === 1 ? "has" : "have"} an EXIF ` +
      `orientation (${names}): it is not applied, annotations count in the pixels as stored`,
  ];
}

function describeSame(looked: readonly Looked[], equal: ReadonlyMap<string, string>): string[] {
  const remarks: string[] = [];
  for (const same of fileSets(looked)) {
    const ids = same.map(({ image }) => idInFile(image)).join(" and ");
    remarks.push(`${same[0].image.fileName} is listed twice or more, as the images ${ids}`);
  }
  const once = [...new Map(looked.map((one) => [one.real, one])).values()];
  const sets = Map.groupBy(once, ({ real }) => equal.get(real) ?? "");
  sets.delete("");
  const names = [...sets.values()].map((set) => set.map(({ image }) => image.fileName).join(" = "));
  if (names.length > 0) {
    const are =
      names.length === 1 ? "1 set of files is equal" : `${names.length} sets of files are equal`;
    remarks.push(`${are} byte by byte (${listed(names)}): they stay on one side`);
  }
  return remarks;
}

/** Images of one file, where there are several. */
function fileSets(looked: readonly Looked[]): Looked[][] {
  return [...Map.groupBy(looked, ({ real }) => real).values()].filter(({ length }) => length > 1);
}

/**
 * One file with objects under one id and without under another would teach both; and so would objects that two COCO
 * files draw on it, each in its way.
 */
function contradictionsOf(looked: readonly Looked[], dataset: CocoDataset): string[] {
  const hasObjects = ({ image }: Looked) =>
    (dataset.annotationsByImage.get(image.id) ?? []).some(({ isCrowd }) => !isCrowd);
  return fileSets(looked).flatMap((same) => {
    const [drawn, bare] = [same.filter(hasObjects), same.filter((one) => !hasObjects(one))];
    if (drawn.length === 0) return [];
    const [first] = drawn;
    const other = drawn.find(({ image }) => image.origin?.file !== first.image.origin?.file);
    if (bare.length === 0 && other === undefined) return [];
    const got =
      other === undefined
        ? `${idInFile(first.image)}, with objects, and ${idInFile(bare[0].image)}, without`
        : `${idInFile(first.image)}, and ${idInFile(other.image)}, with objects both`;
    return [
      `${first.image.fileName}: expected one image of the file, got the images ${got}; take one of the two out`,
    ];
  });
}

const DEEP_LOOKED_AT = 4;
const TWELVE_BITS = 4095;

/** Pictures of 16 bits whose values were not stretched to them: nearly black, for a network too. */
async function describeDark(looked: readonly Looked[]): Promise<string[]> {
  const deep = looked.filter(
    ({ header, fault }) => fault === null && header?.isDeepPicture === true,
  );
  const sample = deep.slice(0, DEEP_LOOKED_AT);
  const found: number[] = [];
  for (const { path } of sample) found.push(...(await greatestValue(path)));
  const greatest = Math.max(0, ...found);
  if (found.length === 0 || greatest > TWELVE_BITS) return [];
  return [
    describeFewBits(
      greatest,
      `${deep.length} of ${looked.length} images, by the first ${sample.length},`,
    ),
  ];
}

/** None of a file that is damaged behind its header: whoever uses it says so. */
async function greatestValue(path: string): Promise<number[]> {
  try {
    return [(await readRadiograph(path)).stored.max];
  } catch (error) {
    if (error instanceof DataError) return [];
    throw error;
  }
}

/** Of pictures of 16 bits with a greatest value of 12 bits or less. */
export function describeFewBits(greatest: number, which: string): string {
  const bits = Math.max(1, Math.ceil(Math.log2(greatest + 1)));
  return (
    `${which} use ${bits} of their 16 bits (greatest value ${greatest} of 65535) and are nearly black: ` +
    "stretch their values when they are exported"
  );
}
