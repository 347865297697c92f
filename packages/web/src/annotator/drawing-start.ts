/**
 * What a case begins with: what the server has, put together with what this computer has drawn and the server
 * has not acknowledged. What was in hand when the page went away waits as put aside.
 */
import { type AnnotatingCase, type AnnotationContent, emptyAnnotation } from "@malleolus/schema";
import { emptyHistory, type History } from "./history.ts";
import type { Journalled } from "./journal.ts";
import { mergeContents, type ShapeConflict } from "./merge-contents.ts";
import { isSameRecord } from "./same-record.ts";

export interface DrawingStart {
  readonly content: AnnotationContent;
  readonly history: History;
  /** The number of the history's first step in the journal. */
  readonly firstStep: number;
  /** What the server has, and its version. */
  readonly base: AnnotationContent;
  readonly version: number;
  /** Whether there is something to save at once. */
  readonly dirty: boolean;
  readonly conflicts: readonly ShapeConflict[];
}

/** Of what was never saved; nothing is merged with it. */
const NEVER = new Date(0).toISOString();

export function drawingStart(
  { draft }: Pick<AnnotatingCase, "draft">,
  journalled: Journalled | null,
): DrawingStart {
  const base = draft?.content ?? emptyAnnotation;
  const version = draft?.version ?? 0;
  const nothing = { base, version, content: base, conflicts: [] };
  if (journalled === null) {
    return { ...nothing, history: emptyHistory, firstStep: 0, dirty: false };
  }
  const { head, history } = journalled;
  const own = head.dirty
    ? mergeContents(head.base, head.content, base, draft?.savedAt ?? NEVER)
    : nothing;
  const { content, conflicts } = own;
  const isSame = isSameRecord(shapesOf(content), shapesOf(head.content));
  const known = new Set(content.parked.map(({ id }) => id));
  const lost = head.unfinished.filter(({ id }) => !known.has(id));
  return {
    base,
    version,
    content: lost.length === 0 ? content : { ...content, parked: [...content.parked, ...lost] },
    // Steps would undo what came from elsewhere, or miss what was in hand.
    history: isSame && lost.length === 0 ? history : emptyHistory,
    firstStep: head.first,
    dirty: head.dirty || lost.length > 0,
    conflicts,
  };
}

function shapesOf({ shapes, parked, decisions, visibility }: AnnotationContent) {
  return { shapes, parked, decisions, visibility };
}
