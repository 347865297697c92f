/**
 * Live analysis: what comes in by HTTP and DIMSE is kept, is complete after a while or when it is told, is analysed
 * once if a rule matches, is sent where results go, and is forgotten.
 *
 * All that it decides by stands in the inbox's records: killed at any moment, it goes on.
 */
import { EventEmitter } from "node:events";
import type { ServiceSettings } from "@malleolus/schema";
import { ServerError } from "../errors.ts";
import { type Analysed, AnalysisRefused, type Analyst } from "./analyst.ts";
import type { Audit } from "./audit.ts";
import type { Inbox, IncomingImage } from "./inbox/inbox.ts";
import type { LiveStudy } from "./inbox/live-study.ts";
import { matchesRule } from "./match-rule.ts";
import type { Metrics } from "./metrics.ts";
import { type Outbox, openOutbox, type SendObjects } from "./outbox.ts";
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
  /** Finishes what is being analysed, as long as `graceMs`, and begins nothing more. */
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
const DAY_MS = 86_400_000;

export function openLiveService(options: LiveServiceOptions): LiveService {
  const { inbox, analyst, audit, metrics, settings, send, onTrouble } = options;
  const changes = new EventEmitter().setMaxListeners(0);
  const timers = new Map<string, NodeJS.Timeout>();
  const tries = new Map<string, number>();
  /** When a study became complete: for the figures alone. */
  const completeAt = new Map<string, number>();
  let isClosing = false;
  let current: Promise<void> | null = null;
  const sending = sendingSwitch(inbox.folder);
  const outbox: Outbox | null =
    send === null ? null : openOutbox({ inbox, send, sending, audit, metrics, onTrouble });

  const waitingStudies = () =>
    inbox
      .studies()
      .filter(({ state }) => state === "waiting")
      .toSorted((a, b) => a.lastObjectAt.localeCompare(b.lastObjectAt));
  const isBusy = () => waitingStudies().length >= settings.mostWaiting;
  const tell = (study: LiveStudy, done = 0, total = study.images.length) =>
    changes.emit(study.id, { state: study.state, done, total } satisfies Progress);
  const required = (id: string): LiveStudy => {
    const study = inbox.find(id);
    if (study !== undefined) return study;
    throw new ServerError("not-found", "There is no such study.");
  };

  /** Complete once nothing new has come for a while. */
  const watch = (study: LiveStudy) => {
    const elapsed = Date.now() - Date.parse(study.lastObjectAt);
    settleAfter(study.id, Math.max(0, 1000 * settings.completeAfterSeconds - elapsed));
  };
  const settleAfter = (id: string, waitMs: number) => {
    clearTimeout(timers.get(id));
    const begin = () =>
      settle(id, SELF).catch((error: unknown) => {
        onTrouble(error);
        if (!isClosing) settleAfter(id, AGAIN_MS);
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
    const found = inbox.find(id);
    if (found?.state !== "receiving") return found ?? null;
    await audit.add({ act: "study complete", who, study: id });
    if (!found.images.some((image) => matchesRule(image, settings.rule))) {
      await inbox.forgetPixels(id, "passed over");
      metrics.count("studies_passed_over");
      await audit.add({ act: "passed over", who: SELF, study: id });
      const passed = inbox.find(id);
      if (passed !== undefined) tell(passed);
      return passed ?? null;
    }
    const study = await inbox.change(id, ({ state }) =>
      state === "receiving" ? { state: "waiting" } : {},
    );
    completeAt.set(id, Date.now());
    if (study !== null) tell(study);
    next();
    return study;
  };

  const next = () => {
    if (isClosing || current !== null || analyst.model === null) return;
    const [study] = waitingStudies();
    if (study === undefined) return;
    current = analyse(study)
      .catch(async (error: unknown) => {
        onTrouble(error);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
      })
      .finally(() => {
        current = null;
        next();
      });
  };

  const analyse = async ({ id }: LiveStudy): Promise<void> => {
    const study = await inbox.change(id, () => ({ state: "analysing" }));
    if (study === null) return;
    tell(study);
    // In an order of their own: the same radiographs make the same objects, however they came.
    const ordered = study.images
      .filter((image) => matchesRule(image, settings.rule))
      .toSorted((a, b) => a.sopInstance.localeCompare(b.sopInstance));
    const instances = ordered.map(({ sopInstance }) => sopInstance);
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
      await keep(analysed, instances);
    } catch (error) {
      await notAnalysed(id, error);
    }
  };

  /** What came meanwhile makes a result old before it is told: then the study is analysed anew. */
  const keep = async ({ id, result, objects }: Analysed, instances: readonly string[]) => {
    tries.delete(id);
    const done = await inbox.putObjects(id, objects, ({ state }) =>
      state === "analysing"
        ? {
            state: "done",
            result,
            isSilent: settings.isSilent,
            analysedInstances: [...instances],
            sendingAttempts: 0,
          }
        : null,
    );
    if (done === null) return;
    const began = completeAt.get(id);
    if (began !== undefined) metrics.time((Date.now() - began) / 1000);
    completeAt.delete(id);
    metrics.count("studies_analysed");
    await audit.add({ act: "analysed", who: SELF, study: id });
    tell(done);
    outbox?.wake();
  };

  const notAnalysed = async (id: string, error: unknown): Promise<void> => {
    const count = (tries.get(id) ?? 0) + 1;
    tries.set(id, count);
    const isRefused = error instanceof AnalysisRefused;
    const isFinal = isRefused || count >= MOST_TRIES;
    const problem = error instanceof Error ? error.message : String(error);
    const study = await inbox.change(id, ({ state }) => {
      if (state !== "analysing") return {};
      if (!isFinal) return { state: "waiting" };
      return { state: isRefused ? "refused" : "failed", problem };
    });
    if (!isFinal) return;
    tries.delete(id);
    metrics.count(isRefused ? "studies_refused" : "studies_failed");
    await audit.add({ act: isRefused ? "refused" : "not analysed", who: SELF, study: id });
    if (study !== null) tell(study);
  };

  const clean = async (): Promise<void> => {
    for (const { id, state, receivedAt, lastObjectAt, images, objects } of inbox.studies()) {
      const age = Date.now() - Date.parse(receivedAt);
      const pixelsAge = Date.now() - Date.parse(lastObjectAt);
      if (age > settings.keepRecordsDays * DAY_MS) {
        await inbox.remove(id);
        await audit.add({ act: "record expired", who: SELF, study: id });
      } else if (
        state !== "analysing" &&
        images.length + objects.length > 0 &&
        pixelsAge > settings.keepPixelsDays * DAY_MS
      ) {
        await inbox.forgetPixels(id, "expired");
        await audit.add({ act: "pixels expired", who: SELF, study: id });
      }
    }
  };
  const cleaning = setInterval(() => void clean().catch(onTrouble), CLEANING_MS);
  cleaning.unref();

  /** What was under way when an earlier service ended begins again. */
  const resume = async () => {
    await clean();
    for (const study of inbox.studies()) {
      if (study.state === "receiving") watch(study);
      if (study.state === "analysing") await inbox.change(study.id, () => ({ state: "waiting" }));
    }
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
      if (!isNew) return;
      metrics.count("images_received");
      await audit.add({ act: "image received", who, study: study.id });
      tell(study);
      watch(study);
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
      const study = required(id);
      const { state, objects, isSilent } = study;
      if (state !== "done") {
        throw new ServerError("state", `The study is ${state}: there is no result to confirm.`);
      }
      if (isKeptApart(study)) throw new ServerError("state", KEPT_APART);
      if (outbox !== null && !isSilent && unsent(objects) > 0) {
        throw new ServerError("state", "Its results are not sent yet. Try again in a while.");
      }
      await inbox.forgetPixels(id, "confirmed");
      await audit.add({ act: "confirmed", who, study: id });
      const confirmed = inbox.find(id);
      if (confirmed !== undefined) tell(confirmed);
    },
    sending,
    async switchSending(isOn, who) {
      await sending.turn(isOn);
      await audit.add({ act: isOn ? "sending resumed" : "sending stopped", who });
      if (isOn) outbox?.wakeAtOnce();
    },
    async followUp(id, truth, who) {
      const { state, result } = required(id);
      // An older result does not speak of all radiographs that there are.
      if (result === null || !HAS_RESULT.has(state)) {
        throw new ServerError("state", `The study is ${state}: there is no result to compare.`);
      }
      const followUp = { class: truth, enteredAt: new Date().toISOString() };
      const study = await inbox.change(id, () => ({ followUp }));
      await audit.add({ act: "follow-up entered", who, study: id });
      return study ?? required(id);
    },
    async remove(id, who) {
      required(id);
      clearTimeout(timers.get(id));
      await inbox.remove(id);
      await audit.add({ act: "removed", who, study: id });
    },
    follow(id, onChange) {
      const study = required(id);
      changes.on(id, onChange);
      onChange({ state: study.state, done: 0, total: study.images.length });
      return () => void changes.off(id, onChange);
    },
    waiting: () => waitingStudies().length,
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
      await resumed;
      await outbox?.close();
      const grace = Promise.withResolvers<void>();
      const timer = setTimeout(grace.resolve, graceMs);
      await Promise.race([current ?? Promise.resolve(), grace.promise]);
      clearTimeout(timer);
    },
  };
}

function unsent(objects: LiveStudy["objects"]): number {
  return objects.filter(({ isSent }) => !isSent).length;
}

/**
 * The analysis before, if it saw other radiographs that are all still here, and if its report went out: one that the
 * archive never had is stood in for by nothing.
 */
function predecessorOf(
  { analysedInstances, objects }: LiveStudy,
  instances: readonly string[],
  isSending: boolean,
): string[] | null {
  const isOther = analysedInstances.length > 0 && analysedInstances.length < instances.length;
  const isKnown = !isSending || objects.some(({ kind, isSent }) => kind === "report" && isSent);
  return isOther && isKnown && analysedInstances.every((one) => instances.includes(one))
    ? analysedInstances
    : null;
}

function tooMany(): ServerError {
  return new ServerError("too-many", "Too many studies wait. Try again in a while.", {
    retryAfter: 10,
  });
}
