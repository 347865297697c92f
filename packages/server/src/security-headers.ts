/** What browsers are told to refuse on pages of this server. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import helmet from "@fastify/helmet";
import { readJson } from "@malleolus/schema";
import type { FastifyInstance } from "fastify";
import { z } from "zod";

/** Hashes of the constant styles that the component library adds to a page. */
const STYLE_HASHES = "csp-style-hashes.json";
const hashesSchema = z.array(
  z.string().regex(/^sha256-[A-Za-z0-9+/]{43}=$/, { error: 'expected "sha256-…"' }),
);

/** A page of research on patients uses none of these. */
const REFUSED_FEATURES = [
  "accelerometer",
  "browsing-topics",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "usb",
];

export async function addSecurityHeaders(
  app: FastifyInstance,
  { isTls, webFolder }: { readonly isTls: boolean; readonly webFolder: string },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'", ...styleHashes(webFolder).map((hash) => `'${hash}'`)],
        "connect-src": ["'self'"],
        "img-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "worker-src": ["'self'"],
        // A report's page, which has a policy of its own.
        "frame-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
      },
    },
    crossOriginEmbedderPolicy: { policy: "require-corp" },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    referrerPolicy: { policy: "no-referrer" },
    strictTransportSecurity: isTls ? { maxAge: 31_536_000 } : false,
  });
  const refused = REFUSED_FEATURES.map((name) => `${name}=()`).join(", ");
  app.addHook("onSend", async (request, reply) => {
    reply.header("permissions-policy", refused);
    if (request.url.startsWith("/api/") && !reply.hasHeader("cache-control")) {
      reply.header("cache-control", "no-store");
    }
  });
}

/**
 * Written by the application's build beside its pages.
 *
 * @throws SchemaError for another file.
 */
function styleHashes(webFolder: string): string[] {
  const path = join(webFolder, STYLE_HASHES);
  return existsSync(path) ? readJson(hashesSchema, readFileSync(path, "utf8"), path) : [];
}
