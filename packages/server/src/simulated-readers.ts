/**
 * Simulated readers, who save as fast as people never do: the load of the bench. They speak to a running server
 * as a browser does, by its API alone.
 */
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { CSRF_HEADER, invitationSchema, sessionSchema, worklistSchema } from "@malleolus/schema";

export interface SimulatedReader {
  readonly headers: Readonly<Record<string, string>>;
  readonly code: string;
  /** Of the last draft that was saved. */
  version: number;
}

const LOGIN = "admin";
const PASSWORD = "a password of the bench";

/** Once more, the account that `signUpReaders` made first: headers of whoever runs the study. */
export async function signInAdministrator(
  address: string,
): Promise<Readonly<Record<string, string>>> {
  return headersOf(await post(address, "/api/login", { login: LOGIN, password: PASSWORD }));
}

/** Makes an account for each of these people of the study, who have this queue of cases. */
export async function signUpReaders(
  address: string,
  setupLink: string,
  people: readonly string[],
  queue = "round-1",
): Promise<SimulatedReader[]> {
  const token = setupLink.split("#")[1] ?? "";
  const administrator = await headersOf(
    await post(address, "/api/setup", { token, login: LOGIN, name: "Admin", password: PASSWORD }),
  );
  const readers: SimulatedReader[] = [];
  for (const person of people) {
    const invited = await post(address, "/api/invitations", { person }, administrator);
    const { path } = invitationSchema.parse(await invited.json());
    const body = { token: path.split("#")[1], login: person, password: PASSWORD };
    const headers = await headersOf(await joinSlowly(() => post(address, "/api/join", body)));
    const list = await fetch(`${address}/api/worklist?queue=${queue}&limit=1`, { headers });
    const { entries } = worklistSchema.parse(await list.json());
    readers.push({ headers, code: entries[0].code, version: 0 });
  }
  return readers;
}

async function post(
  address: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const answer = await fetch(`${address}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

async function headersOf(answer: Response): Promise<Record<string, string>> {
  const session = sessionSchema.parse(await answer.json());
  const [cookie] = answer.headers.getSetCookie()[0]?.split(";") ?? [""];
  const csrf = session.state === "signed in" ? session.csrf : "";
  return { cookie, [CSRF_HEADER]: csrf, "content-type": "application/json" };
}

/** From one address only so many may join in a minute. */
async function joinSlowly(join: () => Promise<Response>): Promise<Response> {
  for (;;) {
    try {
      return await join();
    } catch (error) {
      if (!String(error).includes("429")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    }
  }
}

/**
 * Each saves drafts one after the other, `pauseMs` from one to the next; milliseconds of all, sorted. By Node's
 * plain client: `fetch` would take more of the machine that the server needs.
 */
export async function saveOften(
  address: string,
  readers: readonly SimulatedReader[],
  { seconds, pauseMs }: { readonly seconds: number; readonly pauseMs: number },
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: readers.length });
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    readers.map(async (reader, n) => {
      await pause((n / readers.length) * pauseMs);
      while (performance.now() < end) {
        const begun = performance.now();
        await saveDraft(agent, address, reader);
        times.push(performance.now() - begun);
        await pause(Math.max(0, pauseMs - (performance.now() - begun)));
      }
    }),
  );
  agent.destroy();
  return times.toSorted((a, b) => a - b);
}

/** Rejects for every answer but the one that says it is saved. */
function saveDraft(agent: Agent, address: string, reader: SimulatedReader): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const body = JSON.stringify({
    requestId: randomUUID(),
    version: reader.version,
    content: { decision: { kind: "class", id: "weber_b" }, certainty: 3, note: "as seen" },
  });
  const outgoing = request(
    `${address}/api/cases/${reader.code}/draft`,
    {
      agent,
      method: "PUT",
      headers: { ...reader.headers, "content-length": Buffer.byteLength(body) },
    },
    (answer) => {
      let told = "";
      answer.on("data", (part) => {
        told += String(part);
      });
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode !== 200) reject(new Error(`a save: ${answer.statusCode} ${told}`));
        reader.version++;
        resolve();
      });
    },
  );
  outgoing.on("error", reject);
  outgoing.end(body);
  return promise;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
