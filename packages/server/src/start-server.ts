/**
 * A study's server with an address. On loopback unless another host is asked for, and then with TLS or behind
 * a proxy that has it: passwords and radiographs never cross a network in the clear.
 */
import type { SignOn } from "@malleolus/schema";
import { forgetOldActs, hasAccounts, type Study } from "@malleolus/studies";
import { pino } from "pino";
import { createApp } from "./app.ts";
import { singleSignOn } from "./auth/single-sign-on.ts";
import { newToken } from "./auth/tokens.ts";
import { ServerError } from "./errors.ts";
import type { StartAnalysis } from "./inference/analyst.ts";
import { addressOf, LOOPBACK, LOOPBACK_NAMES, readCredentials } from "./listening.ts";
import { closeRoom, openRoom } from "./room.ts";
import type { ReadDetector } from "./routes/detector-route.ts";

export interface ServerOptions {
  readonly study: Study;
  /** The built browser application; an absolute path. */
  readonly webFolder: string;
  /** A name or an address; loopback's unless given. */
  readonly host?: string | undefined;
  /** 0 for any that is free. */
  readonly port: number;
  /** PEM files. */
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
  /** Whether a proxy that has TLS hands requests over. */
  readonly behindProxy?: boolean | undefined;
  /** The institution's OpenID Connect provider. */
  readonly signOn?: SignOn | undefined;
  /** What analyses radiographs in browsers: a file of ONNX. */
  readonly readDetector?: ReadDetector | undefined;
  /** The words that start the command line, which trains; without them nothing is trained from here. */
  readonly program?: readonly string[] | undefined;
  /** Makes the process that looks at single radiographs; without it nothing does. */
  readonly startAnalysis?: StartAnalysis | undefined;
  /** Where a line for each request goes; without it, only what is wrong, to standard error. */
  readonly log?: NodeJS.WritableStream | undefined;
}

export interface RunningServer {
  /** `http://127.0.0.1:8400` */
  readonly address: string;
  /** Where the first administrator's account is made; null where there is an account. */
  readonly setupLink: string | null;
  /** Answers what has begun, writes down what is left, and lets go of the port. */
  stop(): Promise<void>;
}

/** @throws ServerError `settings`, and the system's error where the port is taken. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { study, host = LOOPBACK, port, tls, behindProxy = false } = options;
  const isLoopback = LOOPBACK_NAMES.includes(host);
  if (!isLoopback && tls === undefined && !behindProxy) {
    throw new ServerError(
      "settings",
      `--host ${host}: expected TLS beside a host that others reach, got none; give --tls-cert and ` +
        "--tls-key, or --behind-proxy where a proxy has TLS",
    );
  }
  const credentials = tls === undefined ? undefined : readCredentials(tls);
  const setup = newToken();
  await forgetOldActs(study);
  const given = {
    setupSha256: setup.sha256,
    singleSignOn: options.signOn === undefined ? null : singleSignOn(options.signOn),
  };
  const room = await openRoom(study, given, {
    program: options.program,
    startAnalysis: options.startAnalysis,
  });
  const level = options.log === undefined ? "warn" : "info";
  const logger = pino({ name: "malleolus", level }, options.log ?? process.stderr);
  const app = await createApp(room, {
    hosts: isLoopback && !behindProxy ? LOOPBACK_NAMES : null,
    isTls: credentials !== undefined || behindProxy,
    trustProxy: behindProxy,
    webFolder: options.webFolder,
    readDetector: options.readDetector,
    logger,
    credentials,
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    await closeRoom(room);
    throw error;
  }
  const [bound] = app.addresses();
  const address = addressOf(
    typeof bound === "object" ? bound.port : port,
    host,
    credentials !== undefined,
  );
  return {
    address,
    setupLink: (await hasAccounts(study)) ? null : `${address}/setup#${setup.text}`,
    async stop() {
      await app.close();
      await closeRoom(room);
    },
  };
}
