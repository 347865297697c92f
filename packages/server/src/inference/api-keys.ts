/**
 * Keys of programs that speak with the service: each has a name and scopes, one that approves models a person, and of
 * the key itself its hash is kept alone. `keys.json` in the inbox; a key is made by the command line, which shows it once.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileWhole } from "@malleolus/host";
import { readJson } from "@malleolus/schema";
import { z } from "zod";
import { newToken, sameText, tokenSha256 } from "../auth/tokens.ts";
import { ServerError } from "../errors.ts";

export const SCOPES = [
  "images:write",
  "results:read",
  "results:confirm",
  "follow-up:write",
  "corrections:read",
  "sending:switch",
  "models:approve",
  "metrics:read",
] as const;
const scopeSchema = z.enum(SCOPES);
export type Scope = z.infer<typeof scopeSchema>;

const keysSchema = z.strictObject({
  format: z.literal("malleolus-service-keys-1"),
  keys: z.array(
    z.strictObject({
      name: z.string().regex(/^[\w .-]{1,40}$/, { error: "expected a name of 1 to 40 letters" }),
      sha256: z.string(),
      scopes: z.array(scopeSchema).min(1),
      /** Whose it is; of a program's there is none. Several keys may be one person's. */
      person: z
        .string()
        .regex(/^[\p{L}\p{N} .,'@-]{1,80}$/u, {
          error: "expected a person's name of 1 to 80 letters",
        })
        .optional(),
    }),
  ),
});
type ApiKey = z.infer<typeof keysSchema>["keys"][number];

const FILE = "keys.json";

/** @throws SchemaError for another file. */
function readKeys(folder: string): readonly ApiKey[] {
  const path = join(folder, FILE);
  return existsSync(path) ? readJson(keysSchema, readFileSync(path, "utf8"), path).keys : [];
}

/**
 * Makes a key, in the place of one of the same name, and says it.
 *
 * @throws ServerError `settings` for a name or scopes that are none.
 */
export function addApiKey(
  folder: string,
  name: string,
  scopes: readonly string[],
  person?: string,
): string {
  const token = newToken();
  // Written the same by whoever writes it, since two people must be two.
  const own = person?.normalize("NFC").replace(/ +/g, " ").replace(/^ | $/g, "");
  const others = readKeys(folder).filter((key) => key.name !== name);
  const parsed = keysSchema.safeParse({
    format: "malleolus-service-keys-1",
    keys: [
      ...others,
      { name, sha256: token.sha256, scopes, ...(own === undefined ? {} : { person: own }) },
    ],
  });
  if (!parsed.success) {
    throw new ServerError(
      "settings",
      `key "${name}": expected a name of 1 to 40 letters, a person's of 1 to 80 or none, and scopes of ` +
        `${SCOPES.join(", ")}; got ${[...scopes, ...(own === undefined ? [] : [own])].join(", ") || "none"}`,
    );
  }
  writeFileWhole(join(folder, FILE), `${JSON.stringify(parsed.data, null, 2)}\n`, 0o600);
  return token.text;
}

/** Who a key is of. Read anew each time: a key that was taken away is gone at once. */
export function findApiKey(
  folder: string,
  authorization: string | undefined,
): Pick<ApiKey, "name" | "scopes" | "person"> | null {
  const [, text] = /^Bearer ([\w-]{20,100})$/.exec(authorization ?? "") ?? [];
  if (text === undefined) return null;
  const sha256 = tokenSha256(text);
  return readKeys(folder).find((key) => sameText(key.sha256, sha256)) ?? null;
}
