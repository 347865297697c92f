/** Radiographs with a follow-up: what the service gives, to whom, and how they are asked for. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { addApiKey } from "./api-keys.ts";
import { correctionSource } from "./corrections.ts";
import { linesOf, openTestInbox, put, RESULT, radiograph } from "./test-inbox.ts";
import { openApp } from "./test-inference-app.ts";

test("corrections: radiographs with a follow-up alone, as they came, and the audit says to whom", async (context) => {
  const inbox = await openTestInbox(context);
  context.after(() => inbox.close());
  const files = [radiograph("1.3.99.1", "1.3.99.1.1"), radiograph("1.3.99.1", "1.3.99.1.2")];
  const ids: string[] = [];
  for (const file of [...files, radiograph("1.3.99.2", "1.3.99.2.1")]) {
    ids.push((await put(inbox, file)).study.id);
  }
  const [id, , other] = ids;
  for (const one of [id, other]) await inbox.change(one, () => ({ state: "done", result: RESULT }));
  const { app, ask } = await openApp(context, {}, { inbox });
  await ask("PUT", `/v1/studies/${id}/follow-up`, { class: "weber_b" });
  const address = await app.listen({ host: "127.0.0.1", port: 0 });

  const reader = correctionSource(address, addApiKey(inbox.folder, "reader", ["results:read"]));
  await assert.rejects(reader.list(), { code: "settings", message: /got 403 .*corrections:read/ });
  const source = correctionSource(
    `${address}/`,
    addApiKey(inbox.folder, "study", ["corrections:read"]),
  );
  const [correction, ...none] = await source.list();
  assert.deepEqual([correction, none], [{ id, class: "weber_b", images: 2 }, []]);
  for (const [i, file] of files.entries()) {
    assert.deepEqual(await source.image(correction, i + 1), new Uint8Array(file));
  }
  await assert.rejects(source.image(correction, 3), { message: /got 404/ });
  await assert.rejects(source.image({ id: other, class: "", images: 1 }, 1), {
    message: /got 404/,
  });
  const given = linesOf(join(inbox.folder, "audit.jsonl")).filter(({ who }) => who === "study");
  assert.deepEqual(
    given.map(({ act, study }) => [act, study]),
    Array(2).fill(["radiograph given to a study", id]),
  );
  // Once its pixels are gone there is nothing to give.
  await ask("POST", `/v1/studies/${id}/confirm`);
  assert.deepEqual(await source.list(), []);
});

test("correctionSource: names go over no network without TLS", async () => {
  for (const address of ["http://service.example:8410", "ftp://127.0.0.1", "service"]) {
    assert.throws(() => correctionSource(address, "key"), {
      code: "settings",
      message: /expected https, or http on this machine/,
    });
  }
  // A port that was free a moment ago.
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" ? address?.port : 0;
  taken.close();
  await once(taken, "close");
  await assert.rejects(correctionSource(`http://127.0.0.1:${port}`, "key").list(), {
    code: "settings",
    message: /\/v1\/corrections: expected the service, got .*ECONNREFUSED/,
  });
});
