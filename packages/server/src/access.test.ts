/**
 * Every route of the OpenAPI document refuses the unauthenticated, every wrong role, and requests that another
 * site forged. A route that is added is in the document, and so in this test.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessSchema, accountRoleSchema } from "@malleolus/schema";
import { z } from "zod";
import { addReadableCases, type Client, joinRoom, setUp, testRoom } from "./test-room.ts";

const documentSchema = z.object({
  openapi: z.literal("3.1.0"),
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ "x-access": accessSchema, summary: z.string() })),
  ),
});

const PEOPLE = {
  administrator: { roles: ["administrator"] },
  researcher: { roles: ["researcher"] },
  viewer: { roles: ["viewer"] },
  observer: { person: "observer-1" },
  senior: { person: "senior" },
  surgeon: { person: "surgeon-1" },
  annotator: { person: "annotator-1" },
} as const;

const METHODS = { get: "GET", post: "POST", put: "PUT", patch: "PATCH", delete: "DELETE" } as const;

test("access: every route refuses who is not signed in, each wrong role, and a forged request", async (context) => {
  const given = await testRoom(context);
  const { app, study } = given;
  await addReadableCases(study, ["case-1"]);
  const administrator = await setUp(given);
  const clients = new Map<string, Client>();
  for (const role of accountRoleSchema.options) {
    clients.set(role, await joinRoom(given, administrator, PEOPLE[role]));
  }
  const answer = await administrator.get("/api/openapi.json");
  const { paths } = documentSchema.parse(answer.json());
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([name, operation]) => ({ path, name, operation })),
  );
  assert.ok(routes.length >= 25, `${routes.length} routes`);
  const printed = app.printRoutes({ commonPrefix: false }).match(/\/api\//g) ?? [];
  // The document's own route, and HEAD beside each GET, stand in no document.
  assert.ok(
    printed.length <= routes.length + 1,
    `${printed.length} routes beside ${routes.length}`,
  );
  for (const { path, name, operation } of routes) {
    const method = METHODS[z.enum(["get", "post", "put", "patch", "delete"]).parse(name)];
    const url = path
      .replace("{code}", "0".repeat(12))
      .replace("{image}", "0".repeat(32))
      .replace("{size}", "half")
      .replace("{id}", "99");
    const access = operation["x-access"];
    const body = method === "GET" || method === "DELETE" ? {} : { body: {} };
    const foreign = await app.inject({
      method,
      url,
      headers: { host: "localhost", origin: "https://elsewhere.example" },
      ...body,
    });
    if (access === "anyone") {
      // Another site may show what anybody may see; it must not act in somebody's name.
      const isSeen = [200, 302].includes(foreign.statusCode);
      assert.ok(method === "GET" ? isSeen : foreign.statusCode === 403, `${method} ${url}`);
      continue;
    }
    const nobody = await app.inject({ method, url, headers: { host: "localhost" }, ...body });
    assert.deepEqual([nobody.statusCode, nobody.json().code], [401, "unauthenticated"], url);
    const madeUp = { host: "localhost", cookie: `__Host-malleolus=${"A".repeat(43)}` };
    assert.equal((await app.inject({ method, url, headers: madeUp, ...body })).statusCode, 401);
    for (const [role, client] of clients) {
      const isAllowed = access === "signed in" || access.some((one) => one === role);
      if (!isAllowed) {
        const refused = method === "GET" ? await client.get(url) : await client.send(method, url);
        assert.deepEqual([refused.statusCode, refused.json().code], [403, "forbidden"], url);
      } else if (method !== "GET") {
        const { headers } = client;
        const forged = await app.inject({ method, url, headers, ...body });
        assert.deepEqual([forged.statusCode, forged.json().code], [403, "csrf"], `${url} ${role}`);
      }
    }
  }
});

test("access: a route that does not say who may call it stops the server", async (context) => {
  const { app } = await testRoom(context);
  // Hooks of a server that is ready are its routes' too; a new one must not come later either.
  assert.throws(() => app.get("/api/forgotten", async () => "secret"), /FST_ERR|already/);
  const { default: fastify } = await import("fastify");
  const { addAccess } = await import("./auth/access.ts");
  const { room } = await testRoom(context);
  const bare = fastify();
  addAccess(bare, room);
  assert.throws(
    () => bare.get("/api/forgotten", async () => "secret"),
    /does not say who may call it/,
  );
});

test("access: another name for this machine is refused, and headers forbid what a page could do", async (context) => {
  const { app } = await testRoom(context);
  const rebound = await app.inject({ url: "/api/session", headers: { host: "evil.example" } });
  assert.equal(rebound.statusCode, 403);
  const { headers } = await app.inject({ url: "/", headers: { host: "localhost" } });
  assert.equal(
    headers["content-security-policy"],
    "default-src 'none';script-src 'self' 'wasm-unsafe-eval';style-src 'self';connect-src 'self';" +
      "img-src 'self' blob:;font-src 'self';worker-src 'self';frame-src 'self';manifest-src 'self';base-uri 'none';" +
      "form-action 'self';frame-ancestors 'none';require-trusted-types-for 'script'",
  );
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
  assert.equal(headers["cross-origin-embedder-policy"], "require-corp");
  assert.equal(headers["x-content-type-options"], "nosniff");
});
