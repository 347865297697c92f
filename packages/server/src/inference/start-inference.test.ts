import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startInference } from "./start-inference.ts";
import { startTestAnalysis } from "./test-analyst-process.ts";
import { PASSPHRASE, testFolder } from "./test-inbox.ts";

function optionsOf(folder: string) {
  return { folder, passphrase: PASSPHRASE, startAnalysis: startTestAnalysis, port: 0 } as const;
}

test("startInference: on loopback, for one service an inbox, and gone when it is stopped", async (context) => {
  const folder = testFolder(context);
  const service = await startInference(optionsOf(folder));
  try {
    assert.match(service.address, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(service.dimsePort, null);
    assert.equal((await fetch(`${service.address}/healthz`)).status, 200);
    assert.equal((await fetch(`${service.address}/v1/studies`)).status, 401);
    await assert.rejects(startInference(optionsOf(folder)), { code: "busy" });
  } finally {
    await service.stop();
  }
  await assert.rejects(fetch(`${service.address}/healthz`));
});

test("startInference: a host that others reach asks for TLS or a proxy, by HTTP and by DIMSE", async (context) => {
  const folder = testFolder(context);
  const asked = { ...optionsOf(folder), host: "0.0.0.0" };
  await assert.rejects(startInference(asked), {
    code: "settings",
    message: /--host 0\.0\.0\.0: expected TLS .* got none/,
  });
  mkdirSync(folder, { recursive: true });
  const dimse = '[dimse]\nhost = "0.0.0.0"\nport = 0\ncallingTitles = ["XR1"]\n';
  writeFileSync(join(folder, "service.toml"), dimse);
  await assert.rejects(startInference(optionsOf(folder)), {
    code: "settings",
    message: /dimse\.host 0\.0\.0\.0: expected tlsCertificate and tlsKey .* unencrypted = true/,
  });
  writeFileSync(join(folder, "service.toml"), "mostWaitng = 3\n");
  await assert.rejects(startInference(optionsOf(folder)), { name: "StudyError" });
});
