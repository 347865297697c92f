/**
 * Live analysis: what comes in by HTTP and DIMSE is kept, is complete after a while or when it is told, is analysed
 * once if a rule matches, is sent where results go, and is forgotten.
 *
 * All that it decides by stands in the inbox's records: killed at any moment, it goes on.
 */
import { EventEmitter } from "node:events";
import type { ServiceSettings } from "@malleolus/schema";
import { ServerError } from "../errors.ts";
import { type Analysed, AnalysisRefused, type Analyst, AnalystBusy } from "./analyst.ts";
import type { Audit } from "./audit.ts";
import { clean } from "./cleaning.ts";
import type { Inbox, IncomingImage } from "./inbox/inbox.ts";
import type { LiveStudy } from "./inbox/live-study.ts";
import { matchesRule } from "./match-rule.ts";
import type { Metrics } from "./metrics.ts";
import { type Outbox, openOutbox, type SendObjects } from "./outbox.ts";
import { predecessorOf } from "./predecessor.ts";
import { type SendingSwitch, sendingSwitch } from "./sending-switch.ts";
import { isKeptApart } from "./silent-study.ts";

export interface LiveService {
  readonly inbox: Inbox;
  /** @throws ServerError `too-many` where too many wait: nothing more is taken then. */
  receive(): Promise<IncomingImage>;
  /** A study that changed: to be called after an image's `commit`. */
  received(study: LiveStudy, isNew: boolean, who: string): Promise<void>;
  refused(who: string): Promise<void>;
  /** No more objects come. @throws ServerError `not-found`, `state` or `too-many`. */
  complete(id: string, who: string): Promise<LiveStudy>;
  /** @throws ServerError `not-found` or `state`. */
  confirm(id: string, who: string): Promise<void>;
  /** @throws ServerError `not-found`. */
  remove(id: string, who: string): Promise<void>;
  readonly sending: Pick<SendingSwitch, "isOn">;
  switchSending(isOn: boolean, who: string): Promise<void>;
  /** What CT or an operation found, of a study with a result. @throws ServerError `not-found` or `state`. */
  followUp(id: string, truth: string, who: string): Promise<LiveStudy>;
  /** Follows a study: called with each change, until it is told to stop. */
  follow(id: string, onChange: (progress: Progress) => void): () => void;
  waiting(): number;
  /** The model has become warm, or has gone. */
  wake(): void;
  toSend(): number;
  /** Finishes what is being analysed and sent, as long as `graceMs` together, and begins nothing more. */
  close(graceMs: number): Promise<void>;
}

export interface Progress {
  readonly state: LiveStudy["state"];
  /** Radiographs that were looked at, of those of the analysis that is under way. */
  readonly done: number;
  readonly total: number;
}

export interface LiveServiceOptions {
  readonly inbox: Inbox;
  readonly analyst: Analyst;
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly settings: ServiceSettings;
  /** Null where results are fetched, and sent nowhere. */
  readonly send: SendObjects | null;
  /** For a log: what went wrong where nobody asked, a full disk say. It is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

/** In these a study's result is of all its radiographs. */
export const HAS_RESULT: ReadonlySet<string> = new Set(["done", "confirmed", "expired"]);
export const KEPT_APART =
  "The result is kept apart: this is a silent study. Enter the follow-up first.";
const SELF = "service";
/** A study at which the process ended twice is not tried a third time. */
const MOST_TRIES = 2;
const CLEANING_MS = 10 * 60_000;
/** After what went wrong where nobody asked. */
const AGAIN_MS = 5_000;

export function openLiveService(options: LiveServiceOptions): LiveService {
  const { inbox, analyst, audit, metrics, settings, send, onTrouble } = options;
  const changes = new EventEmitter().setMaxListeners(0);
  const timers = new Map<string, NodeJS.Timeout>();
  const tries = new Map<string, number>();
  /** When a study became complete: for the figures alone. */
  const completeAt = new Map<string, number>();
  let isClosing = false;
  /** What is being analysed, by its study: as many as there are processes. */
  const running = new Map<string, Promise<void>>();
  const sending = sendingSwitch(inbox.folder);
  const outbox: Outbox | null =
    send === null ? null : openOutbox({ inbox, send, sending, audit, metrics, onTrouble });

  /** The one that waits longest first. */
  const inState = (...states: readonly LiveStudy["state"][]) =>
    inbox
      .studies()
      .filter(({ state }) => states.includes(state))
      .toSorted((a, b) => a.lastObjectAt.localeCompare(b.lastObjectAt));
  const isBusy = () => inState("waiting").length >= settings.mostWaiting;
  const isWanted = ({ images }: LiveStudy) =>
    images.some((image) => matchesRule(image, settings.rule));
  const tell = (study: LiveStudy, done = 0, total = study.images.length) =>
    changes.emit(study.id, { state: study.state, done, total } satisfies Progress);
  const required = (id: string): LiveStudy => {
    const study = inbox.find(id);
    if (study !== undefined) return study;
    throw new ServerError("not-found", "There is no such study.");
  };

  const whyNotConfirmed = (study: LiveStudy): string | null => {
    const { state, objects, isSilent } = study;
    if (state !== "done") return `The study is ${state}: there is no result to confirm.`;
    if (isKeptApart(study)) return KEPT_APART;
    const isSent = outbox === null || isSilent || unsent(objects) === 0;
    return isSent ? null : "Its results are not sent yet. Try again in a while.";
  };

  /** Complete once nothing new has come for a while. */
  const watch = (study: LiveStudy) => {
    const elapsed = Date.now() - Date.parse(study.lastObjectAt);
    settleAfter(study.id, Math.max(0, 1000 * settings.completeAfterSeconds - elapsed));
  };
  const settleAfter = (id: string, waitMs: number) => {
    clearTimeout(timers.get(id));
    // What comes as the service ends goes on at the next start.
    if (isClosing) return;
    const begin = () =>
      settle(id, SELF).catch((error: unknown) => {
        onTrouble(error);
        settleAfter(id, AGAIN_MS);
      });
    timers.set(
      id,
      setTimeout(() => void begin(), waitMs),
    );
  };

  /** From complete to waiting, or passed over. A full queue is waited for: what came is kept. */
  const settle = async (id: string, who: string): Promise<LiveStudy | null> => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    if (inbox.find(id)?.state !== "receiving") return inbox.find(id) ?? null;
    // Decided in the inbox's turn, each: an image that is acknowledged meanwhile counts.
    const passed = await inbox.forgetPixels(id, (study) =>
      study.state === "receiving" && !isWanted(study) ? { state: "passed over" } : null,
    );
    if (passed !== null) {
      tell(passed);
      metrics.count("studies_passed_over");
      await audit.add({ act: "study complete", who, study: id });
      await audit.add({ act: "passed over", who: SELF, study: id });
      return passed;
    }
    let isComplete = false;
    const study = await inbox.change(id, (now) => {
      isComplete = now.state === "receiving" && isWanted(now);
      return isComplete ? { state: "waiting" } : {};
    });
    if (study === null || !isComplete) return study;
    completeAt.set(id, Date.now());
    tell(study);
    next();
    await audit.add({ act: "study complete", who, study: id });
    return study;
  };

  const next = () => {
    while (!isClosing && running.size < analyst.capacity) {
      // One that is "analysing" while it is not: its end could not be written, on a full disk say.
      const study = inState("waiting", "analysing").find(({ id }) => !running.has(id));
      if (study === undefined) return;
      running.set(study.id, run(study));
    }
  };

  const run = async (study: LiveStudy): Promise<void> => {
    try {
      await analyse(study);
    } catch (error) {
      onTrouble(error);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
    } finally {
      running.delete(study.id);
      next();
    }
  };

  const analyse = async ({ id }: LiveStudy): Promise<void> => {
    let isDue = false;
    const study = await inbox.change(id, ({ state }) => {
      isDue = state === "waiting" || state === "analysing";
      return isDue ? { state: "analysing" } : {};
    });
    if (study === null || !isDue) return;
    tell(study);
    // In an order of their own: the same radiographs make the same objects, however they came.
    const ordered = study.images
      .filter((image) => matchesRule(image, settings.rule))
      .toSorted((a, b) => a.sopInstance.localeCompare(b.sopInstance));
    const instances = ordered.map(({ sopInstance }) => sopInstance);
    let isKept = false;
    try {
      const images = await Promise.all(
        ordered.map(async ({ file, sopInstance }) => ({
          sopInstance,
          bytes: new Uint8Array(await inbox.read(id, file)),
        })),
      );
      const predecessor = predecessorOf(study, instances, outbox !== null);
      const analysed = await analyst.analyse({ id, images, predecessor }, (done, total) =>
        tell(study, done, total),
      );
      isKept = await keep(analysed, instances);
    } catch (error) {
      await notAnalysed(id, error);
    }
    if (isKept) await audit.add({ act: "analysed", who: SELF, study: id });
  };

  /** What came meanwhile makes a result old before it is told: then the study is analysed anew. */
  const keep = async (
    { id, result, objects }: Analysed,
    instances: readonly string[],
  ): Promise<boolean> => {
    tries.delete(id);
    const done = await inbox.putObjects(id, objects, ({ state, isSilent }) =>
      state === "analysing"
        ? {
            state: "done",
            result,
            // What was kept apart once stays it.
            isSilent: isSilent || settings.isSilent,
            analysedInstances: [...instances],
          }
        : null,
    );
    if (done === null) return false;
    const began = completeAt.get(id);
    if (began !== undefined) metrics.time((Date.now() - began) / 1000);
    completeAt.delete(id);
    metrics.count("studies_analysed");
    tell(done);
    outbox?.wake();
    return true;
  };

  const notAnalysed = async (id: string, error: unknown): Promise<void> => {
    const isRefused = error instanceof AnalysisRefused;
    // One that our own end cuts off is none, nor one that no process saw.
    const count = (tries.get(id) ?? 0) + (isClosing || error instanceof AnalystBusy ? 0 : 1);
    tries.set(id, count);
    const isFinal = isRefused || count >= MOST_TRIES;
    const problem = error instanceof Error ? error.message : String(error);
    const study = await inbox.change(id, ({ state }) => {
      if (state !== "analysing") return {};
      if (!isFinal) return { state: "waiting" };
      return { state: isRefused ? "refused" : "failed", problem };
    });
    if (!isFinal) return;
    tries.delete(id);
    completeAt.delete(id);
    metrics.count(isRefused ? "studies_refused" : "studies_failed");
    if (study !== null) tell(study);
    await audit.add({ act: isRefused ? "refused" : "not analysed", who: SELF, study: id });
  };

  const cleaning = setInterval(
    () => void clean(inbox, audit, settings).catch(onTrouble),
    CLEANING_MS,
  );
  cleaning.unref();

  /** What was under way when an earlier service ended begins again. */
  const resume = async () => {
    try {
      for (const { id } of inState("analysing")) {
        await inbox.change(id, ({ state }) =>
          state === "analysing" && !running.has(id) ? { state: "waiting" } : {},
        );
      }
      await clean(inbox, audit, settings);
    } catch (error) {
      // A full disk, say: what is there is analysed nevertheless.
      onTrouble(error);
    }
    for (const study of inState("receiving")) watch(study);
    next();
    outbox?.wake();
  };
  const resumed = resume().catch(onTrouble);

  return {
    inbox,
    async receive() {
      if (isBusy()) {
        metrics.count("requests_refused_busy");
        throw tooMany();
      }
      return inbox.receive();
    },
    async received(study, isNew, who) {
      // Also of one that is known: it may come again since its audit line failed.
      const isUnwatched = study.state === "receiving" && !timers.has(study.id);
      if (isNew || isUnwatched) watch(study);
      if (!isNew) return;
      metrics.count("images_received");
      tell(study);
      await audit.add({ act: "image received", who, study: study.id });
    },
    async refused(who) {
      metrics.count("images_refused");
      await audit.add({ act: "image refused", who });
    },
    async complete(id, who) {
      await resumed;
      const { state } = required(id);
      if (state !== "receiving") {
        throw new ServerError("state", `The study is ${state}, and takes no more objects.`);
      }
      if (isBusy()) {
        metrics.count("requests_refused_busy");
        throw tooMany();
      }
      return (await settle(id, who)) ?? required(id);
    },
    async confirm(id, who) {
      const confirmed = await inbox.forgetPixels(id, (study) =>
        whyNotConfirmed(study) === null ? { state: "confirmed" } : null,
      );
      if (confirmed === null) {
        const why = whyNotConfirmed(required(id)) ?? "It changed meanwhile. Look at it again.";
        throw new ServerError("state", why);
      }
      tell(confirmed);
      await audit.add({ act: "confirmed", who, study: id });
    },
    sending,
    async switchSending(isOn, who) {
      await sending.turn(isOn);
      await audit.add({ act: isOn ? "sending resumed" : "sending stopped", who });
      if (isOn) outbox?.wakeAtOnce();
    },
    async followUp(id, truth, who) {
      const followUp = { class: truth, enteredAt: new Date().toISOString() };
      let isEntered = false;
      const study = await inbox.change(id, ({ state, result }) => {
        // An older result does not speak of all radiographs that there are.
        isEntered = result !== null && HAS_RESULT.has(state);
        return isEntered ? { followUp } : {};
      });
      const { state } = study ?? required(id);
      if (study === null || !isEntered) {
        throw new ServerError("state", `The study is ${state}: there is no result to compare.`);
      }
      await audit.add({ act: "follow-up entered", who, study: id });
      return study;
    },
    async remove(id, who) {
      required(id);
      clearTimeout(timers.get(id));
      for (const kept of [timers, tries, completeAt]) kept.delete(id);
      if (await inbox.remove(id)) await audit.add({ act: "removed", who, study: id });
    },
    follow(id, onChange) {
      const study = required(id);
      changes.on(id, onChange);
      onChange({ state: study.state, done: 0, total: study.images.length });
      return () => void changes.off(id, onChange);
    },
    waiting: () => inState("waiting").length,
    wake: next,
    toSend: () =>
      outbox === null
        ? 0
        : inbox
            .studies()
            .reduce((sum, { isSilent, objects }) => sum + (isSilent ? 0 : unsent(objects)), 0),
    async close(graceMs) {
      isClosing = true;
      clearInterval(cleaning);
      for (const timer of timers.values()) clearTimeout(timer);
      const ended = resumed.then(() => Promise.all([...running.values(), outbox?.close()]));
      const grace = Promise.withResolvers<void>();
      const timer = setTimeout(grace.resolve, graceMs);
      await Promise.race([ended, grace.promise]);
      clearTimeout(timer);
    },
  };
}

function unsent(objects: LiveStudy["objects"]): number {
  return objects.filter(({ isSent }) => !isSent).length;
}

function tooMany(): ServerError {
  return new ServerError("too-many", "Too many studies wait. Try again in a while.", {
    retryAfter: 10,
  });
}
