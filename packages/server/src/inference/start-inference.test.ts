import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { addApiKey } from "./api-keys.ts";
import { startInference } from "./start-inference.ts";
import { startTestAnalysis } from "./test-analyst-process.ts";
import { PASSPHRASE, RESULT, radiograph, testFolder } from "./test-inbox.ts";

function optionsOf(folder: string) {
  const startAnalysis = () => startTestAnalysis();
  return { folder, passphrase: PASSPHRASE, startAnalysis, port: 0 } as const;
}

test("startInference: on loopback, for one service an inbox, and gone when it is stopped", async (context) => {
  const folder = testFolder(context);
  const service = await startInference(optionsOf(folder));
  try {
    assert.match(service.address, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(service.dimsePort, null);
    assert.equal((await fetch(`${service.address}/healthz`)).status, 200);
    assert.equal((await fetch(`${service.address}/v1/studies`)).status, 401);
    const startAnalysis = () => assert.fail("a second service begins no process");
    await assert.rejects(startInference({ ...optionsOf(folder), startAnalysis }), { code: "busy" });
  } finally {
    await service.stop();
  }
  await assert.rejects(fetch(`${service.address}/healthz`));
});

test("startInference: each process has its share of the cores, and one at least", async (context) => {
  const cores = availableParallelism();
  for (const [atOnce, share] of [
    [1, cores],
    [2, Math.max(1, Math.floor(cores / 2))],
    [16, Math.max(1, Math.floor(cores / 16))],
  ]) {
    const folder = testFolder(context);
    writeFileSync(join(folder, "service.toml"), `analysesAtOnce = ${atOnce}\n`);
    const told: number[] = [];
    const service = await startInference({
      ...optionsOf(folder),
      startAnalysis: (_, threads) => {
        told.push(threads);
        return startTestAnalysis();
      },
    });
    await service.stop();
    assert.deepEqual(new Set(told), new Set([share]), `${atOnce} at once`);
  }
});

test("startInference: a host that others reach asks for TLS or a proxy, by HTTP and by DIMSE, and so does an archive", async (context) => {
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
  const destination = '[destination]\nurl = "http://archive.example/dicom-web"\n';
  writeFileSync(join(folder, "service.toml"), destination);
  await assert.rejects(startInference(optionsOf(folder)), {
    code: "settings",
    message: /destination\.url http:\/\/archive\.example.* expected https .* unencrypted = true/,
  });
  writeFileSync(join(folder, "service.toml"), `${destination}unencrypted = true\n`);
  await (await startInference(optionsOf(folder))).stop();
  writeFileSync(join(folder, "service.toml"), "mostWaitng = 3\n");
  await assert.rejects(startInference(optionsOf(folder)), { name: "StudyError" });
});

test("startInference: stopped, it waits one grace for all that hangs, and not one after another", async (context) => {
  const folder = testFolder(context);
  const dimse = '[dimse]\nhost = "127.0.0.1"\nport = 0\ncallingTitles = ["XR1"]\n';
  writeFileSync(join(folder, "service.toml"), dimse);
  const graceMs = 3_000;
  const startAnalysis = () => startTestAnalysis("hangs");
  const service = await startInference({ ...optionsOf(folder), startAnalysis, graceMs });
  const headers = { authorization: `Bearer ${addApiKey(folder, "test", ["images:write"])}` };
  const answer = await fetch(`${service.address}/v1/images`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/dicom" },
    body: new Blob([new Uint8Array(radiograph("1.3.99.1", "1.3.99.1.1"))]),
  });
  const { id } = JSON.parse(await answer.text());
  // A caller who says nothing, a file that stops amid its bytes, and an analysis without an end.
  const caller = connect({ host: "127.0.0.1", port: service.dimsePort ?? 0 });
  await once(caller, "connect");
  const upload = request(`${service.address}/v1/images`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/dicom", "content-length": "1000" },
  });
  upload.on("error", () => undefined);
  upload.write("begun");
  await fetch(`${service.address}/v1/studies/${id}/complete`, { method: "POST", headers });
  const late = new Promise((resolve) => setTimeout(resolve, 2.5 * graceMs, "late").unref());
  assert.equal(await Promise.race([service.stop(), late]), undefined);
});

test("startInference: a model that nobody approved is told by its readiness and its log, until two people do; an approval ends the wait for the next process", async (context) => {
  const folder = testFolder(context);
  const model = RESULT.modelSha256;
  const at = "2026-03-01T10:00:00.000Z";
  const whose = { figuresSha256: "", figures: {}, addedAt: at, approvals: [{ who: "Ada", at }] };
  writeFileSync(
    join(folder, "models.json"),
    JSON.stringify({
      format: "malleolus-models-1",
      models: [{ sha256: model, name: "a", ...whose }],
      uses: [{ sha256: model, who: "Ada", at }],
    }),
  );
  const log = new PassThrough();
  let logged = "";
  log.on("data", (part: Buffer) => {
    logged += String(part);
  });
  let [begun, ended] = [0, 0];
  const startAnalysis = () => {
    begun++;
    return startTestAnalysis().once("exit", () => {
      ended++;
    });
  };
  const service = await startInference({ ...optionsOf(folder), startAnalysis, log });
  try {
    const isReady = async (status: number, word: string) => {
      const answer = await fetch(`${service.address}/readyz`);
      return answer.status === status && (await answer.text()).includes(`"${word}"`);
    };
    const untilReady = async (status: number, word: string) => {
      for (const began = Date.now(); !(await isReady(status, word)); ) {
        assert.ok(Date.now() - began < 60_000, `not "${word}" within a minute`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await untilReady(503, "not approved");
    assert.match(logged, new RegExp(`got 0; .*--person NAME.*/v1/models/${model}/approve`));
    const approve = async (person: string) => {
      const key = addApiKey(folder, person, ["models:approve"], person);
      await fetch(`${service.address}/v1/models/${model}/approve`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}` },
      });
    };
    // The wait for the third process is a second long.
    while (ended < 2 || begun > ended) await new Promise((resolve) => setTimeout(resolve, 20));
    const before = begun;
    await approve("Ada Bell");
    assert.ok(begun > before);
    await approve("Ben Carr");
    await untilReady(200, "ok");
  } finally {
    await service.stop();
  }
});
