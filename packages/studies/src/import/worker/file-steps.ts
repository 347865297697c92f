/**
 * In the thread: what is done to one file before anything is recorded. It is read, hashed,
 * decoded, de-identified, read again to see that nothing which the picture needs was lost (decoded
 * again only where the new file says anything of its picture that the old one does not), and written
 * beside its place in the store.
 *
 * The main thread asks for one step after the other, and decides in between: what was imported before
 * is not decoded again, and a patient is in the key file before an image of theirs is in the store.
 */
import { createHash, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  checkSamePicture,
  type DicomImage,
  deidentifyInParts,
  readDicomImage,
  readIdentity,
} from "@malleolus/data/dicom";
import { imageSchema } from "@malleolus/schema";
import { stageImage } from "../../image-store.ts";
import { readSourceFile } from "../source-files.ts";
import type { Answer, Request } from "./messages.ts";

/**
 * The steps of one thread: each works on the file that was opened last.
 *
 * @throws DataError and StudyError `source` where the file is bad, and the system's error where the
 *   store fails.
 */
export function fileSteps(): (request: Request) => Promise<Answer> {
  // Of this thread among those of all processes and machines.
  const writer = randomInt(2 ** 47);
  let name = "";
  let bytes: Uint8Array = new Uint8Array();
  let original: DicomImage | null = null;

  return async (request) => {
    switch (request.step) {
      case "open": {
        const { contents } = request;
        name = request.name;
        original = null;
        bytes = typeof contents === "string" ? readSourceFile(contents) : contents;
        return { step: "open", sha256: createHash("sha256").update(bytes).digest("hex") };
      }
      case "describe": {
        const identity = readIdentity(bytes, name);
        original = await readDicomImage(bytes, name);
        const facts = imageSchema.strip().parse(original.radiograph);
        return { step: "describe", identity, facts };
      }
      case "clean": {
        const before = original ?? (await readDicomImage(bytes, name));
        const { radiograph, storedSha256 } = before;
        const parts = deidentifyInParts(bytes, request.plan, name);
        const clean = await readDicomImage(Buffer.concat(parts), name, before);
        const lost = checkSamePicture(before, clean, name);
        const image = stageImage(request.store, parts, "dicom", writer);
        return { step: "clean", image, storedSha256, notes: [...radiograph.notes, ...lost] };
      }
      case "describe image": {
        // Loaded where it is needed: the whole package takes a thread 0.2 s.
        const { decodeRadiograph, imageFormat } = await import("@malleolus/data");
        if (imageFormat(bytes) === undefined) return { step: "describe image", facts: null };
        const facts = imageSchema.strip().parse(await decodeRadiograph(bytes, name));
        return { step: "describe image", facts };
      }
      case "strip image": {
        const { stripImage } = await import("@malleolus/data");
        const parts = stripImage(bytes, name);
        const image = stageImage(request.store, parts, request.format, writer);
        return { step: "strip image", image };
      }
      case "stored hash": {
        const { path } = request;
        const { storedSha256 } = await readDicomImage(readFileSync(path), path);
        return { step: "stored hash", storedSha256 };
      }
    }
  };
}
