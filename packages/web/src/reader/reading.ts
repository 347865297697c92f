/**
 * What a reader has said of a case so far, as a function from state and event to state. Nothing is
 * chosen beforehand and nothing is guessed; a second press of the same choice changes nothing.
 */
import {
  type Certainty,
  type Decision,
  labelConflict,
  type ReadingContent,
  type ReadingProtocol,
  type SaidLabels,
  type Visibility,
} from "@malleolus/schema";
import type { Translate } from "../strings/translate.ts";

export interface ReadingState {
  readonly decision: Decision | null;
  readonly certainty: Certainty | null;
  /** By radiograph. */
  readonly visibility: ReadonlyMap<string, Visibility>;
  /** By label of the protocol. */
  readonly labels: SaidLabels;
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
  | { readonly type: "label"; readonly label: string; readonly to: string }
  | { readonly type: "note"; readonly text: string };

export const NOTE_LENGTH = 500;

export function beginReading(content: ReadingContent | null): ReadingState {
  return {
    decision: content?.decision ?? null,
    certainty: content?.certainty ?? null,
    visibility: new Map(Object.entries(content?.visibility ?? {})),
    labels: content?.labels ?? {},
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
    case "label":
      return state.labels[event.label] === event.to
        ? state
        : { ...state, labels: { ...state.labels, [event.label]: event.to } };
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

type Asked = Pick<ReadingProtocol, "classes" | "noFractureClass" | "labels">;

/** The class of a fracture, which further labels belong to; null for all else. */
export function fractureOf({ decision }: ReadingState, { noFractureClass }: Asked): string | null {
  return decision?.kind === "class" && decision.id !== noFractureClass ? decision.id : null;
}

/** What is still missing or does not go together, in words; null where it can be submitted. */
export function missingPart(state: ReadingState, protocol: Asked, t: Translate): string | null {
  const { decision, certainty, labels } = state;
  if (decision === null) return t("reading.needs decision");
  if (decision.kind === "class" && certainty === null) return t("reading.needs certainty");
  const fracture = fractureOf(state, protocol);
  if (fracture === null) return null;
  const conflict = labelConflict(protocol, fracture, labels);
  if (conflict !== null) return t("reading.conflict", { ...conflict });
  const missing = protocol.labels.find(({ id }) => labels[id] === undefined);
  return missing === undefined ? null : t("reading.needs label", { label: missing.name });
}

/**
 * As the server takes it: what is not said is left out; a case that is excluded has no certainty, and one
 * without a fracture no further labels.
 */
export function contentOf(
  state: ReadingState,
  protocol: Asked,
  more: Pick<ReadingContent, "measurements" | "seconds" | "conditions">,
): ReadingContent {
  const { decision, certainty, visibility, labels, note } = state;
  const isExcluded = decision?.kind === "exclusion";
  const hasLabels = fractureOf(state, protocol) !== null && Object.keys(labels).length > 0;
  return {
    ...(decision === null ? {} : { decision }),
    ...(certainty === null || isExcluded ? {} : { certainty }),
    ...(hasLabels ? { labels } : {}),
    ...(visibility.size === 0 ? {} : { visibility: Object.fromEntries(visibility) }),
    ...(note.trim() === "" ? {} : { note: note.trim() }),
    ...more,
  };
}
