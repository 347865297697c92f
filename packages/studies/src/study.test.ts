import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { protocolSchema } from "@malleolus/schema";
import { ankleProtocol } from "./configuration/ankle-protocol.ts";
import { closeStudy, createStudy, findHospital, openKeys, openStudy } from "./study.ts";
import { newStudy, PASSPHRASE, scratchFolder } from "./test-study.ts";

test("createStudy: writes a configuration that it reads, and the ankle's protocol", async (context) => {
  const { study: folder } = await newStudy(context);
  const study = await openStudy(folder);
  context.after(() => closeStudy(study));
  assert.equal(study.configuration.name, "Test");
  assert.equal(study.keyFile, join(folder, "../study.keys"));
  assert.deepEqual(study.protocol, ankleProtocol);
  assert.equal(findHospital(study, undefined).id, "a");
  assert.throws(() => findHospital(study, "x"), /hospitals \(a\), got x/);
});

test("createStudy: leaves a study that is there alone", async (context) => {
  const { study } = await newStudy(context);
  const again = createStudy({ folder: study, name: "Again", passphrase: PASSPHRASE });
  await assert.rejects(again, /expected no study, got one/);
});

test("openKeys: another study's key file is refused", async (context) => {
  const [one, other] = [await newStudy(context), await newStudy(context)];
  const study = await openStudy(one.study);
  context.after(() => closeStudy(study));
  (await openKeys(study, PASSPHRASE)).close();
  copyFileSync(join(other.folder, "study.keys"), join(one.folder, "study.keys"));
  await assert.rejects(openKeys(study, PASSPHRASE), /with which the study was made, got another/);
});

test("openStudy: a folder without a study says what to do", async (context) => {
  await assert.rejects(openStudy(scratchFolder(context)), /malleolus init/);
});

const changes: readonly (readonly [
  what: string,
  file: string,
  from: string,
  to: string,
  expected: RegExp,
])[] = [
  [
    "an unknown key",
    "malleolus.toml",
    "burnedIn",
    "burndIn",
    /deidentification: .*did you mean "burnedIn"/,
  ],
  ["a value of another kind", "malleolus.toml", '"internal"', '"inner"', /hospitals\[0\]\.role/],
  ["broken TOML", "malleolus.toml", "[storage]", "[storage", /malleolus\.toml: expected TOML/],
  [
    "an unknown key of the protocol",
    "protocol.toml",
    "tuningShare",
    "tunningShare",
    /did you mean "tuningShare"/,
  ],
  ["a code that is no exclusion", "protocol.toml", 'id = "callus"', 'id = "calus"', /got "callus"/],
];
for (const [what, file, from, to, expected] of changes) {
  test(`openStudy: ${what} is refused`, async (context) => {
    const { study } = await newStudy(context);
    const path = join(study, file);
    const text = readFileSync(path, "utf8");
    assert.ok(text.includes(from));
    writeFileSync(path, text.replace(from, to));
    await assert.rejects(openStudy(study), expected);
  });
}

test("createStudy: with a protocol and participants of its own", async (context) => {
  const folder = join(scratchFolder(context), "study");
  const participants = {
    hospitals: [{ id: "north", name: "North", role: "external" as const, language: "nl" }],
    observers: [{ id: "eve", name: 'Eve "E" Es', roles: ["senior" as const] }],
  };
  const protocol = { ...ankleProtocol, name: "wrist", views: ["pa" as const] };
  await createStudy({ folder, name: "Own", passphrase: PASSPHRASE, protocol, participants });
  const study = await openStudy(folder);
  context.after(() => closeStudy(study));
  assert.deepEqual(study.protocol, protocol);
  const { hospitals, observers } = study.configuration;
  assert.deepEqual({ hospitals, observers }, participants);
});

test("createStudy: pseudonyms repeat for the same simulation, and for nothing else", async (context) => {
  const pseudonymIn = async (simulation?: string) => {
    const folder = join(scratchFolder(context), "study");
    const given = { folder, name: "S", passphrase: PASSPHRASE };
    await createStudy(simulation === undefined ? given : { ...given, simulation });
    const study = await openStudy(folder);
    const keys = await openKeys(study, PASSPHRASE);
    context.after(() => {
      keys.close();
      return closeStudy(study);
    });
    return keys.id;
  };
  const [first, again, other] = [
    await pseudonymIn("seed"),
    await pseudonymIn("seed"),
    await pseudonymIn("another"),
  ];
  assert.equal(first, again);
  assert.notEqual(first, other);
  assert.notEqual(await pseudonymIn(), await pseudonymIn());
});

test("ankleProtocol: is a protocol", () => {
  assert.deepEqual(protocolSchema.parse(ankleProtocol), ankleProtocol);
});
