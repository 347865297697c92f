/**
 * Results on their way to the destination: each is sent until it is taken, with longer and longer waits while nobody
 * is there. What is taken is marked before the next is sent; killed in between, it is sent again as the same object,
 * of which an archive keeps one.
 */
import type { Audit } from "./audit.ts";
import type { Inbox } from "./inbox/inbox.ts";
import type { LiveStudy } from "./inbox/live-study.ts";
import type { Metrics } from "./metrics.ts";
import type { SendingSwitch } from "./sending-switch.ts";

/** Stores files, and says which instances were taken. @throws whatever says that nobody is there. */
export type SendObjects = (files: readonly Uint8Array[]) => Promise<readonly string[]>;

export interface Outbox {
  /** There may be something to send. */
  wake(): void;
  /** The same, and whoever waits out a failure waits no more. */
  wakeAtOnce(): void;
  /** Waits for what is being sent. */
  close(): Promise<void>;
}

export interface OutboxOptions {
  readonly inbox: Inbox;
  readonly send: SendObjects;
  readonly sending: SendingSwitch;
  readonly audit: Audit;
  readonly metrics: Metrics;
  /** Why something was not sent, for a log. */
  readonly onTrouble: (error: unknown) => void;
  /** Default 1 s and 5 minutes. */
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
}

export function openOutbox(options: OutboxOptions): Outbox {
  const { inbox, send, sending, audit, metrics, onTrouble } = options;
  const { firstWaitMs = 1_000, longestWaitMs = 300_000 } = options;
  let isClosing = false;
  let failures = 0;
  let timer: NodeJS.Timeout | null = null;
  let current: Promise<void> | null = null;

  const toSend = (): LiveStudy[] =>
    inbox.studies().filter(
      (study) =>
        study.state === "done" &&
        // Of a silent study nothing is ever sent.
        !study.isSilent &&
        study.objects.some(({ isSent }) => !isSent),
    );

  const run = async (): Promise<void> => {
    for (const study of toSend()) {
      if (mustStop()) return;
      if (await sendStudy(study)) {
        failures = 0;
      } else {
        failures++;
        metrics.count("sending_failures");
      }
    }
  };

  const mustStop = () => isClosing || !sending.isOn();

  /** Whether all of it was taken, or was not to be sent. */
  const sendStudy = async (study: LiveStudy): Promise<boolean> => {
    for (const { file, sopInstance, isSent } of study.objects) {
      if (isSent) continue;
      if (mustStop()) return true;
      try {
        const taken = await send([await inbox.read(study.id, file)]);
        if (!taken.includes(sopInstance)) return false;
      } catch (error) {
        onTrouble(error);
        return false;
      }
      await inbox.change(study.id, ({ objects }) => ({
        objects: objects.map((one) => (one.file === file ? { ...one, isSent: true } : one)),
      }));
      metrics.count("objects_sent");
      await audit.add({ act: "object sent", who: "service", study: study.id });
    }
    return true;
  };

  const wake = () => {
    if (isClosing || current !== null) return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    current = run()
      .catch((error: unknown) => {
        failures++;
        onTrouble(error);
      })
      .finally(() => {
        current = null;
        if (isClosing || toSend().length === 0) return;
        // Stopped, it looks again in a while: the switch may be thrown by hand.
        if (!sending.isOn()) {
          timer = setTimeout(wake, longestWaitMs);
          timer.unref();
          return;
        }
        const doubled =
          failures === 0 ? 0 : firstWaitMs * 2 ** Math.min(Math.max(0, failures - 1), 20);
        timer = setTimeout(wake, Math.min(longestWaitMs, doubled));
        timer.unref();
      });
  };

  return {
    wake() {
      // Whoever waits out a failure goes on waiting: a new result is no news of the archive.
      if (timer === null) wake();
    },
    wakeAtOnce: wake,
    async close() {
      isClosing = true;
      if (timer !== null) clearTimeout(timer);
      await current;
    },
  };
}
