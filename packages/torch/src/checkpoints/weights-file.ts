/** Weights from a file of any format, told by its first bytes and never by its name. */
import { readDetectron2Pkl } from "./detectron2-pkl.ts";
import { malformed, readingFile } from "./file-bytes.ts";
import { isLegacyPth, isZip, readPth } from "./pth.ts";
import { readSafetensors } from "./safetensors.ts";
import type { StateDictFile } from "./state-dict-file.ts";

const PICKLE_START = 0x80;
const LENGTH_BYTES = 8;

/**
 * Reads safetensors, checkpoints of `torch.save`, and pickles of NumPy arrays.
 *
 * @throws TorchError `checkpoint` for any other file, and for one that cannot be read.
 */
export function readWeightsFile(path: string): StateDictFile {
  const start = readingFile(path, (file) => file.read(0, Math.min(file.size, 64)));
  if (isZip(start) || isLegacyPth(start)) return readPth(path);
  // A header begins with "{" behind its length; as the length of one, a pickle's start is too long.
  if (start[LENGTH_BYTES] === "{".charCodeAt(0)) return readSafetensors(path);
  if (start[0] === PICKLE_START) return readDetectron2Pkl(path);
  return readingFile(path, () => {
    throw malformed(
      "expected weights as safetensors, as a checkpoint of torch.save (.pth) or as a pickle of NumPy " +
        `arrays (.pkl, protocol 2 or later), got a file that begins with ${JSON.stringify(start.toString("latin1", 0, 8))}`,
    );
  });
}
