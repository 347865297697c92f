/** A DICOM file as the generator of the golden files tells it: every element by its path, values as text. */
import {
  type ByteElement,
  type ByteRange,
  readElements,
  readItems,
  type Writing,
} from "../elements.ts";
import { openFile } from "../open-file.ts";

export type Told = Readonly<Record<string, readonly string[]>>;

const CONTENT = 0x0040a730;

export function toldFile(bytes: Uint8Array): Told {
  const { bytes: whole, dataSetStart, writing } = openFile(bytes, "told");
  return toldElements(whole, { from: dataSetStart, to: whole.length }, writing, "");
}

/** The golden file's nested elements in the same form; an item without elements leaves no trace. */
export function flattened(nested: Readonly<Record<string, unknown>>, path = ""): Told {
  const flat: Record<string, readonly string[]> = {};
  for (const [key, value] of Object.entries(nested)) {
    if (Array.isArray(value)) flat[`${path}${key}`] = value.map(String);
    else if (isRecord(value)) {
      if (Object.keys(value).length === 0) flat[`${path}${key}`] = [];
      Object.assign(flat, flattened(value, `${path}${key}/`));
    }
  }
  return flat;
}

function toldElements(bytes: Uint8Array, range: ByteRange, writing: Writing, path: string): Told {
  const flat: Record<string, readonly string[]> = {};
  for (const element of readElements(bytes, range, writing, "told")) {
    const key = `${path}${element.tag.toString(16).padStart(8, "0")}`;
    if (!element.isSequence) {
      flat[key] = values(bytes, element);
      continue;
    }
    const items = readItems(bytes, element, writing, "told");
    if (items.length === 0) flat[key] = [];
    const seen = new Map<string, number>();
    for (const [i, item] of items.entries()) {
      const told = toldElements(bytes, item, writing, "");
      const name = element.tag === CONTENT ? contentName(told, seen) : String(i);
      if (Object.keys(told).length === 0) flat[`${key}/${name}`] = [];
      for (const [inner, value] of Object.entries(told)) flat[`${key}/${name}/${inner}`] = value;
    }
  }
  return flat;
}

/** A content item is named for what it is: its place is nothing that two writers must agree on. */
function contentName(told: Told, seen: Map<string, number>): string {
  const value = told["0040a043/0/00080100"] ?? told["0040a043/0/00080119"];
  const concept = value === undefined ? "-" : `${told["0040a043/0/00080102"]} ${value}`;
  const name = `${told["0040a010"]} ${told["0040a040"]} ${concept}`;
  const count = (seen.get(name) ?? 0) + 1;
  seen.set(name, count);
  return `${name} ${count}`;
}

function values(bytes: Uint8Array, { vr, valueStart, valueEnd }: ByteElement): string[] {
  const own = bytes.slice(valueStart, valueEnd);
  const view = new DataView(own.buffer);
  const each = (size: number, read: (at: number) => number) =>
    Array.from({ length: own.length / size }, (_, i) => String(read(i * size)));
  switch (vr) {
    case "OB":
    case "OW":
      return [Buffer.from(own).toString("base64")];
    case "US":
      return each(2, (at) => view.getUint16(at, true));
    case "SS":
      return each(2, (at) => view.getInt16(at, true));
    case "UL":
      return each(4, (at) => view.getUint32(at, true));
    case "SL":
      return each(4, (at) => view.getInt32(at, true));
    case "FL":
      return each(4, (at) => view.getFloat32(at, true));
    case "AT":
      return each(4, (at) => view.getUint16(at, true) * 0x10000 + view.getUint16(at + 2, true)).map(
        (tag) => Number(tag).toString(16).padStart(8, "0"),
      );
    default: {
      const text = Buffer.from(own)
        .toString("utf8")
        .replace(/[\0 ]+$/, "");
      if (text === "") return [];
      const parts = vr === "UT" || vr === "LT" || vr === "ST" ? [text] : text.split("\\");
      return vr === "DS" || vr === "IS" ? parts.map((part) => String(Number(part))) : parts;
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
