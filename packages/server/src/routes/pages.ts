/**
 * The browser application's files: its page for every address that is none of the API and no file. Where the
 * application has not been built, a page says how to build it.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import staticFiles from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { ServerError } from "../errors.ts";

const PAGE = "index.html";
/** Files whose names change with their content. */
const ASSETS = "/assets/";
const YEAR_SECONDS = 31_536_000;

const NOT_BUILT = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Malleolus</title></head>
<body>
<h1>The reading room has not been built</h1>
<p>The server runs, and its pages are missing. In the project's folder, run</p>
<pre>npm run build --workspace packages/web</pre>
<p>and load this page again.</p>
</body>
</html>
`;

export async function addPages(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(staticFiles, {
    root: folder,
    serve: false,
    // Who may read it may read all of it; a time or a hash of a file tells nothing.
    cacheControl: false,
    suppressWarning: true,
  });
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?")[0];
    if (path.startsWith("/api/") || !["GET", "HEAD"].includes(request.method)) {
      throw new ServerError("not-found", "There is no such page.");
    }
    if (!existsSync(join(folder, PAGE))) {
      return reply.status(503).type("text/html; charset=utf-8").send(NOT_BUILT);
    }
    if (isFile(folder, path)) {
      const isAsset = path.startsWith(ASSETS);
      reply.header(
        "cache-control",
        isAsset ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
      );
      return reply.sendFile(path.slice(1));
    }
    // A file that is missing is missing: a page in its place would be read as a script.
    if (/\.[a-z0-9]+$/.test(path)) {
      throw new ServerError("not-found", "There is no such file.");
    }
    return reply.header("cache-control", "no-cache").sendFile(PAGE);
  });
}

/** Names of the build: no folder, no dot, nothing that leads out. */
function isFile(folder: string, path: string): boolean {
  return (
    /^(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/.test(path) &&
    path !== "/" &&
    (statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() ?? false)
  );
}
