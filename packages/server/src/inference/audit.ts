/**
 * What happened to whom by whom, a line of JSON an event: our own number of the study, never a patient's name, a UID
 * or what was found. Each line is on the disk before the event is answered.
 */
import { type FileHandle, open } from "node:fs/promises";

export type AuditAct =
  | "image received"
  | "image refused"
  | "study complete"
  | "analysed"
  | "not analysed"
  | "refused"
  | "passed over"
  | "result read"
  | "object read"
  | "confirmed"
  | "removed"
  | "object sent"
  | "sending stopped"
  | "sending resumed"
  | "follow-up entered"
  | "radiograph given to a study"
  | "model approved"
  | "model taken into use"
  | "model rolled back"
  | "pixels expired"
  | "record expired"
  | "association refused"
  | "association broken";

export interface AuditEvent {
  readonly act: AuditAct;
  /** A key's name, an AE title, or the service itself. */
  readonly who: string;
  /** Whose key it is, where people decide: about models. */
  readonly person?: string;
  readonly study?: string;
  /** The hash of a detector. */
  readonly model?: string;
  /** How many alike ones there were since the last line of theirs, which have none of their own. */
  readonly unsaid?: number;
}

export interface Audit {
  add(event: AuditEvent): Promise<void>;
  close(): Promise<void>;
}

export async function openAudit(path: string): Promise<Audit> {
  const file: FileHandle = await open(path, "a", 0o600);
  let last: Promise<unknown> = Promise.resolve();
  return {
    add(event) {
      const line = `${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`;
      const written = last.then(async () => {
        await file.write(line);
        await file.datasync();
      });
      last = written.catch(() => undefined);
      return written;
    },
    async close() {
      await last;
      await file.close();
    },
  };
}
