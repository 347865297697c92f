import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scratchFolder } from "../test-study.ts";
import { readSignOn } from "./sign-on-file.ts";

const GOOD = `
issuer = "https://login.example.org/realms/research"
clientId = "malleolus"

[groups]
"ankle study" = ["researcher", "viewer"]

[people]
"j.jansen" = "observer-1"
`;

test("readSignOn: a file with defaults, and its secret from a file beside it", (context) => {
  const folder = scratchFolder(context);
  const path = join(folder, "sign-on.toml");
  writeFileSync(path, `clientSecretFile = "secret.txt"\n${GOOD}`);
  writeFileSync(join(folder, "secret.txt"), "hush\n");
  assert.deepEqual(readSignOn(path), {
    issuer: "https://login.example.org/realms/research",
    clientId: "malleolus",
    clientSecret: "hush",
    scope: "openid profile",
    loginClaim: "preferred_username",
    nameClaim: "name",
    groupsClaim: "groups",
    groups: { "ankle study": ["researcher", "viewer"] },
    people: { "j.jansen": "observer-1" },
  });
});

test("readSignOn: what is wrong is named with its file", (context) => {
  const folder = scratchFolder(context);
  const path = join(folder, "sign-on.toml");
  for (const [text, message] of [
    [GOOD.replace("https://", "http://"), /sign-on\.toml at issuer: expected .*https/],
    [`clientSecret = "a"\nclientSecretFile = "b"\n${GOOD}`, /clientSecretFile: .*got both/],
    [`clientSecretFile = "none.txt"\n${GOOD}`, /none\.txt cannot be read/],
    [GOOD.replace('["researcher", "viewer"]', '["observer"]'), /groups/],
    [GOOD.split("[groups]")[0], /nobody could sign in/],
    [`clientSecrets = "a"\n${GOOD}`, /clientSecrets/],
  ] as const) {
    writeFileSync(path, text);
    assert.throws(() => readSignOn(path), { code: "configuration", message });
  }
});
