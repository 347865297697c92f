/**
 * What is drawn of a case, as records by their keys, and differences between two states of it: what undo
 * takes back, what is saved, and what two tabs can disagree about.
 */
import type {
  AnnotationContent,
  Offer,
  OfferDecision,
  ParkedDrawing,
  Visibility,
} from "@malleolus/schema";
import { inOrder, type Shape } from "./shape.ts";

export interface AnnotationDocument {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly parked: ReadonlyMap<string, ParkedDrawing>;
  /** By the proposal's key. */
  readonly decisions: ReadonlyMap<string, OfferDecision>;
  /** By radiograph. */
  readonly visibility: ReadonlyMap<string, Visibility>;
}

export interface RecordChange<T> {
  readonly key: string;
  readonly before: T | null;
  readonly after: T | null;
}

export interface DocumentChange {
  readonly shapes: readonly RecordChange<Shape>[];
  readonly parked: readonly RecordChange<ParkedDrawing>[];
  readonly decisions: readonly RecordChange<OfferDecision>[];
  readonly visibility: readonly RecordChange<Visibility>[];
}

export function documentOf(content: AnnotationContent): AnnotationDocument {
  return {
    shapes: new Map(content.shapes.map((shape) => [shape.id, shape])),
    parked: new Map(content.parked.map((one) => [one.id, one])),
    decisions: new Map(content.decisions.map((one) => [one.offer, one])),
    visibility: new Map(Object.entries(content.visibility)),
  };
}

export function contentOf({
  shapes,
  parked,
  decisions,
  visibility,
}: AnnotationDocument): Omit<AnnotationContent, "setAside" | "seconds"> {
  return {
    shapes: inOrder(shapes.values()),
    parked: [...parked.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    decisions: [...decisions.values()].toSorted((a, b) => (a.offer < b.offer ? -1 : 1)),
    visibility: Object.fromEntries(visibility),
  };
}

export function diffDocuments(
  before: AnnotationDocument,
  after: AnnotationDocument,
): DocumentChange {
  return {
    shapes: diffRecords(before.shapes, after.shapes),
    parked: diffRecords(before.parked, after.parked),
    decisions: diffRecords(before.decisions, after.decisions),
    visibility: diffRecords(before.visibility, after.visibility),
  };
}

export function isNoChange({ shapes, parked, decisions, visibility }: DocumentChange): boolean {
  return shapes.length + parked.length + decisions.length + visibility.length === 0;
}

export function applyChange(
  document: AnnotationDocument,
  change: DocumentChange,
  way: "forward" | "back",
): AnnotationDocument {
  return {
    shapes: applyRecords(document.shapes, change.shapes, way),
    parked: applyRecords(document.parked, change.parked, way),
    decisions: applyRecords(document.decisions, change.decisions, way),
    visibility: applyRecords(document.visibility, change.visibility, way),
  };
}

export function withShapes(document: AnnotationDocument, shapes: readonly Shape[]) {
  const changed = new Map(document.shapes);
  for (const shape of shapes) changed.set(shape.id, shape);
  return { ...document, shapes: changed };
}

export function withoutShapes(document: AnnotationDocument, ids: readonly string[]) {
  const changed = new Map(document.shapes);
  for (const id of ids) changed.delete(id);
  return { ...document, shapes: changed };
}

export function withoutParked(document: AnnotationDocument, id: string | null) {
  if (id === null || !document.parked.has(id)) return document;
  const changed = new Map(document.parked);
  changed.delete(id);
  return { ...document, parked: changed };
}

export function nextOrder({ shapes }: AnnotationDocument): number {
  let greatest = 0;
  for (const { order } of shapes.values()) greatest = Math.max(greatest, Math.floor(order));
  return greatest + 1;
}

/**
 * The decisions that the drawing means: a proposal that was taken is mended once it is drawn otherwise, and
 * rejected once nothing of it is left. `acceptedAs` are the shapes as they were proposed.
 */
export function settleDecisions(
  document: AnnotationDocument,
  offers: readonly Offer[],
  acceptedAs: (offer: Offer) => readonly Shape[],
): AnnotationDocument {
  const settled = new Map<string, OfferDecision>();
  for (const offer of offers) {
    const before = document.decisions.get(offer.key);
    const is = before === undefined ? null : meaningOf(document, offer, acceptedAs(offer));
    if (is !== null && is !== before?.is) settled.set(offer.key, { offer: offer.key, is });
  }
  return settled.size === 0
    ? document
    : { ...document, decisions: new Map([...document.decisions, ...settled]) };
}

function meaningOf(
  { shapes }: AnnotationDocument,
  { key, image, structure }: Offer,
  proposed: readonly Shape[],
): OfferDecision["is"] {
  const drawn = [...shapes.values()].filter(
    (shape) => shape.image === image && shape.structure === structure,
  );
  if (!drawn.some(({ offer }) => offer === key)) return "rejected";
  const isAsProposed =
    drawn.length === proposed.length &&
    proposed.every(({ points }) => drawn.some((shape) => isSameRing(shape.points, points)));
  return isAsProposed ? "accepted" : "mended";
}

function isSameRing(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function diffRecords<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): RecordChange<T>[] {
  if (before === after) return [];
  const changes: RecordChange<T>[] = [];
  for (const [key, value] of after) {
    const was = before.get(key) ?? null;
    if (was !== value && JSON.stringify(was) !== JSON.stringify(value)) {
      changes.push({ key, before: was, after: value });
    }
  }
  for (const [key, value] of before) {
    if (!after.has(key)) changes.push({ key, before: value, after: null });
  }
  return changes;
}

function applyRecords<T>(
  records: ReadonlyMap<string, T>,
  changes: readonly RecordChange<T>[],
  way: "forward" | "back",
): ReadonlyMap<string, T> {
  if (changes.length === 0) return records;
  const changed = new Map(records);
  for (const { key, before, after } of changes) {
    const value = way === "forward" ? after : before;
    if (value === null) changed.delete(key);
    else changed.set(key, value);
  }
  return changed;
}
