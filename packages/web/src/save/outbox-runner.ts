/**
 * Runs the outbox: keeps acts in the browser's storage before they are sent, sends them one by one,
 * and tries again when a wait is over or the network is back.
 *
 * Each act has an entry of its own, so that two tabs never write over one another. A tab that is gone
 * leaves its acts behind; the next page of the same account sends them, with the same request ids, so
 * that what had arrived is not done twice.
 */
import type { Account, CaseDetail, Feedback } from "@malleolus/schema";
import { ApiError } from "../api/api-error.ts";
import { type Act, actSchema, isDraft, isVersioned } from "./act.ts";
import {
  emptyOutbox,
  nextOutbox,
  nextToSend,
  type OutboxEvent,
  type OutboxState,
} from "./outbox.ts";

/** What is known of an act once the server has acknowledged it. */
export type Acknowledgement =
  | {
      readonly kind: "draft";
      readonly act: Act;
      readonly version: number;
      readonly savedAt: string;
    }
  | {
      readonly kind: "submit";
      readonly act: Act;
      readonly at: string;
      readonly withdrawUntil: string;
      readonly feedback: Feedback | null;
      readonly next: string | null;
    }
  | { readonly kind: "withdraw"; readonly act: Act; readonly detail: CaseDetail }
  | { readonly kind: "reopening"; readonly act: Act; readonly at: string }
  | {
      readonly kind: "drawing";
      readonly act: Act;
      readonly version: number;
      readonly savedAt: string;
    }
  | {
      readonly kind: "submit drawing";
      readonly act: Act;
      readonly at: string;
      readonly version: number;
      readonly next: string | null;
    };

/** Of `localStorage`, what is used. */
export interface ActStore {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface OutboxParts {
  readonly account: Pick<Account, "login">;
  readonly store: ActStore;
  /** Sends an act; a draft with the version it is made from. */
  readonly send: (act: Act, version: number) => Promise<Acknowledgement>;
  readonly now: () => number;
  /** This page's own name, and whether the page of another name is gone. */
  readonly page: string;
  readonly isGone: (page: string) => boolean;
  /** An answer that has not come by then never will: what was sent is sent again. A minute unless it is said. */
  readonly answerWithinMs?: number;
}

const ANSWER_WITHIN_MS = 60_000;

export interface Outbox {
  readonly state: () => OutboxState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Told of every acknowledgement. */
  readonly onAcknowledged: (listener: (done: Acknowledgement) => void) => () => void;
  readonly put: (act: Act) => void;
  /** The version of a case's draft that the server has. */
  readonly setVersion: (code: string, version: number) => void;
  /** Sends what waits without waiting any longer. */
  readonly tryNow: () => void;
  readonly discard: (requestId: string) => void;
  readonly close: () => void;
}

/** Under which names acts are kept: the account's, then a page's, then the request's. */
function accountPrefix(login: string): string {
  return `malleolus:act:${login}:`;
}

export function openOutbox({
  account,
  store,
  send,
  now,
  page,
  isGone,
  answerWithinMs = ANSWER_WITHIN_MS,
}: OutboxParts): Outbox {
  const prefix = `${accountPrefix(account.login)}${page}:`;
  const listeners = new Set<() => void>();
  const acknowledged = new Set<(done: Acknowledgement) => void>();
  const versions = new Map<string, number>();
  const left = takeOver(store, accountPrefix(account.login), prefix, isGone);
  let state: OutboxState = { ...emptyOutbox, acts: left };
  let firstEditAt: number | null = null;
  let hurry = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const apply = (event: OutboxEvent) => {
    const before = state;
    state = nextOutbox(state, event);
    const kept = keep(store, prefix, before.acts, state.acts);
    if (before.acts !== state.acts) state = nextOutbox(state, { type: "kept", kept });
    for (const listener of listeners) listener();
    schedule();
  };

  const schedule = () => {
    clearTimeout(timer);
    const due = nextToSend(state, firstEditAt);
    if (closed || due === undefined) return;
    const wait = hurry ? 0 : due.at - now();
    if (wait > 0) timer = setTimeout(schedule, wait);
    else void sendAct(due.act);
  };

  const sendAct = async (act: Act) => {
    hurry = false;
    firstEditAt = null;
    const version = versionOf(act);
    apply({ type: "sending", requestId: act.requestId, version });
    try {
      const done = await within(answerWithinMs, send(act, version));
      if ("version" in done) versions.set(act.code, done.version);
      if (done.kind === "submit") versions.delete(act.code);
      if (done.kind === "withdraw") versions.set(act.code, done.detail.draft?.version ?? 0);
      apply({ type: "acknowledged", requestId: act.requestId, at: now() });
      for (const listener of acknowledged) listener(done);
    } catch (error) {
      const { code, message } =
        error instanceof ApiError ? error : new ApiError("unreadable", String(error));
      apply({ type: "failed", requestId: act.requestId, code, reason: message, at: now() });
    }
  };

  const versionOf = (act: Act) =>
    (isVersioned(act) ? act.version : null) ?? versions.get(act.code) ?? 0;

  schedule();
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onAcknowledged(listener) {
      acknowledged.add(listener);
      return () => acknowledged.delete(listener);
    },
    put(act) {
      if (isDraft(act)) firstEditAt ??= act.at;
      apply({ type: "put", act });
    },
    setVersion(code, version) {
      // An answer that was under way when a draft was saved knows an older one.
      versions.set(code, Math.max(version, versions.get(code) ?? 0));
    },
    tryNow() {
      hurry = true;
      apply({ type: "try now" });
    },
    discard: (requestId) => apply({ type: "discard", requestId }),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/**
 * What pages that are gone have left, the oldest first, under this page's name from now on. An entry
 * that cannot be read stays where it is.
 */
function takeOver(
  store: ActStore,
  accountsPrefix: string,
  prefix: string,
  isGone: (page: string) => boolean,
): readonly Act[] {
  const keys = Array.from({ length: store.length }, (_, index) => store.key(index) ?? "");
  const acts = keys.flatMap((key) => {
    const [page] = key.slice(accountsPrefix.length).split(":");
    if (!key.startsWith(accountsPrefix) || !isGone(page)) return [];
    const text = store.getItem(key);
    const parsed = actSchema.safeParse(parseJson(text));
    if (!parsed.success || text === null) return [];
    store.setItem(`${prefix}${parsed.data.requestId}`, text);
    store.removeItem(key);
    return [parsed.data];
  });
  return acts.sort((a, b) => a.at - b.at);
}

/**
 * Writes what is new or changed, then takes away what is gone. False where the browser's storage is
 * full or switched off: the acts are then in this page alone.
 */
function keep(
  store: ActStore,
  prefix: string,
  before: readonly Act[],
  after: readonly Act[],
): boolean {
  try {
    for (const act of after) {
      if (!before.includes(act)) store.setItem(`${prefix}${act.requestId}`, JSON.stringify(act));
    }
    for (const { requestId } of before) {
      const isGone = !after.some((act) => act.requestId === requestId);
      if (isGone) store.removeItem(`${prefix}${requestId}`);
    }
    return true;
  } catch {
    return false;
  }
}

/** A network that takes a request and says nothing more is none: the same request is then asked again. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ApiError("offline", `no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
