/**
 * The key file: the secret by which a study replaces UIDs, and the identities behind its pseudonyms. It
 * is the one way back to the patients, so it lies beside the study's folder and not in it, and is
 * encrypted.
 *
 * First line: parameters of scrypt, and the secret, encrypted by the passphrase's key. Each further
 * line: a patient, encrypted by a key derived from the secret. Lines are only ever appended, each
 * flushed to the disk before it is relied on; a last line that a kill cut short is dropped. Several processes may
 * append: each in its turn, when it has opened the file anew and read what the others have written. On a file system over
 * the network, opening it is what brings another machine's lines here.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  scryptSync,
} from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { causeText } from "@malleolus/errors";
import { readJson, SchemaError } from "@malleolus/schema";
import { z } from "zod";
import { StudyError } from "../errors.ts";
import { waitForExclusiveLock } from "../exclusive-lock.ts";
import { writeWhole } from "../write-whole.ts";

const headerSchema = z.strictObject({
  format: z.literal("malleolus-keys"),
  version: z.literal(1),
  scrypt: z.strictObject({
    // Bounded: a tampered file must not ask for all the memory.
    cost: z
      .int()
      .min(2)
      .max(2 ** 20),
    blockSize: z.int().min(1).max(32),
    parallelization: z.int().min(1).max(16),
    salt: z.string(),
  }),
  secret: z.string(),
});

const entrySchema = z.strictObject({
  pseudonym: z.string(),
  hospital: z.string(),
  patientId: z.string(),
  patientName: z.string().nullable(),
  birthDate: z.string().nullable(),
});
/** Who a pseudonym is. */
export type PatientEntry = z.infer<typeof entrySchema>;

const sealedSchema = z.tuple([z.string(), z.string()]);

const LOCKED = "another process writes to the key file, and does not end; see which, and try again";
/** Longer than a worker may be silent: it waits without holding up its process. */
const LOCK_TIMEOUT_MS = 30_000;

const COST = 2 ** 16;
/** A simulation's secret is its seed's: to guess the passphrase gains nothing. */
const SIMULATED_COST = 2 ** 4;
const BLOCK_SIZE = 8;
const SECRET_BYTES = 32;

/**
 * Makes a key file with a new secret, or, for a simulation, with one that its seed decides: the same
 * simulation then has the same pseudonyms.
 *
 * @throws StudyError `exists`.
 */
export function createKeyFile(path: string, passphrase: string, simulation?: string): void {
  if (existsSync(path)) {
    throw new StudyError("exists", `${path}: expected no key file, got one; it is never replaced`);
  }
  const salt = randomBytes(16);
  const cost = simulation === undefined ? COST : SIMULATED_COST;
  const parameters = { cost, blockSize: BLOCK_SIZE, parallelization: 1 };
  const key = deriveKey(passphrase, salt, parameters);
  const secret =
    simulation === undefined
      ? randomBytes(SECRET_BYTES)
      : createHash("sha256").update(`simulated study ${simulation}`).digest();
  const header: z.infer<typeof headerSchema> = {
    format: "malleolus-keys",
    version: 1,
    scrypt: { ...parameters, salt: salt.toString("base64") },
    secret: encrypt(key, secret),
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(header)}\n`, { mode: 0o600, flush: true, flag: "wx" });
}

/** An open key file; `close` it, and its keys are gone from the memory. */
export class KeyFile {
  readonly #path: string;
  readonly #secret: Buffer;
  readonly #entryKey: Buffer;
  readonly #sealKey: Buffer;
  readonly #entries = new Map<string, PatientEntry>();
  /** How far it was read: to the end of a line. */
  #end: number;
  #lines: number;
  #isOpen = true;

  /** @throws StudyError `key-file` or `passphrase`. */
  constructor(path: string, passphrase: string) {
    const text = readText(path);
    const [first] = text.split("\n", 1);
    const header = readHeader(first, path);
    const key = deriveKey(passphrase, Buffer.from(header.scrypt.salt, "base64"), header.scrypt);
    const secret = decrypt(key, header.secret);
    if (secret === null) {
      throw new StudyError("passphrase", `${path}: the passphrase does not open it`);
    }
    this.#path = path;
    this.#secret = secret;
    this.#entryKey = Buffer.from(hkdfSync("sha256", secret, "", "patients", 32));
    this.#sealKey = Buffer.from(hkdfSync("sha256", secret, "", "sealed", 32));
    this.#end = Buffer.byteLength(`${first}\n`);
    this.#lines = 1;
    this.#readLines(text.slice(first.length + 1));
  }

  /** For `deidentify`: UIDs and dates. */
  get secret(): Uint8Array {
    this.#requireOpen();
    return this.#secret;
  }

  /** Tells this file's secret from others without giving it away. */
  get id(): string {
    return this.hash("key-id", "");
  }

  /** A hash that only the holder of the secret can make; `purpose` keeps hashes apart. */
  hash(purpose: string, value: string | Uint8Array): string {
    return createHmac("sha256", this.secret).update(`${purpose}:`).update(value).digest("hex");
  }

  /** What only the holder of the secret can read again; `purpose` keeps texts apart. */
  seal(purpose: string, text: string): string {
    this.#requireOpen();
    return encrypt(this.#sealKey, Buffer.from(JSON.stringify([purpose, text])));
  }

  /** @throws StudyError `key-file` for what was not sealed with this file for that purpose. */
  unseal(purpose: string, sealed: string): string {
    this.#requireOpen();
    const written = decrypt(this.#sealKey, sealed);
    const [found, text] =
      written === null ? [null, null] : sealedSchema.parse(JSON.parse(written.toString()));
    if (found === purpose && text !== null) return text;
    throw new StudyError(
      "key-file",
      `${this.#path}: expected a text that was sealed with this key file, got another; use the key file with which ` +
        "it was sealed",
    );
  }

  /**
   * The pseudonym of a patient, the same for the same hospital and ID; remembered on the disk.
   *
   * @throws StudyError `key-file` where a new one cannot be written, `busy` where another process has it for long.
   */
  async pseudonymFor(patient: Omit<PatientEntry, "pseudonym">): Promise<string> {
    const { hospital, patientId } = patient;
    const digits = this.hash("patient", `${hospital}\0${patientId}`).slice(0, 12).toUpperCase();
    const pseudonym = `${hospital.toUpperCase()}-${digits}`;
    if (!this.#entries.has(pseudonym)) await this.#append({ pseudonym, ...patient });
    return pseudonym;
  }

  entry(pseudonym: string): PatientEntry | undefined {
    return this.#entries.get(pseudonym);
  }

  close(): void {
    this.#isOpen = false;
    for (const key of [this.#secret, this.#entryKey, this.#sealKey]) key.fill(0);
    this.#entries.clear();
  }

  /** Keys of nothing but zeros would give other pseudonyms. */
  #requireOpen(): void {
    if (!this.#isOpen) throw new Error(`internal: ${this.#path} is used after it was closed`);
  }

  /** Alone; unless another process has done it meanwhile. */
  async #append(entry: PatientEntry): Promise<void> {
    using _ = await waitForExclusiveLock(`${this.#path}.lock`, LOCKED, LOCK_TIMEOUT_MS);
    // It may have been closed meanwhile.
    this.#requireOpen();
    const handle = openToAppend(this.#path);
    try {
      const { size } = fstatSync(handle);
      if (size < this.#end) {
        throw new StudyError(
          "key-file",
          `${this.#path}: expected the lines that it had, got fewer; restore the file from a copy`,
        );
      }
      this.#readLines(readFrom(handle, this.#end, size).toString());
      // A line that a kill or a full disk cut short: nobody is writing it any more.
      if (this.#end < size) ftruncateSync(handle, this.#end);
      if (this.#entries.has(entry.pseudonym)) return;
      const line = encrypt(this.#entryKey, Buffer.from(JSON.stringify(entry)));
      const written = Buffer.from(`${line}\n`);
      writeWhole(handle, written);
      fsyncSync(handle);
      this.#end += written.length;
      this.#lines++;
      this.#entries.set(entry.pseudonym, entry);
    } finally {
      closeSync(handle);
    }
  }

  /** From `#end` on, whole lines. */
  #readLines(text: string): void {
    for (let from = 0; ; ) {
      const end = text.indexOf("\n", from);
      if (end < 0) return;
      const line = text.slice(from, end);
      this.#lines++;
      const entry = this.#readEntry(line, this.#lines);
      this.#entries.set(entry.pseudonym, entry);
      this.#end += Buffer.byteLength(line) + 1;
      from = end + 1;
    }
  }

  #readEntry(line: string, number: number): PatientEntry {
    const text = decrypt(this.#entryKey, line);
    if (text === null) {
      throw new StudyError(
        "key-file",
        `${this.#path}: line ${number} is not what was written; restore the file from a copy`,
      );
    }
    return readJson(entrySchema, text.toString(), `${this.#path} line ${number}`);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new StudyError("key-file", `${path}: the key file cannot be read; restore it`, { cause });
  }
}

function openToAppend(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_APPEND);
  } catch (cause) {
    throw new StudyError(
      "key-file",
      `${path}: expected a key file to which new patients can be added, got "${causeText(cause)}"; give this process the ` +
        "right to write it",
      { cause },
    );
  }
}

/** The system may read less than it is asked to. */
function readFrom(handle: number, begin: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - begin);
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(handle, bytes, done, bytes.length - done, begin + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

function readHeader(line: string, path: string): z.infer<typeof headerSchema> {
  try {
    return readJson(headerSchema, line, path);
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new StudyError("key-file", `${cause.message}; is it a key file?`, { cause });
  }
}

interface ScryptParameters {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

function deriveKey(passphrase: string, salt: Uint8Array, parameters: ScryptParameters): Buffer {
  const { cost, blockSize, parallelization } = parameters;
  const maxmem = 256 * cost * blockSize;
  return scryptSync(passphrase.normalize("NFKC"), salt, 32, {
    cost,
    blockSize,
    parallelization,
    maxmem,
  });
}

/** AES-256-GCM: 12 bytes of nonce, the text, 16 bytes of tag, in base64. */
function encrypt(key: Uint8Array, text: Uint8Array): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString("base64");
}

/** Null where the key does not fit or the text was changed. */
function decrypt(key: Uint8Array, written: string): Buffer | null {
  const bytes = Buffer.from(written, "base64");
  if (bytes.length < 28) return null;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  } catch {
    return null;
  }
}
