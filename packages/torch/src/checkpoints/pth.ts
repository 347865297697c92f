/**
 * Checkpoints of `torch.save`: the zip archive of PyTorch 1.6 and later, and what was written
 * before it (source: PyTorch's torch/serialization.py). No code of the file runs; see `pickle.ts`.
 */
import { bytesOf } from "../dtype.ts";
import { containerNames } from "./container-names.ts";
import { type FileBytes, malformed, readingFile } from "./file-bytes.ts";
import { numpyNames } from "./numpy-names.ts";
import { type Construct, unpickle } from "./pickle.ts";
import { readStateDict, type StateDictFile } from "./state-dict-file.ts";
import { type Budget, budgetOf, type Storage } from "./strided-elements.ts";
import { PickledStorage, parseStorageId, torchNames } from "./torch-names.ts";
import { type ByteRange, storedRange, zipRecords } from "./zip-records.ts";

const ZIP_START = "PK\u0003\u0004";
/** The pickle of PyTorch's number 0x1950a86a20f9469cfc6c, with which old files begin. */
const LEGACY_START = Buffer.from("8a0a6cfc9c46f9206aa85019", "hex");
const PROTOCOL_BYTES = 2;
const LEGACY_VERSION = 1001;
const COUNT_BYTES = 8;

/**
 * The state dict of a checkpoint, at its top or under `model`, `state_dict` or `model_state_dict`.
 *
 * @throws TorchError `checkpoint` for a file that is not one, is cut, contradicts itself, or asks
 *   for anything but tensors, containers, numbers and text.
 */
export function readPth(path: string): StateDictFile {
  return readingFile(path, (file) => {
    const start = file.read(0, Math.min(file.size, 64));
    if (isZip(start)) return readArchive(file);
    if (isLegacyPth(start)) return readLegacy(file);
    throw malformed(
      "expected a checkpoint of torch.save (a zip archive, or PyTorch's older format), got another " +
        "file; one of PyTorch before 0.2 has to be saved again",
    );
  });
}

export function isZip(start: Buffer): boolean {
  return start.toString("latin1", 0, ZIP_START.length) === ZIP_START;
}

export function isLegacyPth(start: Buffer): boolean {
  const number = start.subarray(PROTOCOL_BYTES, PROTOCOL_BYTES + LEGACY_START.length);
  return start[0] === 0x80 && number.equals(LEGACY_START);
}

function namesFor(budget: Budget): Map<string, Construct> {
  return new Map([...containerNames(budget), ...numpyNames(), ...torchNames()]);
}

function readArchive(file: FileBytes): StateDictFile {
  const records = zipRecords(file);
  // The archive's folder is called as the file was when it was written.
  const main = [...records.keys()].find((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (main === undefined) {
    throw malformed("expected a zip archive of torch.save with data.pkl, got another archive");
  }
  const folder = main.slice(0, -"data.pkl".length);
  if (records.has(`${folder}constants.pkl`)) {
    throw malformed(
      "it is a TorchScript archive, which is a program; save the model's state dict with torch.save",
    );
  }
  const textOf = (range: ByteRange) => file.read(range.start, range.end).toString("latin1").trim();
  const order = `${folder}byteorder`;
  const isBigEndian = records.has(order) && textOf(storedRange(records, order)) === "big";
  const pickle = storedRange(records, main);
  const budget = budgetOf(file.size);
  const { value } = unpickle(file.read(pickle.start, pickle.end), 0, {
    names: namesFor(budget),
    persistent(id) {
      const { key, dtype, elements, offset } = parseStorageId(id);
      const width = dtype === null ? 1 : bytesOf(dtype);
      const range = storedRange(records, `${folder}data/${key}`);
      if (elements * width > range.end - range.start) {
        throw malformed(`its storage ${JSON.stringify(key)} is cut; copy the file again`);
      }
      return new PickledStorage(storageIn(file, range, isBigEndian), dtype, offset * width);
    },
  });
  return readStateDict(value, budget);
}

function storageIn(file: FileBytes, range: ByteRange, isBigEndian: boolean): Storage {
  return {
    sizeBytes: range.end - range.start,
    isBigEndian,
    read: (start, end) => file.read(range.start + start, range.start + end),
  };
}

/**
 * Five pickles (a number, a version, the machine, the object, the storages' keys), and behind them
 * the storages: each a count of elements and the elements, always little-endian.
 */
function readLegacy(file: FileBytes): StateDictFile {
  const bytes = file.read(0, file.size);
  const budget = budgetOf(file.size);
  const storages = new Map<string, LaterStorage>();
  const rules = {
    names: namesFor(budget),
    persistent(id: unknown) {
      const { key, dtype, offset, elements } = parseStorageId(id);
      const width = dtype === null ? 1 : bytesOf(dtype);
      const known = storages.get(key) ?? { width, elements, range: null };
      storages.set(key, known);
      if (known.width !== width) throw malformed(`its storage ${key} has two types; copy it again`);
      return new PickledStorage(storageLater(bytes, known), dtype, offset * width);
    },
  };
  const values: unknown[] = [];
  let place = 0;
  while (values.length < 5) {
    const { value, end } = unpickle(bytes, place, rules);
    values.push(value);
    place = end;
  }
  const [, version, , object, keys] = values;
  if (version !== LEGACY_VERSION || !Array.isArray(keys)) {
    throw malformed(
      `expected version ${LEGACY_VERSION} of PyTorch's older format, got ${String(version)}`,
    );
  }
  for (const key of keys.map(String)) {
    const storage = storages.get(key);
    if (storage === undefined)
      throw malformed(`nothing is said of its storage ${key}; copy it again`);
    if (place + COUNT_BYTES > bytes.length) throw malformed("it was cut: copy it again");
    const start = place + COUNT_BYTES;
    const end = start + Number(bytes.readBigUInt64LE(place)) * storage.width;
    if (end > bytes.length || storage.elements * storage.width > end - start) {
      throw malformed(`its storage ${key} is cut; copy the file again`);
    }
    storage.range = { start, end };
    place = end;
  }
  return readStateDict(object, budget);
}

/** A storage of an old file, whose place is found after everything that names it. */
interface LaterStorage {
  readonly width: number;
  readonly elements: number;
  range: ByteRange | null;
}

function storageLater(bytes: Buffer, later: LaterStorage): Storage {
  const rangeOf = () => {
    if (later.range === null) throw malformed("a storage is missing; copy the file again");
    return later.range;
  };
  return {
    get sizeBytes() {
      const { start, end } = rangeOf();
      return end - start;
    },
    isBigEndian: false,
    read(start, end) {
      const from = rangeOf().start;
      const copy = Buffer.from(new ArrayBuffer(end - start));
      bytes.copy(copy, 0, from + start, from + end);
      return copy;
    },
  };
}
