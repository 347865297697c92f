/**
 * A DICOMweb client (PS3.18): searches (QIDO-RS), retrieves (WADO-RS) and stores (STOW-RS) on `fetch`.
 *
 * It trusts no answer: text is parsed, UIDs are looked at, sizes and times have limits. It keeps nothing,
 * and tries nothing twice: whoever has an outbox does.
 */
import { causeText } from "@malleolus/errors";
import { PacsError } from "../errors.ts";
import { isUid, requireUid } from "../uid.ts";
import { type DicomJson, itemsIn, parseDataSet, parseDataSets, textIn } from "./dicom-json.ts";
import { boundaryOf, multipartOf, readParts } from "./multipart.ts";

export interface DicomWebOptions {
  /** Of the service, under which `/studies` is: `http://archive:8042/dicom-web`. */
  readonly url: string;
  /** Of every request: `Authorization`, say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Until an answer begins, and from one piece of it to the next; default a minute. */
  readonly timeoutMs?: number;
  /** Of one file; default 512 MiB. */
  readonly mostBytes?: number;
}

/** What to search for: tags or keywords, `PatientID` say, and their values. */
export type Query = Readonly<Record<string, string>>;

export interface Stored {
  readonly stored: readonly string[];
  /** With the reasons of PS3.18 table 10.5.1-1: 0x0122 for a class that is not supported, say. */
  readonly failed: readonly { readonly instance: string; readonly reason: number }[];
}

export interface DicomWebClient {
  /** All that match; asked for in pages. */
  searchStudies(query: Query): Promise<DicomJson[]>;
  searchSeries(study: string, query: Query): Promise<DicomJson[]>;
  searchInstances(study: string, query: Query): Promise<DicomJson[]>;
  /** A file as the archive has it, in the transfer syntax that it has. */
  retrieveInstance(study: string, series: string, instance: string): Promise<Uint8Array>;
  /** All files of a series, one at a time in memory. */
  retrieveSeries(study: string, series: string): AsyncGenerator<Uint8Array>;
  /** All files of a study, as well. */
  retrieveStudy(study: string): AsyncGenerator<Uint8Array>;
  /** @throws PacsError as the others; a file that is not taken is in the answer. */
  store(files: readonly Uint8Array[]): Promise<Stored>;
}

const PAGE = 200;
/** Pages of a search: an archive that ignores the offset would go on for ever. */
const MOST_PAGES = 5_000;
/** Of an answer in text. */
const MOST_TEXT_BYTES = 64 * 2 ** 20;

/** All throw PacsError: `unreachable`, `refused`, `answer`, `limit` or `uid`. */
export function dicomWebClient(options: DicomWebOptions): DicomWebClient {
  const base = options.url.replace(/\/+$/, "");
  const { headers = {}, timeoutMs = 60_000, mostBytes = 512 * 2 ** 20 } = options;

  const ask = async (path: string, init: RequestInit, allowed: readonly number[] = []) => {
    const where = `${init.method ?? "GET"} ${base}${path}`;
    const patience = patienceOf(timeoutMs);
    const { signal } = patience;
    const all = { ...headers, ...Object.fromEntries(new Headers(init.headers)) };
    let answer: Response;
    try {
      // Somewhere else may be somebody else, who would get the password.
      answer = await fetch(`${base}${path}`, { ...init, headers: all, signal, redirect: "error" });
    } catch (cause) {
      patience.end();
      throw unreachable(where, cause);
    }
    if (answer.ok || allowed.includes(answer.status)) {
      return { answer, where, body: bodyOf(answer, where, patience) };
    }
    patience.end();
    await answer.body?.cancel();
    throw new PacsError(
      "refused",
      `${where}: expected an answer, got ${answer.status} ${answer.statusText}`,
    );
  };

  const search = async (path: string, query: Query): Promise<DicomJson[]> => {
    const found: DicomJson[] = [];
    for (let page = 0; page < MOST_PAGES; page++) {
      const parameters = new URLSearchParams({
        ...query,
        limit: String(PAGE),
        offset: String(page * PAGE),
      });
      const accept = { Accept: "application/dicom+json" };
      const { where, body } = await ask(`${path}?${parameters}`, { headers: accept });
      const text = await readText(body, where);
      // Where nothing matches, an archive may answer with nothing (204).
      const matches = text === "" ? [] : parseDataSets(parseJson(text, where), where);
      found.push(...matches);
      if (matches.length < PAGE) return found;
    }
    throw new PacsError("limit", `${base}${path}: expected at most ${MOST_PAGES} pages, got more`);
  };

  const retrieve = async function* (path: string): AsyncGenerator<Uint8Array> {
    const type = 'multipart/related; type="application/dicom"; transfer-syntax=*';
    const { answer, where } = await ask(path, { headers: { Accept: type } });
    const boundary = boundaryOf(answer.headers.get("content-type"), where);
    if (answer.body === null)
      throw new PacsError("answer", `${where}: expected files, got nothing`);
    yield* readParts(answer.body, boundary, mostBytes, where);
  };

  return {
    searchStudies: (query) => search("/studies", query),
    searchSeries: (study, query) => search(`/studies/${requireUid(study, "study")}/series`, query),
    searchInstances: (study, query) =>
      search(`/studies/${requireUid(study, "study")}/instances`, query),
    async retrieveInstance(study, series, instance) {
      const path =
        `/studies/${requireUid(study, "study")}/series/${requireUid(series, "series")}` +
        `/instances/${requireUid(instance, "instance")}`;
      for await (const file of retrieve(path)) return file;
      throw new PacsError("answer", `GET ${base}${path}: expected a file, got none`);
    },
    retrieveSeries: (study, series) =>
      retrieve(`/studies/${requireUid(study, "study")}/series/${requireUid(series, "series")}`),
    retrieveStudy: (study) => retrieve(`/studies/${requireUid(study, "study")}`),
    async store(files) {
      const { type, body } = multipartOf(files);
      const init = {
        method: "POST",
        headers: { "Content-Type": type, Accept: "application/dicom+json" },
        body: new Blob([new Uint8Array(body)]),
      };
      // 409: none was taken, and the answer says why.
      const { where, body: told } = await ask("/studies", init, [409]);
      const text = await readText(told, where);
      return readStored(parseDataSet(parseJson(text, where), where));
    },
  };
}

/** A signal that aborts when nothing has come for a while. */
interface Patience {
  readonly signal: AbortSignal;
  renew(): void;
  end(): void;
}

function patienceOf(timeoutMs: number): Patience {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new Error(`nothing came for ${timeoutMs} ms`)),
    timeoutMs,
  ).unref();
  return {
    signal: controller.signal,
    renew: () => void timer.refresh(),
    end: () => clearTimeout(timer),
  };
}

/** The answer's bytes as they come; the patience begins anew with each piece. */
async function* bodyOf(
  answer: Response,
  where: string,
  patience: Patience,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of answer.body ?? []) {
      patience.renew();
      yield chunk;
    }
  } catch (cause) {
    throw unreachable(where, cause);
  } finally {
    patience.end();
  }
}

function unreachable(where: string, cause: unknown): PacsError {
  const why = causeText(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause);
  return new PacsError(
    "unreachable",
    `${where}: no whole answer (${why}); is the archive running?`,
    {
      cause,
    },
  );
}

async function readText(body: AsyncIterable<Uint8Array>, where: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MOST_TEXT_BYTES) {
      throw new PacsError(
        "limit",
        `${where}: expected at most ${MOST_TEXT_BYTES} bytes of text, got more`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PacsError(
      "answer",
      `${where}: expected JSON, got something else; is this the address of a DICOMweb service?`,
      { cause },
    );
  }
}

function readStored(answer: DicomJson): Stored {
  const instances = (tag: string) =>
    itemsIn(answer, tag).flatMap((item) => {
      const instance = textIn(item, "00081155") ?? "";
      return isUid(instance) ? [{ instance, reason: Number(textIn(item, "00081197") ?? 0) }] : [];
    });
  return {
    stored: instances("00081199").map(({ instance }) => instance),
    failed: instances("00081198"),
  };
}
