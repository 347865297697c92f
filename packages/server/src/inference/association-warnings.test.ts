/** Callers who are not let in, or break off: what the log and the audit have of them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "node:test";
import { pino } from "pino";
import { associationWarnings } from "./association-warnings.ts";
import { openAudit } from "./audit.ts";
import { startInference } from "./start-inference.ts";
import { startTestAnalysis } from "./test-analyst-process.ts";
import { linesOf, PASSPHRASE, testFolder, until } from "./test-inbox.ts";

test("associationWarnings: alike ones are one line a minute, whatever their titles are", async (context) => {
  const path = join(testFolder(context), "audit.jsonl");
  const audit = await openAudit(path);
  context.after(() => audit.close());
  const log: string[] = [];
  let now = 0;
  const logger = pino({ level: "warn" }, { write: (line) => void log.push(line) });
  const warn = associationWarnings(audit, logger, () => now);
  for (let second = 0; second < 90; second++) {
    now = second * 1000;
    warn({ kind: "refused", calling: `XR${second}`, reason: "calling title" });
    warn({ kind: "broken", calling: "", reason: `expected a PDU, got ${second}` });
    warn({ kind: "stored", calling: "XR", bytes: 1 });
  }
  warn({ kind: "refused", calling: "XR1", reason: "called title" });
  await until(() => linesOf(path).length === 5);
  assert.deepEqual(
    linesOf(path).map(({ act, who, unsaid }) => [act, who, unsaid]),
    [
      ["association refused", "XR0", 0],
      ["association broken", "", 0],
      ["association refused", "XR60", 59],
      ["association broken", "", 59],
      ["association refused", "XR1", 0],
    ],
  );
  assert.equal(log.length, 5);
  assert.match(log[3], /"reason":"expected a PDU, got 60","unsaid":59,"msg":"association broken"/);
});

test("startInference: callers who break off while the audit's disk is full end nothing", async (context) => {
  const folder = testFolder(context);
  symlinkSync("/dev/full", join(folder, "audit.jsonl"));
  writeFileSync(
    join(folder, "service.toml"),
    '[dimse]\nhost = "127.0.0.1"\nport = 0\ncallingTitles = ["XR1"]\n',
  );
  const lines: string[] = [];
  const service = await startInference({
    folder,
    passphrase: PASSPHRASE,
    startAnalysis: () => startTestAnalysis(),
    port: 0,
    log: new Writable({
      write(line, _, done) {
        lines.push(String(line));
        done();
      },
    }),
  });
  context.after(service.stop);
  for (let i = 0; i < 3; i++) {
    const socket = connect({ host: "127.0.0.1", port: service.dimsePort ?? 0 });
    socket.on("error", () => undefined);
    socket.resume().end("GET / HTTP/1.1\r\n\r\n");
    await once(socket, "close");
  }
  await until(() => lines.some((line) => line.includes("ENOSPC")));
  assert.equal(lines.filter((line) => line.includes("association broken")).length, 1);
  assert.equal((await fetch(`${service.address}/healthz`)).status, 200);
});
