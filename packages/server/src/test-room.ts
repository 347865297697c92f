/** A server without a port on a study with people and cases, for the tests: real tables, real requests. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import {
  CSRF_HEADER,
  type Session,
  type SignOn,
  type StaffRole,
  sessionSchema,
} from "@malleolus/schema";
import {
  acceptInvitation,
  assignAnnotators,
  assignReaders,
  imagePath,
  invite,
  openSession,
  type Study,
} from "@malleolus/studies";
import { addCases, imageId, studyWithPeople } from "@malleolus/studies/test-people";
import { type App, type AppOptions, createApp } from "./app.ts";
import { csrfToken, SESSION_COOKIE } from "./auth/session-cookie.ts";
import { singleSignOn } from "./auth/single-sign-on.ts";
import { newToken } from "./auth/tokens.ts";
import type { StartAnalysis } from "./inference/analyst.ts";
import { closeRoom, openRoom, type Room } from "./room.ts";

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

export const PASSWORD = "twelve letters at least";

export interface TestRoom {
  readonly study: Study;
  readonly room: Room;
  readonly app: App;
  readonly setupToken: string;
}

/** Somebody who is signed in, in a browser of their own. */
export interface Client {
  readonly session: Extract<Session, { state: "signed in" }>;
  get(url: string): Promise<Answer>;
  send(method: "POST" | "PUT" | "PATCH" | "DELETE", url: string, body?: object): Promise<Answer>;
  readonly headers: Readonly<Record<string, string>>;
}

export type Answer = Awaited<ReturnType<App["inject"]>>;

export async function testRoom(
  context: TestContext,
  options: Partial<AppOptions> & {
    readonly signOn?: SignOn;
    readonly largestUploadBytes?: number;
    readonly program?: readonly string[];
    readonly startAnalysis?: StartAnalysis;
  } = {},
): Promise<TestRoom> {
  const cleanUps: (() => void | Promise<void>)[] = [];
  context.after(async () => {
    // What was made last goes first.
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  });
  const study = await studyWithPeople({ after: (cleanUp) => void cleanUps.push(cleanUp) });
  const setup = newToken();
  const signOn = options.signOn === undefined ? null : singleSignOn(options.signOn);
  const given = { setupSha256: setup.sha256, singleSignOn: signOn };
  const room = await openRoom(study, given, options);
  const app = await createApp(room, {
    hosts: ["localhost"],
    isTls: false,
    trustProxy: false,
    webFolder: join(study.folder, "no-web"),
    logger: null,
    ...options,
  });
  cleanUps.push(async () => {
    await app.close();
    await closeRoom(room);
  });
  return { study, room, app, setupToken: setup.text };
}

/** Cases that all observers have to read, each of three radiographs whose files are there. */
export async function addReadableCases(study: Study, ids: readonly string[]): Promise<void> {
  await addCases(
    study,
    ids.map((id) => ({ id })),
  );
  writeRadiographs(study, ids);
  await assignReaders(study, "curation");
}

/** Cases with a fracture that both annotators have to draw. */
export async function addDrawableCases(study: Study, ids: readonly string[]): Promise<void> {
  await addCases(
    study,
    ids.map((id) => ({ id, state: "agreed" as const, class: "weber_b" })),
  );
  writeRadiographs(study, ids);
  await assignAnnotators(study, ids);
}

function writeRadiographs(study: Study, ids: readonly string[]): void {
  for (const id of ids) {
    for (const [index, view] of (["ap", "mortise", "lateral"] as const).entries()) {
      const path = imagePath(study.images, imageId(id, view));
      mkdirSync(dirname(path), { recursive: true });
      const pixels = [index, 100, 2000, 4095 - index];
      writeFileSync(path, dicomFile({ ...GRAY_2X2, ...BITS_12, "7fe00010 OW": pixels }));
    }
  }
}

const BITS_12 = { "00280101 US": [12], "00280102 US": [11] };

/** The first account. */
export async function setUp({ app, setupToken }: TestRoom): Promise<Client> {
  const body = { token: setupToken, login: "admin", name: "Admin", password: PASSWORD };
  return clientOf(
    app,
    await app.inject({ method: "POST", url: "/api/setup", headers: HOST, body }),
  );
}

/** Somebody whom an administrator invites. */
export async function joinRoom(
  { app }: TestRoom,
  administrator: Client,
  as: { readonly person: string } | { readonly roles: readonly StaffRole[] },
): Promise<Client> {
  const login = "person" in as ? as.person : `the-${as.roles.join("-")}`;
  const request = "person" in as ? as : { name: login, roles: as.roles };
  const invited = await administrator.send("POST", "/api/invitations", request);
  const token = String(invited.json().path).slice("/join#".length);
  const body = { token, login, password: PASSWORD };
  return clientOf(app, await app.inject({ method: "POST", url: "/api/join", headers: HOST, body }));
}

const HOST = { host: "localhost" };

/** From the answer that signed somebody in. */
export function clientOf(app: App, answer: Answer): Client {
  const session = sessionSchema.parse(answer.json());
  const [cookie] = answer.cookies;
  if (session.state !== "signed in" || cookie === undefined) {
    throw new Error(`internal: nobody was signed in: ${answer.statusCode} ${answer.body}`);
  }
  const headers = { ...HOST, cookie: `${cookie.name}=${cookie.value}` };
  return {
    session,
    headers,
    get: (url) => app.inject({ method: "GET", url, headers }),
    send: (method, url, body = {}) =>
      app.inject({
        method,
        url,
        headers: { ...headers, [CSRF_HEADER]: session.csrf },
        ...(method === "DELETE" ? {} : { body }),
      }),
  };
}

/** Somebody who is signed in without a password, for tests that are about something else. */
export async function signedIn(
  study: Study,
  as: string | { readonly name: string; readonly roles: readonly StaffRole[] },
): Promise<Readonly<Record<string, string>>> {
  const [link, session] = [newToken(), newToken()];
  const deed = { who: "test", at: new Date().toISOString() };
  const asked = typeof as === "string" ? { person: as } : { name: as.name, roles: [...as.roles] };
  await invite(study, asked, link.sha256, deed);
  const { id } = await acceptInvitation(study, {
    tokenSha256: link.sha256,
    login: typeof as === "string" ? as : as.name.toLowerCase(),
    password: "none",
  });
  await openSession(study, id, session.sha256);
  return {
    cookie: `${SESSION_COOKIE}=${session.text}`,
    [CSRF_HEADER]: csrfToken(session.text),
    "content-type": "application/json",
  };
}
