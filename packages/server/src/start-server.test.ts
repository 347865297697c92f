import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { studyWithPeople } from "@malleolus/studies/test-people";
import { type ServerOptions, startServer } from "./start-server.ts";

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

async function start(context: TestContext, options: Partial<ServerOptions> = {}) {
  const cleanUps: (() => void | Promise<void>)[] = [];
  context.after(async () => {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  });
  const study = await studyWithPeople({ after: (cleanUp) => void cleanUps.push(cleanUp) });
  const webFolder = mkdtempSync(join(tmpdir(), "malleolus-web-"));
  cleanUps.push(() => rmSync(webFolder, { recursive: true }));
  const given = { study, webFolder, port: 0, log: new PassThrough().resume(), ...options };
  const server = await startServer(given);
  cleanUps.push(() => server.stop());
  return { ...server, webFolder };
}

test("startServer: an address on loopback, a link for the first account, and a page that says what is missing", async (context) => {
  const { address, setupLink } = await start(context);
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(setupLink ?? "", new RegExp(`^${address}/setup#[\\w-]{43}$`));
  const page = await fetch(`${address}/setup`);
  assert.equal(page.status, 503);
  assert.match(await page.text(), /npm run build/);
  assert.deepEqual(await (await fetch(`${address}/api/health`)).json(), { status: "ok" });
  assert.equal((await fetch(`${address}/api/nothing`)).status, 404);
});

test("startServer: the built application, its page for every address, and nothing beside its folder", async (context) => {
  const { address, webFolder } = await start(context);
  mkdirSync(join(webFolder, "assets"));
  writeFileSync(join(webFolder, "index.html"), "<title>page</title>");
  writeFileSync(join(webFolder, "assets", "main-1a2b.js"), "let x;");
  writeFileSync(join(webFolder, "..", "beside.txt"), "secret");
  context.after(() => rmSync(join(webFolder, "..", "beside.txt"), { force: true }));
  const text = async (path: string) => {
    const answer = await fetch(`${address}${path}`);
    return [answer.status, answer.headers.get("cache-control"), await answer.text()];
  };
  assert.deepEqual(await text("/"), [200, "no-cache", "<title>page</title>"]);
  assert.deepEqual(await text("/read/7kq2?view=ap"), [200, "no-cache", "<title>page</title>"]);
  const asset = await text("/assets/main-1a2b.js");
  assert.deepEqual(asset, [200, "public, max-age=31536000, immutable", "let x;"]);
  assert.equal((await text("/assets/gone.js"))[0], 404);
  for (const path of ["/%2e%2e/beside.txt", "/..%2fbeside.txt", "/assets/..%2f..%2fbeside.txt"]) {
    const answer = await text(path);
    assert.ok(!String(answer[2]).includes("secret"), path);
  }
});

test("startServer: another host without TLS, and files that are no certificate, are refused", async (context) => {
  const study = await studyWithPeople(context);
  const given = { study, webFolder: "none", port: 0 };
  await assert.rejects(startServer({ ...given, host: "0.0.0.0" }), {
    code: "settings",
    message: /--tls-cert/,
  });
  const file = import.meta.filename;
  await assert.rejects(startServer({ ...given, tls: { certificate: file, key: file } }), {
    code: "settings",
  });
});

test("startServer: with a certificate it speaks TLS, and says so to browsers", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-tls-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const [certificate, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1";
  execFileSync(
    "openssl",
    [...request.split(" "), "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
    { stdio: "ignore" },
  );
  const { address } = await start(context, { tls: { certificate, key } });
  assert.match(address, /^https:/);
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  get(`${address}/api/health`, { rejectUnauthorized: false }, (answer) => {
    answer.resume();
    resolve(answer.headers["strict-transport-security"]);
  }).on("error", reject);
  assert.match((await promise) ?? "", /max-age=31536000/);
});

test("startServer: its log tells no address, no code and no token", async (context) => {
  const log = new PassThrough();
  let lines = "";
  log.on("data", (data) => {
    lines += String(data);
  });
  const { address } = await start(context, { log });
  await fetch(`${address}/api/cases/7kq2m41xd8pt`);
  await fetch(`${address}/api/worklist?queue=curation&search=7kq2m41xd8pt`);
  assert.match(lines, /"route":"\/api\/cases\/:code"/);
  assert.ok(!lines.includes("7kq2m41xd8pt"));
});
