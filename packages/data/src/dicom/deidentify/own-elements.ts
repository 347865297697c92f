/** The elements in which a de-identified file describes itself (PS3.15 sections E.1.1 and E.3). */
import type { Writing } from "../elements.ts";
import { writeElement, writeItem } from "../write/elements.ts";

const METHODS: readonly (readonly [code: string, meaning: string])[] = [
  ["113100", "Basic Application Confidentiality Profile"],
  ["113105", "Clean Descriptors Option"],
  ["113107", "Retain Longitudinal Temporal Information Modified Dates Option"],
  ["113108", "Retain Patient Characteristics Option"],
];

interface WrittenElement {
  readonly tag: number;
  readonly bytes: Buffer;
}

export function ownElements(pseudonym: string, writing: Writing): WrittenElement[] {
  const element = (tag: number, vr: string, value: string | Buffer): WrittenElement => {
    const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
    return { tag, bytes: writeElement(tag, vr, bytes, writing) };
  };
  const items = METHODS.map(([code, meaning]) =>
    writeItem(
      Buffer.concat([
        element(0x00080100, "SH", code).bytes,
        element(0x00080102, "SH", "DCM").bytes,
        element(0x00080104, "LO", meaning).bytes,
      ]),
      writing,
    ),
  );
  return [
    element(0x00100010, "PN", pseudonym),
    element(0x00100020, "LO", pseudonym),
    element(0x00120062, "CS", "YES"),
    element(0x00120063, "LO", "PS3.15 2024b Basic Profile with options"),
    element(0x00120064, "SQ", Buffer.concat(items)),
    element(0x00280303, "CS", "MODIFIED"),
  ];
}
