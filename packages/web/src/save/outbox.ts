/**
 * The outbox as a machine: which act is sent, when a failed one is sent again, and what the page may
 * say of it. A function from state and event to state; sending and keeping are `outbox-runner.ts`'s.
 *
 * Acts go one after the other, in the order they were done. "Saved" is what the server acknowledged.
 */
import type { ApiErrorCode } from "../api/api-error.ts";
import { mayPass } from "../api/api-error.ts";
import { type Act, isDraft, isSubmission, isVersioned } from "./act.ts";

export interface RefusedAct {
  readonly act: Act;
  readonly code: ApiErrorCode;
  readonly reason: string;
}

export interface OutboxState {
  /** Unacknowledged, the oldest first. */
  readonly acts: readonly Act[];
  /** The request that is under way. */
  readonly sending: string | null;
  /** Why the last try failed; null after one that did not. */
  readonly trouble: "offline" | "server" | "signed out" | null;
  readonly failures: number;
  /** When to try again; null where nothing waits. */
  readonly retryAt: number | null;
  /** When the server acknowledged something last; milliseconds since 1970. */
  readonly savedAt: number | null;
  /** Acts that the server will never take as they are. */
  readonly refused: readonly RefusedAct[];
  /** Whether the browser keeps what is not acknowledged; a full or closed storage does not. */
  readonly kept: boolean;
}

export const emptyOutbox: OutboxState = {
  acts: [],
  sending: null,
  trouble: null,
  failures: 0,
  retryAt: null,
  savedAt: null,
  refused: [],
  kept: true,
};

export type OutboxEvent =
  | { readonly type: "put"; readonly act: Act }
  | { readonly type: "sending"; readonly requestId: string; readonly version?: number }
  | { readonly type: "acknowledged"; readonly requestId: string; readonly at: number }
  | {
      readonly type: "failed";
      readonly requestId: string;
      readonly code: ApiErrorCode;
      readonly reason: string;
      readonly at: number;
    }
  | { readonly type: "kept"; readonly kept: boolean }
  | { readonly type: "try now" }
  | { readonly type: "discard"; readonly requestId: string };

const LONGEST_WAIT_MS = 30_000;
const DRAFT_IDLE_MS = 800;
const DRAFT_LONGEST_MS = 5000;

export function nextOutbox(state: OutboxState, event: OutboxEvent): OutboxState {
  switch (event.type) {
    case "put":
      return { ...state, acts: [...actsWithout(state, event.act), event.act] };
    case "sending":
      return {
        ...state,
        sending: event.requestId,
        acts: state.acts.map((act) =>
          act.requestId === event.requestId && isVersioned(act)
            ? { ...act, version: event.version ?? act.version }
            : act,
        ),
      };
    case "acknowledged":
      return {
        ...state,
        acts: state.acts.filter(({ requestId }) => requestId !== event.requestId),
        sending: null,
        trouble: null,
        failures: 0,
        retryAt: null,
        savedAt: event.at,
      };
    case "failed":
      return failed(state, event);
    case "kept":
      return state.kept === event.kept ? state : { ...state, kept: event.kept };
    case "try now":
      return {
        ...state,
        retryAt: null,
        trouble: state.trouble === "signed out" ? null : state.trouble,
      };
    case "discard":
      return {
        ...state,
        refused: state.refused.filter(({ act }) => act.requestId !== event.requestId),
      };
  }
}

/**
 * A newer draft of a case takes the place of one that was never tried, as does its submission. One
 * that was tried may have arrived and stays.
 */
function actsWithout({ acts, sending }: OutboxState, act: Act): readonly Act[] {
  if (!isDraft(act) && !isSubmission(act)) return acts;
  const { code } = act;
  return acts.filter(
    (one) =>
      !(isDraft(one) && one.code === code && one.version === null && one.requestId !== sending),
  );
}

function failed(
  state: OutboxState,
  { requestId, code, reason, at }: Extract<OutboxEvent, { type: "failed" }>,
): OutboxState {
  const act = state.acts.find((one) => one.requestId === requestId);
  if (code === "unauthenticated") {
    return { ...state, sending: null, trouble: "signed out", retryAt: null };
  }
  if (mayPass(code) || act === undefined) {
    const failures = state.failures + 1;
    return {
      ...state,
      sending: null,
      trouble: code === "offline" ? "offline" : "server",
      failures,
      retryAt: at + Math.min(1000 * 2 ** (failures - 1), LONGEST_WAIT_MS),
    };
  }
  return {
    ...state,
    acts: state.acts.filter((one) => one !== act),
    sending: null,
    refused: [...state.refused, { act, code, reason }],
  };
}

/**
 * The act to send, and when: at once, or at a time to come. Nothing where one is under way, where
 * nobody is signed in, or where all is sent. A draft waits until its writer rests, or five seconds;
 * `firstEditAt` says since when.
 */
export function nextToSend(
  state: OutboxState,
  firstEditAt: number | null,
): { readonly act: Act; readonly at: number } | undefined {
  const [act] = state.acts;
  if (act === undefined || state.sending !== null || state.trouble === "signed out") {
    return undefined;
  }
  if (state.retryAt !== null) return { act, at: state.retryAt };
  const isAlone = state.acts.length === 1;
  if (!isDraft(act) || act.version !== null || !isAlone) return { act, at: 0 };
  return {
    act,
    at: Math.min(act.at + DRAFT_IDLE_MS, (firstEditAt ?? act.at) + DRAFT_LONGEST_MS),
  };
}

/** What the page says of saving. */
export type SaveState =
  | { readonly kind: "nothing" }
  | { readonly kind: "saved"; readonly at: number }
  | { readonly kind: "saving" }
  | { readonly kind: "sending"; readonly label: string }
  | { readonly kind: "not kept" }
  | { readonly kind: "offline"; readonly count: number }
  | { readonly kind: "retrying"; readonly since: number | null }
  | { readonly kind: "signed out"; readonly count: number }
  | { readonly kind: "refused"; readonly refused: RefusedAct };

export function saveStateOf(state: OutboxState): SaveState {
  const { acts, trouble, savedAt, refused } = state;
  const [first] = acts;
  if (trouble === "signed out") return { kind: "signed out", count: acts.length };
  if (first !== undefined) {
    if (!state.kept) return { kind: "not kept" };
    if (trouble === "offline") return { kind: "offline", count: changesOf(acts) };
    if (trouble === "server") return { kind: "retrying", since: savedAt };
  }
  if (refused.length > 0) return { kind: "refused", refused: refused[0] };
  if (first === undefined)
    return savedAt === null ? { kind: "nothing" } : { kind: "saved", at: savedAt };
  return isDraft(first) ? { kind: "saving" } : { kind: "sending", label: first.label };
}

/** An act is one change, but for a drawing, which counts its own. */
function changesOf(acts: readonly Act[]): number {
  return acts.reduce((sum, act) => sum + (act.kind === "drawing" ? act.changes : 1), 0);
}
