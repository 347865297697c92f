/**
 * Content items of a structured report (PS3.3 section C.17.3): a function for each value type. Which items
 * a report is made of is `measurement-report.ts`'s business.
 */
import type { DataSet, ElementValue } from "../write/data-set.ts";
import { CODES, type Code, codeSequence } from "./code.ts";
import { sopReference } from "./result-object.ts";
import type { ResultSource } from "./result-source.ts";

/** How an item stands to the one that holds it; the root stands to none. */
export type Relationship = "CONTAINS" | "HAS CONCEPT MOD" | "HAS OBS CONTEXT" | "SELECTED FROM";

export function container(
  relationship: "CONTAINS" | null,
  name: Code,
  items: readonly DataSet[],
  template: string | null = null,
): Map<number, ElementValue> {
  const elements: [number, ElementValue][] = [[0x0040a050, { vr: "CS", value: "SEPARATE" }]];
  if (template !== null) {
    const item = new Map<number, ElementValue>([
      [0x00080105, { vr: "CS", value: "DCMR" }],
      [0x0040db00, { vr: "CS", value: template }],
    ]);
    elements.push([0x0040a504, { vr: "SQ", value: [item] }]);
  }
  return contentItem(relationship, "CONTAINER", name, elements, items);
}

export function codeContent(
  relationship: Relationship,
  name: Code,
  value: Code,
  items: readonly DataSet[] = [],
): DataSet {
  return contentItem(relationship, "CODE", name, [[0x0040a168, codeSequence(value)]], items);
}

export function textContent(relationship: Relationship, name: Code, value: string): DataSet {
  return contentItem(relationship, "TEXT", name, [[0x0040a160, { vr: "UT", value }]]);
}

export function uidContent(relationship: Relationship, name: Code, value: string): DataSet {
  return contentItem(relationship, "UIDREF", name, [[0x0040a124, { vr: "UI", value }]]);
}

export function numberContent(
  name: Code,
  value: number,
  unit: Code,
  items: readonly DataSet[] = [],
): DataSet {
  const measured = new Map<number, ElementValue>([
    [0x004008ea, codeSequence(unit)],
    [0x0040a30a, { vr: "DS", value: decimalString(value) }],
  ]);
  const elements: [number, ElementValue][] = [[0x0040a300, { vr: "SQ", value: [measured] }]];
  return contentItem("CONTAINS", "NUM", name, elements, items);
}

/** A radiograph; `name` says what it is to the item that holds it. */
export function imageContent(
  relationship: "CONTAINS" | "SELECTED FROM",
  source: ResultSource,
  name: Code = CODES.source,
): DataSet {
  return contentItem(relationship, "IMAGE", name, [
    [0x00081199, { vr: "SQ", value: [sopReference(source)] }],
  ]);
}

/** A line on a radiograph: `x, y, x, y, …` in its pixels. */
export function polylineContent(
  name: Code,
  points: readonly number[],
  source: ResultSource,
): DataSet {
  const elements: [number, ElementValue][] = [
    [0x00700022, { vr: "FL", value: points }],
    [0x00700023, { vr: "CS", value: "POLYLINE" }],
  ];
  return contentItem("CONTAINS", "SCOORD", name, elements, [imageContent("SELECTED FROM", source)]);
}

function contentItem(
  relationship: Relationship | null,
  valueType: string,
  name: Code,
  elements: readonly (readonly [number, ElementValue])[],
  items: readonly DataSet[] = [],
): Map<number, ElementValue> {
  const item = new Map<number, ElementValue>([
    [0x0040a040, { vr: "CS", value: valueType }],
    [0x0040a043, codeSequence(name)],
    ...elements,
  ]);
  if (relationship !== null) item.set(0x0040a010, { vr: "CS", value: relationship });
  if (items.length > 0) item.set(0x0040a730, { vr: "SQ", value: items });
  return item;
}

/** At most 16 letters, as a decimal string must have; six digits behind the point say enough. */
function decimalString(value: number): string {
  return String(Number(value.toFixed(6))).slice(0, 16);
}
