/** A structured report's content, read back for the tests by the project's own reader. */
import assert from "node:assert/strict";
import type { Attributes } from "../attributes.ts";

export interface ReadItem {
  readonly relationship: string | null;
  readonly valueType: string | null;
  /** Of the concept's name: `DCM 121071`; null where the item has none. */
  readonly concept: string | null;
  /** Code, text, UID, number with its unit, graphic type or SOP instance. */
  readonly value: string | null;
  readonly points: readonly number[];
  /** Of a container: the template that it says it is of. */
  readonly template: string | null;
  readonly items: readonly ReadItem[];
}

export function readTree(attributes: Attributes): ReadItem {
  const [name] = attributes.items("x0040a043");
  const [template] = attributes.items("x0040a504");
  return {
    relationship: attributes.text("x0040a010"),
    valueType: attributes.text("x0040a040"),
    concept: name === undefined ? null : codeText(name),
    value: itemValue(attributes),
    points: floats(attributes, "x00700022"),
    template: template?.text("x0040db00") ?? null,
    items: attributes.items("x0040a730").map(readTree),
  };
}

/** A row of a template: what it asks for and how often; `check` looks at each that is there. */
export interface Row {
  /** As the standard numbers it. */
  readonly row: string;
  readonly relationship: string;
  readonly valueType: string;
  readonly concept: string | null;
  readonly least: number;
  readonly most: number;
  readonly check?: (item: ReadItem) => void;
}

/** Holds items against rows whose order is significant: each row takes what comes next, nothing is left. */
export function checkRows(items: readonly ReadItem[], rows: readonly Row[], where: string): void {
  let at = 0;
  for (const row of rows) {
    let count = 0;
    while (at < items.length && count < row.most && isOf(items[at], row)) {
      row.check?.(items[at]);
      at++;
      count++;
    }
    assert.ok(count >= row.least, `${where}, row ${row.row}: ${count} of ${row.least}`);
  }
  assert.equal(at, items.length, `${where}: no row for ${JSON.stringify(items[at])}`);
}

function isOf(item: ReadItem, row: Row): boolean {
  return (
    item.relationship === row.relationship &&
    item.valueType === row.valueType &&
    (row.concept === null || item.concept === row.concept)
  );
}

/** The numbers of an element of 32-bit floats, little endian. */
export function floats(attributes: Attributes, tag: string): number[] {
  const element = attributes.element(tag);
  if (element === null) return [];
  const { bytes } = attributes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: (element.valueEnd - element.valueStart) / 4 }, (_, i) =>
    view.getFloat32(element.valueStart + 4 * i, true),
  );
}

function itemValue(attributes: Attributes): string | null {
  const [code] = attributes.items("x0040a168");
  if (code !== undefined) return codeText(code);
  const [measured] = attributes.items("x0040a300");
  if (measured !== undefined) {
    const [unit] = measured.items("x004008ea");
    return `${measured.text("x0040a30a")} ${codeText(unit)}`;
  }
  const [reference] = attributes.items("x00081199");
  if (reference !== undefined) return reference.text("x00081155");
  return (
    attributes.text("x0040a160") ?? attributes.text("x0040a124") ?? attributes.text("x00700023")
  );
}

function codeText(code: Attributes): string {
  const value = code.text("x00080100") ?? code.text("x00080119");
  return `${code.text("x00080102")} ${value}`;
}
