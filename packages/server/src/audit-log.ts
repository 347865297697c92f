/**
 * The audit log's writer. A change and its entry are one commit (`changed`); views are written some at a
 * time, within a quarter of a second, since each would wait for the disk otherwise.
 */
import { type GroupCommits, type NewAuditEntry, recordAudit } from "@malleolus/studies";

export interface AuditLog {
  /** Written soon. */
  seen(entry: NewAuditEntry): void;
  /** Writes what is left; rejects where it cannot be written. */
  close(): Promise<void>;
}

const WAIT_MS = 250;

export function startAuditLog({ commit }: GroupCommits): AuditLog {
  let entries: NewAuditEntry[] = [];
  let timer: NodeJS.Timeout | undefined;

  const write = async () => {
    timer = undefined;
    const batch = entries;
    entries = [];
    if (batch.length === 0) return;
    try {
      await commit((study) => recordAudit(study, batch));
    } catch (error) {
      // A full disk, say: they are tried again with the next.
      entries = [...batch, ...entries];
      throw error;
    }
  };
  return {
    seen(entry) {
      entries.push(entry);
      timer ??= setTimeout(() => write().catch(() => undefined), WAIT_MS);
    },
    async close() {
      clearTimeout(timer);
      await write();
    },
  };
}
