/** The metadata of a file of ONNX, by which ours say which network they are; its graph is passed over. */
import { OnnxError } from "../errors.ts";
import { readFields } from "./protobuf-reader.ts";

const METADATA = 14;
const [KEY, VALUE] = [1, 2];

/** @throws OnnxError `checkpoint` for what is no file of ONNX, or was cut; `where` begins the message. */
export function readMetadata(model: Uint8Array, where: string): Record<string, string> {
  try {
    const entries = [...readFields(model)]
      .filter(({ number }) => number === METADATA)
      .map(({ bytes }) => entryOf(bytes));
    return Object.fromEntries(entries);
  } catch (cause) {
    if (!(cause instanceof OnnxError)) throw cause;
    throw new OnnxError("checkpoint", `${where}: ${cause.message}; copy it again`, { cause });
  }
}

function entryOf(entry: Uint8Array): [key: string, value: string] {
  const texts = { [KEY]: "", [VALUE]: "" };
  for (const { number, bytes } of readFields(entry))
    texts[number] = new TextDecoder().decode(bytes);
  return [texts[KEY], texts[VALUE]];
}
