/** TLS between the node and our client, and dcmtk's: certificates are made by openssl. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ConnectionOptions, connect } from "node:tls";
import { runDcmtk, skipWithoutDcmtk } from "../test-dcmtk.ts";
import { eventually, startTestNode } from "../test-node.ts";
import { dimseClient } from "./dimse-client.ts";

const skip = {
  skip:
    spawnSync("openssl", ["version"]).status === 0 ? false : "openssl absent; install it to run it",
};

/** A certificate of its own authority for `localhost` and loopback. */
function certificate(folder: string, name: string) {
  const [key, file] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  execFileSync(
    "openssl",
    `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name} -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${key} -out ${file}`.split(
      " ",
    ),
    { stdio: "ignore" },
  );
  return { paths: { key, file }, key: readFileSync(key), certificate: readFileSync(file) };
}

async function startSecureNode(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-tls-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const [own, known, stranger] = ["node", "modality", "stranger"].map((name) =>
    certificate(folder, name),
  );
  const security = { ...own, authorities: known.certificate };
  const node = await startTestNode(context, { security });
  const peer = {
    host: "127.0.0.1",
    port: node.port,
    calledTitle: "MALLEOLUS",
    callingTitle: "MODALITY",
  };
  return { node, peer, own, known, stranger };
}

test(
  "TLS: who has a certificate that is vouched for comes in, and nobody else",
  skip,
  async (context) => {
    const { node, peer, own, known, stranger } = await startSecureNode(context);
    const echo = (security: NonNullable<Parameters<typeof dimseClient>[0]["security"]>) =>
      dimseClient({ ...peer, security, timeoutMs: 10_000 }).echo();
    await echo({ ...known, authorities: own.certificate });
    await assert.rejects(echo({ ...stranger, authorities: own.certificate }), {
      code: "unreachable",
    });
    await assert.rejects(echo({ authorities: own.certificate }), { code: "unreachable" });
    // An archive that nobody vouches for is not spoken to.
    await assert.rejects(echo({ ...known, authorities: stranger.certificate }), {
      code: "unreachable",
    });
    await assert.rejects(dimseClient({ ...peer, timeoutMs: 10_000 }).echo(), {
      code: "unreachable",
    });
    await echo({ ...known, authorities: own.certificate });
    await eventually("all of them have ended", () => node.busy() === 0);
  },
);

/** Whether a handshake with a certificate that is vouched for comes to its end. */
function handshake(
  { node, known }: Awaited<ReturnType<typeof startSecureNode>>,
  options: Pick<ConnectionOptions, "minVersion" | "maxVersion" | "ciphers">,
): Promise<"open" | "refused"> {
  return new Promise((resolve) => {
    const socket = connect({
      host: "127.0.0.1",
      port: node.port,
      key: known.key,
      cert: known.certificate,
      rejectUnauthorized: false,
      ...options,
    });
    socket.once("secureConnect", () => {
      socket.destroy();
      resolve("open");
    });
    socket.once("error", () => resolve("refused"));
    socket.once("close", () => resolve("refused"));
  });
}

test("TLS: versions before 1.2 are refused", skip, async (context) => {
  const started = await startSecureNode(context);
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1" } as const;
  const outcome = await handshake(started, { ...old, ciphers: "DEFAULT@SECLEVEL=0" });
  assert.equal(outcome, "refused");
});

test(
  "TLS: of 1.2 those suites alone that BCP 195 recommends, with forward secrecy and GCM",
  skip,
  async (context) => {
    const started = await startSecureNode(context);
    const only = { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" } as const;
    for (const [cipher, expected] of [
      ["ECDHE-RSA-AES128-GCM-SHA256", "open"],
      ["ECDHE-RSA-AES256-GCM-SHA384", "open"],
      // A key that is found later opens what was sent before.
      ["AES128-GCM-SHA256", "refused"],
      ["AES256-SHA256", "refused"],
      ["ECDHE-RSA-AES128-SHA256", "refused"],
      ["ECDHE-RSA-AES256-SHA", "refused"],
    ] as const) {
      const ciphers = `${cipher}:@SECLEVEL=0`;
      assert.equal(await handshake(started, { ...only, ciphers }), expected, cipher);
    }
  },
);

test("TLS: dcmtk comes in by it", {
  skip: skip.skip || skipWithoutDcmtk().skip,
}, async (context) => {
  const { node, own, known } = await startSecureNode(context);
  const { code, said } = await runDcmtk(
    "echoscu",
    "+tls",
    known.paths.key,
    known.paths.file,
    "+cf",
    own.paths.file,
    "-aet",
    "MODALITY",
    "-aec",
    "MALLEOLUS",
    "localhost",
    String(node.port),
  );
  assert.equal(code, 0, said);
});
