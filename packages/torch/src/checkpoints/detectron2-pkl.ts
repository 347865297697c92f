/**
 * Plain pickles of NumPy arrays by name: Detectron2's `.pkl` files, and Caffe2's blobs, which
 * MSRA's networks are published as, also those that Python 2 wrote.
 *
 * Their names stay as they are here. That Detectron2 takes a file with `model` and `__author__` as
 * it stands, and renames the blobs of any other, is the business of who knows the network.
 */
import { containerNames } from "./container-names.ts";
import { malformed, readingFile } from "./file-bytes.ts";
import { numpyNames } from "./numpy-names.ts";
import { unpickle } from "./pickle.ts";
import { readStateDict, type StateDictFile } from "./state-dict-file.ts";
import { budgetOf } from "./strided-elements.ts";

/**
 * The arrays of a file, at its top or under `model` or `blobs`.
 *
 * @throws TorchError `checkpoint` for a file that is not a whole pickle, or asks for anything but
 *   arrays, containers, numbers and text.
 */
export function readDetectron2Pkl(path: string): StateDictFile {
  return readingFile(path, (file) => {
    const budget = budgetOf(file.size);
    const names = new Map([...containerNames(budget), ...numpyNames()]);
    const { value } = unpickle(file.read(0, file.size), 0, { names, persistent: refuse });
    return readStateDict(value, budget);
  });
}

function refuse(): never {
  throw malformed(
    "it leaves objects to its surroundings, as no plain pickle does; expected arrays of NumPy by name",
  );
}
