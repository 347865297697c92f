/**
 * The inference service with an address, and with a DIMSE node where its settings ask for one. On loopback unless
 * another host is asked for, and then with TLS or behind a proxy that has it: radiographs name their patients.
 */
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isAbsolute, join } from "node:path";
import {
  type DimseNode,
  dicomWebClient,
  dimseClient,
  type NodeEvent,
  startDimseNode,
} from "@malleolus/pacs";
import { type ServiceSettings, serviceSettingsSchema } from "@malleolus/schema";
import { readServiceSettings } from "@malleolus/studies/without-database";
import { pino } from "pino";
import { ServerError } from "../errors.ts";
import { addressOf, LOOPBACK, LOOPBACK_NAMES, readCredentials } from "../listening.ts";
import type { StartAnalysis } from "./analyst.ts";
import { openAnalysts } from "./analysts.ts";
import { associationWarnings } from "./association-warnings.ts";
import { openAudit } from "./audit.ts";
import { dimseReceiver } from "./dimse-receiver.ts";
import { lockInbox, openInbox } from "./inbox/inbox.ts";
import { createInferenceApp } from "./inference-app.ts";
import { type LiveService, openLiveService } from "./live-service.ts";
import { openMetrics } from "./metrics.ts";
import { currentModelPath, whyRefused } from "./model-registry.ts";
import type { SendObjects } from "./outbox.ts";

export interface InferenceOptions {
  /** Of the inbox; made where there is none. */
  readonly folder: string;
  readonly passphrase: string;
  /**
   * `detector` is the registry's that is in use; null where none is. `threads` is the process's share of the cores: the
   * same whatever others do meanwhile, since other sums have other last digits, and a repeated analysis is to make the
   * same objects.
   */
  readonly startAnalysis: (detector: string | null, threads: number) => ReturnType<StartAnalysis>;
  readonly host?: string | undefined;
  /** 0 for any that is free. */
  readonly port: number;
  readonly tls?: { readonly certificate: string; readonly key: string } | undefined;
  readonly behindProxy?: boolean | undefined;
  readonly log?: NodeJS.WritableStream | undefined;
  /** For all that is under way when it is stopped; default half a minute. */
  readonly graceMs?: number;
}

export interface RunningInference {
  readonly address: string;
  /** Null where there is none. */
  readonly dimsePort: number | null;
  /** Takes nothing more, finishes the study that is being analysed, and lets go. What waits goes on at the next start. */
  stop(): Promise<void>;
}

const SETTINGS = "service.toml";
const GRACE_MS = 30_000;

/** @throws ServerError or StudyError for settings, addresses and passphrases that are none. */
export async function startInference(options: InferenceOptions): Promise<RunningInference> {
  const { folder, passphrase, host = LOOPBACK, port, tls, behindProxy = false } = options;
  const { graceMs = GRACE_MS } = options;
  if (!LOOPBACK_NAMES.includes(host) && tls === undefined && !behindProxy) {
    throw new ServerError(
      "settings",
      `--host ${host}: expected TLS beside a host that others reach, got none; give --tls-cert and ` +
        "--tls-key, or --behind-proxy where a proxy has TLS",
    );
  }
  const credentials = tls === undefined ? undefined : readCredentials(tls);
  const settings = settingsIn(folder);
  const send = senderOf(folder, settings);
  const metrics = openMetrics();
  const level = options.log === undefined ? "warn" : "info";
  const logger = pino({ name: "malleolus", level }, options.log ?? process.stderr);
  let service: LiveService | null = null;
  const threads = Math.max(1, Math.floor(availableParallelism() / settings.analysesAtOnce));
  // A second service beside one that works begins no process.
  using locked = new DisposableStack();
  locked.use(lockInbox(folder));
  // Before the inbox, which a passphrase opens slowly: the model comes into memory meanwhile.
  const analyst = openAnalysts(
    settings.analysesAtOnce,
    () => options.startAnalysis(currentModelPath(folder), threads),
    () => service?.wake(),
    // A file that was exchanged after its approval is not analysed with, nor one that two people have not approved: the
    // service is not ready then.
    {
      mayBeUsed: (sha256) => {
        const why = whyRefused(folder, sha256);
        if (why !== null) logger.warn({ model: sha256 }, why);
        return why === null;
      },
    },
  );
  const { inbox, audit } = await openFolder(folder, passphrase, locked.move()).catch(
    async (error: unknown) => {
      await analyst.close();
      throw error;
    },
  );
  const opened = openLiveService({
    inbox,
    analyst,
    audit,
    metrics,
    settings,
    send,
    onTrouble: (error) => logger.warn({ err: error }, "live analysis"),
  });
  service = opened;
  const app = await createInferenceApp(
    { service: opened, analyst, audit, metrics },
    { trustProxy: behindProxy, logger, credentials },
  );
  let node: DimseNode | null = null;
  const stop = async () => {
    // One grace for associations, requests, and what is analysed and sent: whoever stops it waits once.
    const late = setTimeout(() => app.server.closeAllConnections(), graceMs);
    await Promise.all([node?.close(graceMs), app.close(), opened.close(graceMs)]);
    clearTimeout(late);
    await analyst.close();
    await inbox.close();
    await audit.close();
  };
  try {
    node = await startNode(folder, settings, opened, associationWarnings(audit, logger));
    await app.listen({ host, port });
  } catch (error) {
    await stop();
    throw error;
  }
  const [bound] = app.addresses();
  return {
    address: addressOf(
      typeof bound === "object" ? bound.port : port,
      host,
      credentials !== undefined,
    ),
    dimsePort: node?.port ?? null,
    stop,
  };
}

async function openFolder(folder: string, passphrase: string, lock: Disposable) {
  const inbox = await openInbox(folder, passphrase, lock);
  try {
    return { inbox, audit: await openAudit(join(folder, "audit.jsonl")) };
  } catch (error) {
    await inbox.close();
    throw error;
  }
}

/** Those of the file, else what they begin as. @throws StudyError `configuration`. */
function settingsIn(folder: string): ServiceSettings {
  const path = join(folder, SETTINGS);
  return existsSync(path) ? readServiceSettings(path) : serviceSettingsSchema.parse({});
}

async function startNode(
  folder: string,
  { dimse }: ServiceSettings,
  service: LiveService,
  onEvent: (event: NodeEvent) => void,
): Promise<DimseNode | null> {
  if (dimse === undefined) return null;
  const { host, port, title, callingTitles, unencrypted } = dimse;
  const security = securityIn(folder, dimse);
  const { certificate, key } = security ?? {};
  if (!LOOPBACK_NAMES.includes(host) && certificate === undefined && !unencrypted) {
    throw new ServerError(
      "settings",
      `${SETTINGS}: dimse.host ${host}: expected tlsCertificate and tlsKey beside a host that others reach, got none; ` +
        "where the modalities speak no TLS, say unencrypted = true and keep them in a network of their own",
    );
  }
  return startDimseNode({
    host,
    port,
    title,
    callingTitles,
    receiver: dimseReceiver(service),
    ...(certificate === undefined || key === undefined
      ? {}
      : { security: { ...security, certificate, key } }),
    onEvent,
  });
}

/** How results go where they are to go; null where they are fetched. */
function senderOf(folder: string, { destination }: ServiceSettings): SendObjects | null {
  if (destination === undefined) return null;
  if ("url" in destination) {
    const { protocol, hostname } = new URL(destination.url);
    const isPlain = protocol === "http:" && !LOOPBACK_NAMES.includes(hostname);
    if (isPlain && !destination.unencrypted) {
      throw new ServerError(
        "settings",
        `${SETTINGS}: destination.url ${destination.url}: expected https to another machine, got http; ` +
          "where it speaks no TLS, say unencrypted = true and keep the two in a network of their own",
      );
    }
    const client = dicomWebClient({ url: destination.url });
    return async (files) => (await client.store(files)).stored;
  }
  const { host, port, title, callingTitle } = destination;
  const security = securityIn(folder, destination);
  const client = dimseClient({
    host,
    port,
    calledTitle: title,
    callingTitle,
    ...(security === null ? {} : { security }),
  });
  return async (files) => (await client.store(files)).stored;
}

/** Null where no file is named: a plain connection. */
function securityIn(
  folder: string,
  files: {
    readonly tlsCertificate?: string | undefined;
    readonly tlsKey?: string | undefined;
    readonly tlsAuthority?: string | undefined;
  },
) {
  const { tlsCertificate, tlsKey, tlsAuthority } = files;
  if (tlsCertificate === undefined && tlsAuthority === undefined) return null;
  const read = (path: string) => readFileSync(isAbsolute(path) ? path : join(folder, path));
  return {
    ...(tlsCertificate === undefined ? {} : { certificate: read(tlsCertificate) }),
    ...(tlsKey === undefined ? {} : { key: read(tlsKey) }),
    ...(tlsAuthority === undefined ? {} : { authorities: read(tlsAuthority) }),
  };
}
