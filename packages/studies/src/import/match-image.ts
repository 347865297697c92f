/**
 * Which of a study's images is meant by a name from elsewhere: by the hash in it, by the SOP instance UID
 * (the study's or, with the key file, the original), by the bytes of the file that it names, or by the
 * examination and the view.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type OutlinedImage, replaceUid } from "@malleolus/data";
import { type Hospital, imageColumn } from "@malleolus/schema";
import { plainName } from "../csv/read-table.ts";
import type { KeyFile } from "../keys/key-file.ts";
import type { Study } from "../study.ts";
import { findCase } from "./find-case.ts";

export interface ImageNames {
  /** Null where they are not to be asked for: original UIDs, files and accession numbers match nothing. */
  readonly keys: KeyFile | null;
  /** Whose accession numbers they are. */
  readonly hospital: Hospital | null;
  /** Where the files lie that are named; null where they are not there. */
  readonly folder: string | null;
}

/** Keys of an image in a file, in any case and with any of ` _-` between words. */
const KEYS = {
  hash: ["sha256", "hash"],
  uid: ["sopinstanceuid", "sopuid", "instanceuid"],
  accession: ["accession", "accessionnumber", "accessienummer"],
  case: ["case", "caseid"],
  view: ["view"],
} as const;

/** The hash of the study's image; null for none, or more than one. */
export async function matchImage(
  study: Study,
  { fileName, extra }: Pick<OutlinedImage, "fileName" | "extra">,
  names: ImageNames,
): Promise<string | null> {
  const said = (known: readonly string[]) =>
    Object.entries(extra).flatMap(([key, value]) =>
      known.includes(plainName(key)) && (typeof value === "string" || typeof value === "number")
        ? [String(value)]
        : [],
    );
  const files = [fileName, ...said(["externalid", "globalkey"])];
  const stems = files.flatMap(stemsOf);
  const hashes = [...said(KEYS.hash), ...files.flatMap((name) => name.match(HASH) ?? [])];
  return (
    (await byHash(study, hashes)) ??
    (await byUid(study, [...said(KEYS.uid), ...stems], names)) ??
    (await byFile(study, files, names)) ??
    (await byView(study, [...said(KEYS.case), ...said(KEYS.accession)], said(KEYS.view), names)) ??
    (await byNamedView(study, stems, names))
  );
}

const HASH = /[0-9a-f]{64}/gi;

/** A file's name without folder and ending, and without what Label Studio puts before it. */
function stemsOf(fileName: string): string[] {
  const name = basename(fileName.replaceAll("\\", "/").replace(/[?#].*$/, ""));
  const stem = name.replace(/\.(dcm|dicom|png|jpe?g|tiff?|bmp)$/i, "");
  return [...new Set([stem, stem.replace(/^[0-9a-f]{8}-/, "")])];
}

async function byHash({ database }: Study, hashes: readonly string[]): Promise<string | null> {
  if (hashes.length === 0) return null;
  const lower = hashes.map((hash) => hash.toLowerCase());
  return only(
    await database.selectFrom("images").select("sha256").where("sha256", "in", lower).execute(),
  );
}

async function byUid(
  { database }: Study,
  written: readonly string[],
  { keys }: ImageNames,
): Promise<string | null> {
  const uids = written.filter((one) => /^\d+(\.\d+)+$/.test(one));
  const own = uids.flatMap((uid) => (keys === null ? [uid] : [uid, replaceUid(uid, keys.secret)]));
  if (own.length === 0) return null;
  return only(
    await database
      .selectFrom("images")
      .select("sha256")
      .where("sop_instance_uid", "in", own)
      .execute(),
  );
}

/** By the bytes that were imported, whatever the file is called now. */
async function byFile(
  { database }: Study,
  files: readonly string[],
  { keys, folder }: ImageNames,
): Promise<string | null> {
  if (folder === null) return null;
  const paths = files
    .flatMap((name) => [join(folder, name), join(folder, basename(name.replaceAll("\\", "/")))])
    .filter((path) => existsSync(path) && statSync(path).isFile());
  for (const path of paths) {
    const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
    const found = await database
      .selectFrom("images")
      .select("sha256")
      .where(({ eb, or, selectFrom }) =>
        or([
          eb("sha256", "=", hash),
          eb(
            "sha256",
            "in",
            selectFrom("import_files")
              .select("image_sha256")
              .where("source_hash", "=", keys?.hash("file", hash) ?? "")
              .where("image_sha256", "is not", null)
              .$castTo<{ image_sha256: string }>(),
          ),
        ]),
      )
      .executeTakeFirst();
    if (found !== undefined) return found.sha256;
  }
  return null;
}

/** `ACC1001_ap`, `ACC1001-lateral`; `ACC1001` where the examination has one image. */
async function byNamedView(
  study: Study,
  stems: readonly string[],
  names: ImageNames,
): Promise<string | null> {
  for (const stem of stems) {
    const [, examination, view] = /^(.+)[_\- ]([a-z]+)$/i.exec(stem) ?? [];
    const found =
      (await byView(study, [stem], [], names)) ??
      (examination === undefined ? null : await byView(study, [examination], [view], names));
    if (found !== null) return found;
  }
  return null;
}

async function byView(
  study: Study,
  examinations: readonly string[],
  views: readonly string[],
  { keys, hospital }: ImageNames,
): Promise<string | null> {
  for (const written of examinations) {
    const named = { study: "", accessions: [written] };
    const found =
      (await study.database
        .selectFrom("cases")
        .select("id")
        .where("id", "=", written)
        .executeTakeFirst()) ??
      (keys === null || hospital === null
        ? undefined
        : await findCase(study.database, named, { hospital, keys }));
    if (found === undefined) continue;
    const images = await study.database
      .selectFrom("images")
      .select(["sha256", "facts"])
      .where("case_id", "=", found.id)
      .execute();
    const wanted = views.map((view) => view.toLowerCase());
    const own = images.filter(({ sha256, facts }) => {
      if (wanted.length === 0) return true;
      const { view } = imageColumn.read(facts, `image ${sha256}`);
      return view !== null && wanted.includes(view);
    });
    const image = only(own);
    if (image !== null) return image;
  }
  return null;
}

function only(rows: readonly { readonly sha256: string }[]): string | null {
  return rows.length === 1 ? rows[0].sha256 : null;
}
