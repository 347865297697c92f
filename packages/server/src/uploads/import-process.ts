/**
 * The process that imports what is uploaded: decoding other people's files and waiting for the disk must not
 * hold up those who read, and a file that ends a process must not end the server's. It ends with the server.
 */
import { setTimeout as wait } from "node:timers/promises";
import { causeText } from "@malleolus/errors";
import {
  findHospital,
  type ImportEvent,
  importDicom,
  openKeys,
  openStudy,
  StudyError,
} from "@malleolus/studies";
import { type News, type Order, orderSchema } from "./import-orders.ts";

/** Somebody imports at a terminal meanwhile. */
const BUSY_MS = 1000;

type Source = Pick<Parameters<typeof importDicom>[1], "hospital" | "keys" | "who">;
let opened: {
  readonly study: Awaited<ReturnType<typeof openStudy>>;
  readonly source: Source;
} | null = null;

/** One order after the other. */
let last: Promise<void> = Promise.resolve();
process.on("message", (message) => {
  last = last.then(() => obey(orderSchema.parse(message)));
});
process.on("disconnect", () => process.exit(0));

async function obey(order: Order): Promise<void> {
  try {
    if (order.order === "open") {
      await open(order);
      tell({ news: "opened" });
    } else {
      await importAll(order.paths);
      tell({ news: "imported" });
    }
  } catch (error) {
    const code = error instanceof StudyError ? error.code : "internal";
    tell({ news: "refused", code, message: causeText(error) });
  }
}

async function open(order: Extract<Order, { order: "open" }>): Promise<void> {
  const study = await openStudy(order.folder);
  const hospital = findHospital(study, order.hospital);
  const keys = await openKeys(study, order.passphrase);
  opened = { study, source: { hospital, keys, who: order.who } };
}

async function importAll(paths: readonly string[]): Promise<void> {
  if (opened === null) throw new Error("internal: files came before a study was opened");
  const { study, source } = opened;
  for (;;) {
    try {
      await importDicom(study, { ...source, paths, onEvent: (event) => tell(newsOf(event)) });
      return;
    } catch (error) {
      if (!(error instanceof StudyError && error.code === "busy")) throw error;
      await wait(BUSY_MS);
    }
  }
}

function newsOf(event: ImportEvent): News {
  return {
    news: "file",
    file: event.file,
    outcome: event.outcome,
    reason: event.outcome === "refused" ? event.reason : null,
    notes: event.outcome === "imported" ? [...event.notes] : [],
  };
}

function tell(news: News): void {
  process.send?.(news);
}
