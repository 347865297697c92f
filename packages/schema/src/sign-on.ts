/**
 * The file by which an institution's OpenID Connect provider signs people in: where it is, what the server is
 * called there, and what its groups and names mean in the study.
 */
import { z } from "zod";
import { staffRoleSchema } from "./api/account.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** In the clear only on the same machine, where tests have theirs. */
const issuerSchema = z.string().refine(
  (text) => {
    const url = URL.parse(text);
    return url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.has(url.hostname));
  },
  { error: "expected the provider's address, https://…" },
);

export const signOnSchema = z
  .strictObject({
    /** As the provider writes it in its own configuration, `/.well-known/openid-configuration` left out. */
    issuer: issuerSchema,
    clientId: z.string().min(1),
    /** Neither for a client without a secret; PKCE guards the exchange in any case. */
    clientSecret: z.string().min(1).optional(),
    /** A file with the secret alone; beside this file unless the path is absolute. */
    clientSecretFile: z.string().min(1).optional(),
    scope: z.string().min(1).default("openid profile"),
    /** Which claims hold a person's login name, name and groups. */
    loginClaim: z.string().min(1).default("preferred_username"),
    nameClaim: z.string().min(1).default("name"),
    groupsClaim: z.string().min(1).default("groups"),
    /** Group by group, the roles of those who run the study. */
    groups: z.record(z.string(), z.array(staffRoleSchema).min(1)).default({}),
    /** Login name by login name, the person of `malleolus.toml` who reads. */
    people: z.record(z.string(), z.string().min(1)).default({}),
  })
  .refine(
    ({ clientSecret, clientSecretFile }) =>
      clientSecret === undefined || clientSecretFile === undefined,
    { error: "expected clientSecret or clientSecretFile, got both", path: ["clientSecretFile"] },
  )
  .refine(({ groups, people }) => Object.keys(groups).length + Object.keys(people).length > 0, {
    error: "expected groups or people, or nobody could sign in; got neither",
    path: ["groups"],
  });
export type SignOn = z.infer<typeof signOnSchema>;
