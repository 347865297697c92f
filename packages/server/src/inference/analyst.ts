/**
 * A process that analyses, with a warm model. It is begun anew when it ends, and what it was at is told to
 * whoever asked, who may ask again.
 */
import type { ChildProcess } from "node:child_process";
import {
  type AnalysisNews,
  type AnalysisOrder,
  analysisNewsSchema,
  type OrderToAnalyse,
  type OrderToLook,
} from "./analysis-orders.ts";

/** Makes the process, with the model that is in use then; its channel must carry bytes (`serialization: "advanced"`). */
export type StartAnalysis = () => ChildProcess;

export type Analysed = Extract<AnalysisNews, { news: "analysed" }>;
export type Looked = Extract<AnalysisNews, { news: "looked" }>;

export interface Analyst {
  /** Whether the model is: not at first, and not after the process has ended, until it is again. */
  readonly isWarm: boolean;
  /** Whether the last process that began had a model that may not be used. */
  readonly isRefused: boolean;
  /** How many orders it takes beside each other: none while no model is warm. */
  readonly capacity: number;
  /** Whether it takes one now. */
  readonly isFree: boolean;
  /** How often it has ended by itself. */
  readonly restarts: number;
  /** @throws AnalysisRefused for radiographs that cannot be analysed, AnalysisEnded where the process ended. */
  analyse(
    order: Omit<OrderToAnalyse, "order">,
    onProgress: (done: number, total: number) => void,
  ): Promise<Analysed>;
  /** Without objects, of files that lie where it can read them; throws as `analyse`. */
  look(
    order: Omit<OrderToLook, "order">,
    onProgress: (done: number, total: number) => void,
  ): Promise<Looked>;
  /**
   * Begins the process anew, for another model, once what it is at is done; at once where it has ended and waits to be
   * begun.
   */
  restart(): void;
  close(): Promise<void>;
}

export class AnalysisRefused extends Error {
  override readonly name = "AnalysisRefused";
}

export class AnalysisEnded extends Error {
  override readonly name = "AnalysisEnded";
}

/** There is no process that could look: none has seen the study. */
export class AnalystBusy extends AnalysisEnded {}

interface Pending {
  readonly id: string;
  readonly late: NodeJS.Timeout;
  readonly onProgress: (done: number, total: number) => void;
  readonly resolve: (answer: Analysed | Looked) => void;
  readonly reject: (error: Error) => void;
}

/** A study that takes longer than any takes: its process is ended, as one that hangs. */
const LONGEST_ANALYSIS_MS = 10 * 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

export interface AnalystOptions {
  readonly longestMs?: number;
  /**
   * Whether the model of this hash may be used: asked when it is there, and before each order. A process that has another
   * is ended, and is begun anew.
   */
  readonly mayBeUsed?: (sha256: string) => boolean;
}

/** `onModel` is told whenever `isWarm` changes. */
export function openAnalyst(
  start: StartAnalysis,
  onModel: () => void,
  options: AnalystOptions = {},
): Analyst {
  const { longestMs = LONGEST_ANALYSIS_MS, mayBeUsed = () => true } = options;
  let isWarm = false;
  let isRefused = false;
  let modelSha256 = "";
  let restarts = 0;
  let waitMs = FIRST_WAIT_MS;
  let isClosing = false;
  let wantsRestart = false;
  let pending: Pending | null = null;
  /** Between a process and the next. */
  let pause: NodeJS.Timeout | null = null;
  let child = begin();

  function begin(): ChildProcess {
    const begun = start();
    begun.on("message", (message) => hear(analysisNewsSchema.parse(message)));
    // Not by its "close", which does not come after we have disconnected. One that cannot be started has an error and
    // no exit; a message that it did not take is an error, too, and it goes on.
    begun.on("error", () => {
      if (begun.pid === undefined) ended(begun);
    });
    begun.once("exit", () => ended(begun));
    return begun;
  }

  function hear(news: AnalysisNews): void {
    if (news.news === "ready") {
      isRefused = !mayBeUsed(news.modelSha256);
      if (isRefused) {
        child.kill("SIGKILL");
        return;
      }
      modelSha256 = news.modelSha256;
      isWarm = true;
      waitMs = FIRST_WAIT_MS;
      onModel();
      return;
    }
    if (pending === null || news.id !== pending.id) return;
    if (news.news === "progress") {
      pending.onProgress(news.done, news.total);
      return;
    }
    const { resolve, reject } = over(pending);
    if (news.news === "refused") reject(new AnalysisRefused(news.reason));
    else resolve(news);
  }

  function over(last: Pending): Pending {
    clearTimeout(last.late);
    pending = null;
    if (wantsRestart) endChild();
    return last;
  }

  /** It is begun anew at its end. */
  function endChild(): void {
    wantsRestart = false;
    isWarm = false;
    const last = child;
    if (last.connected) last.disconnect();
    setTimeout(() => last.kill("SIGKILL"), 5_000).unref();
  }

  function ended(gone: ChildProcess): void {
    if (gone !== child) return;
    isWarm = false;
    onModel();
    if (pending !== null) {
      over(pending).reject(new AnalysisEnded("the process that analyses ended"));
    }
    if (isClosing) return;
    restarts++;
    pause = setTimeout(beginNext, waitMs);
    pause.unref();
    waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs);
  }

  function beginNext(): void {
    pause = null;
    if (!isClosing) child = begin();
  }

  function ask(
    order: AnalysisOrder,
    onProgress: (done: number, total: number) => void,
  ): Promise<Analysed | Looked> {
    if (pending !== null) throw new Error("internal: expected one analysis at a time");
    if (isWarm && !mayBeUsed(modelSha256)) endChild();
    if (!isWarm) return Promise.reject(new AnalystBusy("the model is not there yet"));
    return new Promise((resolve, reject) => {
      const at = child;
      const late = setTimeout(() => at.kill("SIGKILL"), longestMs);
      pending = { id: order.id, late, onProgress, resolve, reject };
      // One that is gone says so by its end.
      at.send(order, () => undefined);
    });
  }

  return {
    get isWarm() {
      return isWarm;
    },
    get isRefused() {
      return isRefused;
    },
    get capacity() {
      return isWarm ? 1 : 0;
    },
    get isFree() {
      return isWarm && pending === null;
    },
    get restarts() {
      return restarts;
    },
    async analyse(order, onProgress) {
      const answer = await ask({ order: "analyse", ...order }, onProgress);
      if (answer.news === "analysed") return answer;
      throw new Error("internal: expected an analysis, got a look");
    },
    async look(order, onProgress) {
      const answer = await ask({ order: "look", ...order }, onProgress);
      if (answer.news === "looked") return answer;
      throw new Error("internal: expected a look, got an analysis");
    },
    restart() {
      // Why earlier ones have ended says nothing of the next.
      waitMs = FIRST_WAIT_MS;
      if (pause !== null) {
        clearTimeout(pause);
        beginNext();
        return;
      }
      wantsRestart = true;
      if (pending === null) endChild();
    },
    close() {
      isClosing = true;
      const last = child;
      const isGone = last.pid === undefined || last.exitCode !== null || last.signalCode !== null;
      if (isGone) return Promise.resolve();
      return new Promise((resolve) => {
        const killing = setTimeout(() => last.kill("SIGKILL"), 5_000);
        last.once("exit", () => {
          clearTimeout(killing);
          resolve();
        });
        // Without a warm model it is at nothing, and hears nothing while it loads one.
        if (!isWarm) last.kill("SIGKILL");
        else if (last.connected) last.disconnect();
      });
    },
  };
}
