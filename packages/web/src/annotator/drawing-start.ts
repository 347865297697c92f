/**
 * What a case begins with: what the server has, put together with what this computer has drawn and the server
 * has not acknowledged. What was in hand when the page went away waits as put aside.
 */
import { type AnnotatingCase, type AnnotationContent, emptyAnnotation } from "@malleolus/schema";
import { emptyHistory, type History } from "./history.ts";
import type { Journalled } from "./journal.ts";
import { mergeContents, type ShapeConflict } from "./merge-contents.ts";

export interface DrawingStart {
  readonly content: AnnotationContent;
  readonly history: History;
  /** What the server has, and its version. */
  readonly base: AnnotationContent;
  readonly version: number;
  /** Whether there is something to save at once. */
  readonly dirty: boolean;
  readonly conflicts: readonly ShapeConflict[];
}

export function drawingStart(
  { draft }: Pick<AnnotatingCase, "draft">,
  journalled: Journalled | null,
): DrawingStart {
  const base = draft?.content ?? emptyAnnotation;
  const version = draft?.version ?? 0;
  const nothing = { base, version, content: base, conflicts: [] };
  if (journalled === null) return { ...nothing, history: emptyHistory, dirty: false };
  const { head, history } = journalled;
  const own = head.dirty ? mergeContents(head.base, head.content, base) : nothing;
  const { content, conflicts } = own;
  const isSame = JSON.stringify(shapesOf(content)) === JSON.stringify(shapesOf(head.content));
  const known = new Set(content.parked.map(({ id }) => id));
  const lost = head.unfinished.filter(({ id }) => !known.has(id));
  return {
    base,
    version,
    content: lost.length === 0 ? content : { ...content, parked: [...content.parked, ...lost] },
    // Steps would undo what came from elsewhere, or miss what was in hand.
    history: isSame && lost.length === 0 ? history : emptyHistory,
    dirty: head.dirty || lost.length > 0,
    conflicts,
  };
}

function shapesOf({ shapes, parked, decisions, visibility }: AnnotationContent) {
  return { shapes, parked, decisions, visibility };
}
