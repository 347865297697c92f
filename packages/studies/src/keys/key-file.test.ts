import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { StudyError } from "../errors.ts";
import { lockExclusively } from "../exclusive-lock.ts";
import { PASSPHRASE, scratchFolder } from "../test-study.ts";
import { createKeyFile, KeyFile } from "./key-file.ts";

const patient = {
  hospital: "a",
  patientId: "MRN1",
  patientName: "Jansen^Marie",
  birthDate: "19500101",
};

function refuses(path: string, passphrase: string, code: string): void {
  assert.throws(
    () => new KeyFile(path, passphrase),
    (error) => error instanceof StudyError && error.code === code && !error.message.includes("\n"),
  );
}

test("KeyFile: remembers who a pseudonym is, encrypted", async (context) => {
  const path = join(scratchFolder(context), "a.keys");
  createKeyFile(path, PASSPHRASE);
  const first = new KeyFile(path, PASSPHRASE);
  const pseudonym = await first.pseudonymFor(patient);
  assert.match(pseudonym, /^A-[0-9A-F]{12}$/);
  assert.equal(await first.pseudonymFor(patient), pseudonym);
  assert.notEqual(await first.pseudonymFor({ ...patient, hospital: "b" }), pseudonym);
  const secret = Buffer.from(first.secret);
  first.close();
  const closed = /^Error: internal: .* is used after it was closed$/;
  for (const use of [() => first.secret, () => first.seal("a", "b")]) assert.throws(use, closed);
  await assert.rejects(first.pseudonymFor(patient), closed);

  assert.doesNotMatch(readFileSync(path, "utf8"), /Jansen|MRN1|A-/);
  assert.equal(statSync(path).mode & 0o077, 0);
  const second = new KeyFile(path, PASSPHRASE);
  context.after(() => second.close());
  assert.deepEqual(second.entry(pseudonym), { pseudonym, ...patient });
  assert.deepEqual(Buffer.from(second.secret), secret);
});

test("KeyFile: a last line that a kill cut short is dropped", async (context) => {
  const path = join(scratchFolder(context), "a.keys");
  createKeyFile(path, PASSPHRASE);
  const first = new KeyFile(path, PASSPHRASE);
  const pseudonym = await first.pseudonymFor(patient);
  first.close();
  appendFileSync(path, "AAAAhalf a line");
  const second = new KeyFile(path, PASSPHRASE);
  const other = await second.pseudonymFor({ ...patient, patientId: "MRN2" });
  second.close();
  const third = new KeyFile(path, PASSPHRASE);
  context.after(() => third.close());
  assert.ok(third.entry(pseudonym) !== undefined && third.entry(other) !== undefined);
});

test("KeyFile: two that are open at once know each other's patients, and neither cuts the other's line", async (context) => {
  const path = join(scratchFolder(context), "a.keys");
  createKeyFile(path, PASSPHRASE);
  const [one, other] = [new KeyFile(path, PASSPHRASE), new KeyFile(path, PASSPHRASE)];
  const ids = ["MRN1", "MRN2", "MRN1", "MRN3"];
  const pseudonyms: string[] = [];
  for (const [i, patientId] of ids.entries()) {
    pseudonyms.push(await (i % 2 === 0 ? one : other).pseudonymFor({ ...patient, patientId }));
  }
  assert.ok(other.entry(pseudonyms[0]) !== undefined);
  assert.equal(pseudonyms[0], await other.pseudonymFor(patient));
  // As another process has it that is on its way through a line.
  appendFileSync(path, "AAAAhalf");
  const reader = new KeyFile(path, PASSPHRASE);
  assert.ok(readFileSync(path, "utf8").endsWith("AAAAhalf"));
  const last = await reader.pseudonymFor({ ...patient, patientId: "MRN4" });
  for (const file of [one, other, reader]) file.close();
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  assert.equal(lines.length, 1 + 4);
  const again = new KeyFile(path, PASSPHRASE);
  context.after(() => again.close());
  for (const pseudonym of [...pseudonyms, last]) assert.ok(again.entry(pseudonym) !== undefined);
});

test("KeyFile: a patient whose line is cut short by the disk has no pseudonym, and the others keep theirs", async (context) => {
  const path = join(scratchFolder(context), "a.keys");
  createKeyFile(path, PASSPHRASE, "simulated");
  // The system ends the second patient's line in its midst, and says so to the one who writes on.
  const blocks = Math.ceil(statSync(path).size / 512);
  const script = `
    import { KeyFile } from ${JSON.stringify(import.meta.resolve("./key-file.ts"))};
    const [path, passphrase, long] = process.argv.slice(1);
    const file = new KeyFile(path, passphrase);
    const told = [];
    try {
      for (let i = 0; i < 100; i++) {
        const patientId = long + i;
        const patient = { hospital: "a", patientId, patientName: null, birthDate: null };
        told.push(await file.pseudonymFor(patient));
      }
    } catch (error) {
      console.log(JSON.stringify({ told, code: error.code }));
    }`;
  const limited = `ulimit -f ${blocks + 2}; exec "$0" "$@"`;
  const args = ["--input-type=module", "-e", script, path, PASSPHRASE, "x".repeat(700)];
  const { stdout, stderr } = spawnSync("sh", ["-c", limited, process.execPath, ...args], {
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  const { told, code } = JSON.parse(stdout);
  assert.equal(code, "EFBIG");
  const file = new KeyFile(path, PASSPHRASE);
  context.after(() => file.close());
  for (const pseudonym of told) assert.ok(file.entry(pseudonym) !== undefined);
  const other = await file.pseudonymFor(patient);
  const again = new KeyFile(path, PASSPHRASE);
  context.after(() => again.close());
  assert.ok(again.entry(other) !== undefined);
});

test("KeyFile: it is opened anew for each patient, and says why one cannot be added", async (context) => {
  const folder = scratchFolder(context);
  const path = join(folder, "a.keys");
  createKeyFile(path, PASSPHRASE, "simulated");
  const file = new KeyFile(path, PASSPHRASE);
  context.after(() => file.close());
  const first = await file.pseudonymFor(patient);
  // Under the same name another file with the same lines and one more, as another machine's cache would have it.
  copyFileSync(path, join(folder, "b.keys"));
  const elsewhere = new KeyFile(join(folder, "b.keys"), PASSPHRASE);
  context.after(() => elsewhere.close());
  const second = await elsewhere.pseudonymFor({ ...patient, patientId: "MRN2" });
  renameSync(join(folder, "b.keys"), path);
  const third = await file.pseudonymFor({ ...patient, patientId: "MRN3" });
  assert.ok(file.entry(second) !== undefined);
  const again = new KeyFile(path, PASSPHRASE);
  context.after(() => again.close());
  for (const one of [first, second, third]) assert.ok(again.entry(one) !== undefined);

  const add = () => again.pseudonymFor({ ...patient, patientId: "MRN4" });
  truncateSync(path, 10);
  await assert.rejects(add, {
    code: "key-file",
    message: /got fewer; restore the file from a copy$/,
  });
  rmSync(path);
  await assert.rejects(add, { code: "key-file", message: /got "ENOENT.*the right to write it$/ });
  rmSync(`${path}.lock`);
  mkdirSync(`${path}.lock`);
  await assert.rejects(add, {
    code: "configuration",
    message: /may make and write, got "unable to open/,
  });
});

test("KeyFile: whoever waits for another process goes on meanwhile, and writes nothing once the file is closed", async (context) => {
  const path = join(scratchFolder(context), "a.keys");
  createKeyFile(path, PASSPHRASE, "simulated");
  const [file, closed] = [new KeyFile(path, PASSPHRASE), new KeyFile(path, PASSPHRASE)];
  context.after(() => file.close());
  const before = readFileSync(path, "utf8");
  const held = lockExclusively(`${path}.lock`, "held");
  const waits = file.pseudonymFor(patient);
  const isLate = assert.rejects(closed.pseudonymFor(patient), /is used after it was closed$/);
  closed.close();
  await setTimeout(50);
  assert.equal(readFileSync(path, "utf8"), before);
  held[Symbol.dispose]();
  const pseudonym = await waits;
  await isLate;
  const again = new KeyFile(path, PASSPHRASE);
  context.after(() => again.close());
  assert.deepEqual(again.entry(pseudonym), { pseudonym, ...patient });
});

test("KeyFile: what is sealed is read by its holder alone, for its purpose", (context) => {
  const folder = scratchFolder(context);
  const files = ["a.keys", "b.keys"].map((name) => {
    createKeyFile(join(folder, name), PASSPHRASE);
    const file = new KeyFile(join(folder, name), PASSPHRASE);
    context.after(() => file.close());
    return file;
  });
  const sealed = files[0].seal("paths", "/archive/Jansen");
  assert.doesNotMatch(Buffer.from(sealed, "base64").toString("latin1"), /Jansen/);
  assert.equal(files[0].unseal("paths", sealed), "/archive/Jansen");
  for (const wrong of [
    () => files[1].unseal("paths", sealed),
    () => files[0].unseal("other", sealed),
  ]) {
    assert.throws(wrong, { code: "key-file", message: /sealed with this key file/ });
  }
});

test("KeyFile: what does not open it", (context) => {
  const folder = scratchFolder(context);
  const path = join(folder, "a.keys");
  createKeyFile(path, PASSPHRASE);
  refuses(path, "wrong", "passphrase");
  refuses(join(folder, "absent.keys"), PASSPHRASE, "key-file");
  const other = join(folder, "other.keys");
  writeFileSync(other, "hello\n");
  refuses(other, PASSPHRASE, "key-file");
  appendFileSync(path, `${Buffer.alloc(64).toString("base64")}\n`);
  refuses(path, PASSPHRASE, "key-file");
});

test("createKeyFile: never replaces one", (context) => {
  const path = join(scratchFolder(context), "a.keys");
  createKeyFile(path, PASSPHRASE);
  assert.throws(() => createKeyFile(path, PASSPHRASE), /never replaced/);
});
