/**
 * What a reader has said of a case so far, as a function from state and event to state. Nothing is
 * chosen beforehand and nothing is guessed; a second press of the same choice changes nothing.
 */
import type { Certainty, Decision, ReadingContent, Visibility } from "@malleolus/schema";
import type { StringKey } from "../strings/english.ts";

export interface ReadingState {
  readonly decision: Decision | null;
  readonly certainty: Certainty | null;
  /** By radiograph. */
  readonly visibility: ReadonlyMap<string, Visibility>;
  readonly note: string;
  /** `X` was pressed, and a digit is to come: digits mean exclusions until then. */
  readonly excluding: boolean;
}

export type ReadingEvent =
  | { readonly type: "class"; readonly id: string }
  | { readonly type: "exclusion"; readonly id: string }
  | { readonly type: "excluding"; readonly is: boolean }
  | { readonly type: "certainty"; readonly step: Certainty }
  | { readonly type: "visibility"; readonly image: string; readonly to: Visibility | null }
  | { readonly type: "note"; readonly text: string };

export const NOTE_LENGTH = 500;

export function beginReading(content: ReadingContent | null): ReadingState {
  return {
    decision: content?.decision ?? null,
    certainty: content?.certainty ?? null,
    visibility: new Map(Object.entries(content?.visibility ?? {})),
    note: content?.note ?? "",
    excluding: false,
  };
}

export function nextReading(state: ReadingState, event: ReadingEvent): ReadingState {
  switch (event.type) {
    case "class":
      return decide(state, { kind: "class", id: event.id });
    case "exclusion":
      return decide(state, { kind: "exclusion", id: event.id });
    case "excluding":
      return state.excluding === event.is ? state : { ...state, excluding: event.is };
    case "certainty":
      return state.certainty === event.step ? state : { ...state, certainty: event.step };
    case "visibility": {
      if (state.visibility.get(event.image) === (event.to ?? undefined)) return state;
      const visibility = new Map(state.visibility);
      if (event.to === null) visibility.delete(event.image);
      else visibility.set(event.image, event.to);
      return { ...state, visibility };
    }
    case "note": {
      const note = event.text.slice(0, NOTE_LENGTH);
      return note === state.note ? state : { ...state, note };
    }
  }
}

function decide(state: ReadingState, decision: Decision): ReadingState {
  const { decision: before } = state;
  const isSame = before?.kind === decision.kind && before.id === decision.id;
  if (isSame) return state.excluding ? { ...state, excluding: false } : state;
  return { ...state, decision, excluding: false };
}

/** What is still missing, as the string that says it; null where it can be submitted. */
export function missingPart({ decision, certainty }: ReadingState): StringKey | null {
  if (decision === null) return "reading.needs decision";
  if (decision.kind === "class" && certainty === null) return "reading.needs certainty";
  return null;
}

/** As the server takes it: what is not said is left out, and a case that is excluded has no certainty. */
export function contentOf(
  { decision, certainty, visibility, note }: ReadingState,
  more: Pick<ReadingContent, "measurements" | "seconds" | "conditions">,
): ReadingContent {
  const isExcluded = decision?.kind === "exclusion";
  return {
    ...(decision === null ? {} : { decision }),
    ...(certainty === null || isExcluded ? {} : { certainty }),
    ...(visibility.size === 0 ? {} : { visibility: Object.fromEntries(visibility) }),
    ...(note.trim() === "" ? {} : { note: note.trim() }),
    ...more,
  };
}
