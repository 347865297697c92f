/**
 * What the annotator's editor is at a moment, and the steps that all of its events share: a change is
 * recorded, a tool is put down. `editor.ts` answers the events.
 */
import type { Offer } from "@malleolus/schema";
import type { StringKey } from "../strings/english.ts";
import { type AnnotationDocument, settleDecisions } from "./document.ts";
import {
  type EditName,
  type History,
  MOST_STEPS,
  record,
  type Stepped,
  stepBack,
} from "./history.ts";
import { type EditorImage, shapesOfOffer } from "./shape.ts";
import { idleTool, nextTool, type ToolState } from "./tools/table.ts";
import type { Selection, Step, ToolName, World } from "./tools/tool.ts";

export interface Said {
  readonly key: StringKey;
  /** What was done or taken back, where the words name it. */
  readonly what: EditName | null;
  readonly image: string | null;
}

export interface EditorState {
  readonly images: ReadonlyMap<string, EditorImage>;
  readonly offers: readonly Offer[];
  readonly document: AnnotationDocument;
  readonly history: History;
  readonly tool: ToolState;
  /** What `N` takes up again. */
  readonly lastTool: ToolName;
  readonly selection: Selection;
  /** What is drawn next, and structures that are not shown. */
  readonly structure: string;
  readonly hidden: ReadonlySet<string>;
  readonly snapping: boolean;
  readonly widthMm: number;
  /** Put aside by the last Escape: a second one drops it, Enter goes on. */
  readonly justParked: string | null;
  /** The proposal that is being mended, and the step of the history at which that began. */
  readonly mending: { readonly offer: string; readonly since: number } | null;
  readonly said: Said | null;
  /** Before the numbers of what this page makes. */
  readonly prefix: string;
  readonly count: number;
}

export function worldOf(state: EditorState): World {
  const { document, images, selection, hidden, structure, widthMm } = state;
  const id = `${state.prefix}${state.count}`;
  const offers = openOffers(state);
  return { document, images, selection, offers, hidden, structure, widthMm, id };
}

/** Proposals that are still to be decided. */
export function openOffers({ offers, document }: EditorState): readonly Offer[] {
  return offers.filter(({ key }) => !document.decisions.has(key));
}

export function commit(
  state: EditorState,
  document: AnnotationDocument,
  what: EditName,
  image: string | null,
  gesture: string | null = null,
): EditorState {
  const settled = settleDecisions(document, state.offers, (offer) => acceptedAs(state, offer));
  const history = record(state.history, state.document, settled, { what, image, gesture });
  if (history === state.history) return state;
  const { mending } = state;
  // Where the oldest step has gone, all others have moved by one.
  const isFull =
    state.history.done === MOST_STEPS && history.entries[0] !== state.history.entries[0];
  return {
    ...state,
    document: settled,
    history,
    selection: stillThere(state.selection, settled),
    said: { key: "said.did", what, image },
    mending: mending !== null && isFull ? { ...mending, since: mending.since - 1 } : mending,
    count: state.count + 1,
  };
}

/** The state after a tool's step; `justParked` is what a second Escape would drop. */
export function take(
  state: EditorState,
  step: Step<ToolState>,
  justParked: string | null = null,
): EditorState {
  const { made, selection, said } = step;
  const next: EditorState = {
    ...state,
    tool: step.take === undefined ? step.state : idleTool(step.take),
    selection: selection ?? state.selection,
    said: said === undefined ? state.said : { key: said, what: null, image: null },
    justParked,
  };
  if (made === undefined) return next;
  const done = commit(next, made.document, made.what, made.image, made.gesture ?? null);
  return said === undefined ? done : { ...done, said: next.said };
}

/** Whatever the tool in hand has begun is put aside or called off. */
export function putDown(state: EditorState): EditorState {
  return finishMending(take(state, nextTool(state.tool, { type: "park" }, worldOf(state))));
}

export function finishMending(state: EditorState): EditorState {
  const { mending, history } = state;
  if (mending === null) return state;
  // From the beginning of the mending to here it is one step.
  const entries = history.entries.slice(0, history.done);
  const steps = entries.slice(mending.since);
  if (steps.length < 2) return { ...state, mending: null };
  let before = state.document;
  let back: History = { entries, done: entries.length };
  for (let i = 0; i < steps.length; i++) {
    const stepped = stepBack(before, back);
    if (stepped === null) break;
    before = stepped.document;
    back = stepped.history;
  }
  const made = { what: "edit.mended" as const, image: steps[0].image, gesture: null };
  const joined = record(back, before, state.document, made);
  return { ...state, history: joined, mending: null, said: { key: "said.did", ...made } };
}

/** After a step through the history. */
export function went(
  state: EditorState,
  { document, history, entry }: Stepped,
  key: StringKey,
): EditorState {
  const { mending } = state;
  return {
    ...state,
    document,
    history,
    selection: stillThere(state.selection, document),
    mending: mending !== null && history.done <= mending.since ? null : mending,
    justParked: null,
    said: { key, what: entry.what, image: entry.image },
  };
}

export function stillThere(selection: Selection, { shapes }: AnnotationDocument): Selection {
  const ids = selection.ids.filter((id) => shapes.has(id));
  const [id] = ids;
  const points = id === undefined ? 0 : (shapes.get(id)?.points.length ?? 0) / 2;
  const { vertex } = selection;
  const isThere = ids.length === selection.ids.length && (vertex === null || vertex < points);
  return isThere ? selection : { ...selection, ids, vertex: null };
}

export function say(state: EditorState, key: StringKey): EditorState {
  return { ...state, said: { key, what: null, image: null } };
}

function acceptedAs({ images }: EditorState, offer: Offer) {
  const image = images.get(offer.image);
  return image === undefined ? [] : shapesOfOffer(offer, image, { id: "", order: 0 });
}
