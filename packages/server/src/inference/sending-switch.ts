/**
 * The one switch that stops sending: a file in the inbox, so that it holds over restarts, and can be thrown by hand
 * where the service does not answer. Results are made and kept meanwhile, and are sent when it is gone.
 */
import { existsSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "./inbox/sealed-files.ts";

export const STOPPED_FILE = "sending-stopped";

export interface SendingSwitch {
  isOn(): boolean;
  /** Returns when it holds over a loss of power, too. */
  turn(isOn: boolean): Promise<void>;
}

export function sendingSwitch(folder: string): SendingSwitch {
  const path = join(folder, STOPPED_FILE);
  return {
    isOn: () => !existsSync(path),
    async turn(isOn) {
      if (isOn) await rm(path, { force: true });
      else await (await open(path, "a", 0o600)).close();
      await syncFolder(folder);
    },
  };
}
