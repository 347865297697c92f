/** The client against answers that an archive should not give; `orthanc.test.ts` has a real archive. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { type DicomWebOptions, dicomWebClient } from "./dicomweb-client.ts";

/** A client of a server on loopback that answers like this. */
async function clientOf(
  context: TestContext,
  listener: RequestListener,
  options: Omit<DicomWebOptions, "url"> = {},
) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return dicomWebClient({ url: `http://127.0.0.1:${address.port}/dicom-web/`, ...options });
}

const study = (uid: string) => ({ "0020000D": { vr: "UI", Value: [uid] } });

test("searchStudies: asks in pages until one is not full, and sends its headers", async (context) => {
  const asked: (string | undefined)[] = [];
  const client = await clientOf(
    context,
    ({ url, headers }, response) => {
      asked.push(`${url} ${headers.authorization} ${headers.accept}`);
      const offset = Number(new URL(url ?? "", "http://x").searchParams.get("offset"));
      const page = Array.from({ length: offset === 0 ? 200 : 3 }, (_, i) =>
        study(`1.${offset + i}`),
      );
      response.setHeader("content-type", "application/dicom+json");
      response.end(JSON.stringify(page));
    },
    { headers: { Authorization: "Bearer key" } },
  );
  assert.equal((await client.searchStudies({ PatientID: "P 1" })).length, 203);
  assert.deepEqual(asked, [
    "/dicom-web/studies?PatientID=P+1&limit=200&offset=0 Bearer key application/dicom+json",
    "/dicom-web/studies?PatientID=P+1&limit=200&offset=200 Bearer key application/dicom+json",
  ]);
});

test("searchStudies: an empty answer is no match", async (context) => {
  const client = await clientOf(context, (_, response) => response.writeHead(204).end());
  assert.deepEqual(await client.searchStudies({}), []);
});

const WRONG_ANSWERS: readonly (readonly [what: string, code: string, answer: RequestListener])[] = [
  ["a refusal", "refused", (_, response) => response.writeHead(401).end("no")],
  ["a page of HTML", "answer", (_, response) => response.end("<html>")],
  ["JSON that is not DICOM's", "answer", (_, response) => response.end('[{"a": 1}]')],
  [
    "a way elsewhere",
    "unreachable",
    (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
  ],
  ["a connection that breaks", "unreachable", (request) => request.socket.destroy()],
  ["nothing for too long", "unreachable", () => {}],
  [
    "half an answer and nothing more",
    "unreachable",
    (_, response) => {
      response.write("[");
    },
  ],
];

for (const [what, code, answer] of WRONG_ANSWERS) {
  test(`searchStudies: ${what} is an error that names the address`, async (context) => {
    // Only those that wait may end by waiting: a busy machine is no wrong answer.
    const timeoutMs = / for too long|nothing more/.test(what) ? 300 : 60_000;
    const client = await clientOf(context, answer, { timeoutMs });
    await assert.rejects(client.searchStudies({}), {
      code,
      message: /^GET http:\/\/127\.0\.0\.1:\d+\/dicom-web\/studies\?.*: /,
    });
  });
}

test("an answer that comes slowly, but comes, is waited for", async (context) => {
  const client = await clientOf(
    context,
    (_, response) => {
      const letters = [...JSON.stringify([study("1.2")])];
      const timer = setInterval(() => {
        response.write(letters.splice(0, 8).join(""));
        if (letters.length > 0) return;
        clearInterval(timer);
        response.end();
      }, 500);
    },
    { timeoutMs: 2_000 },
  );
  // Longer than the limit as a whole, but never without a piece for so long.
  assert.deepEqual(await client.searchStudies({}), [study("1.2")]);
});

test("retrieveInstance: a file of more than was allowed for is refused", async (context) => {
  const body = `--b\r\n\r\n${"x".repeat(5000)}\r\n--b--`;
  const client = await clientOf(
    context,
    (_, response) => {
      response.setHeader("content-type", "multipart/related; boundary=b");
      response.end(body);
    },
    { mostBytes: 1000 },
  );
  await assert.rejects(client.retrieveInstance("1.2", "1.3", "1.4"), { code: "limit" });
});

test("UIDs that are none reach no server", async () => {
  const client = dicomWebClient({ url: "http://127.0.0.1:1" });
  await assert.rejects(client.retrieveInstance("1.2", "../..", "1.4"), { code: "uid" });
  assert.throws(() => client.searchSeries("1.2/../x", {}), { code: "uid" });
});

test("store: what was taken and what was not is told, and UIDs that are none are left out", async (context) => {
  const reference = (instance: string, reason?: number) => ({
    "00081155": { vr: "UI", Value: [instance] },
    ...(reason === undefined ? {} : { "00081197": { vr: "US", Value: [reason] } }),
  });
  let sent = "";
  const client = await clientOf(context, async (request, response) => {
    for await (const chunk of request) sent += String(chunk);
    response.writeHead(409).end(
      JSON.stringify({
        "00081199": { vr: "SQ", Value: [reference("1.2"), reference("../x")] },
        "00081198": { vr: "SQ", Value: [reference("1.3", 0x0122)] },
      }),
    );
  });
  const answer = await client.store([Buffer.from("DICM-one"), Buffer.from("DICM-two")]);
  assert.deepEqual(answer, { stored: ["1.2"], failed: [{ instance: "1.3", reason: 0x0122 }] });
  assert.equal(
    sent.match(/Content-Type: application\/dicom\r\n\r\nDICM-(one|two)\r\n/g)?.length,
    2,
  );
});
