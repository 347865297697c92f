/** The service's HTTP without a model: its process is there and never becomes warm. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type ServiceSettings, serviceSettingsSchema } from "@malleolus/schema";
import { openAnalyst } from "./analyst.ts";
import { addApiKey, SCOPES } from "./api-keys.ts";
import { openAudit } from "./audit.ts";
import type { Inbox } from "./inbox/inbox.ts";
import { createInferenceApp } from "./inference-app.ts";
import { openLiveService } from "./live-service.ts";
import { openMetrics } from "./metrics.ts";
import type { SendObjects } from "./outbox.ts";
import { openTestInbox } from "./test-inbox.ts";

export async function openApp(
  context: TestContext,
  settings: Partial<ServiceSettings> = {},
  { send = null, inbox: given }: { send?: SendObjects | null; inbox?: Inbox } = {},
) {
  const inbox = given ?? (await openTestInbox(context));
  const audit = await openAudit(join(inbox.folder, "audit.jsonl"));
  const metrics = openMetrics();
  const waits = "process.on('disconnect', () => process.exit()); setInterval(() => {}, 1000)";
  const analyst = openAnalyst(
    () => spawn(process.execPath, ["-e", waits], { stdio: ["ignore", "ignore", "ignore", "ipc"] }),
    () => undefined,
  );
  const all = { ...serviceSettingsSchema.parse({}), ...settings };
  const service = openLiveService({
    inbox,
    analyst,
    audit,
    metrics,
    settings: all,
    send,
    onTrouble: (error) => assert.fail(String(error)),
  });
  const room = { service, analyst, audit, metrics };
  const app = await createInferenceApp(room, { trustProxy: false, logger: null });
  context.after(async () => {
    await app.close();
    await service.close(0);
    await analyst.close();
    if (given === undefined) await inbox.close();
    await audit.close();
  });
  const key = addApiKey(inbox.folder, "test", SCOPES, "Tess Ter");
  const ask = (
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    payload?: Uint8Array | object,
  ) => {
    const isFile = payload instanceof Uint8Array;
    return app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${key}`,
        ...(isFile ? { "content-type": "application/dicom" } : {}),
      },
      ...(payload === undefined ? {} : { payload: isFile ? Buffer.from(payload) : payload }),
    });
  };
  return { app, ask, inbox, service, analyst, audit };
}
