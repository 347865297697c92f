/** Sockets under associations: plain, or TLS as BCP 195 (RFC 9325) asks, which is DICOM's own profile (PS3.15 B.12). */
import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";

/** PEM, as read. */
export interface TransportSecurity {
  readonly certificate: string | Uint8Array;
  readonly key: string | Uint8Array;
  /** Who vouches for the other side; a server asks for a certificate only where this is given. */
  readonly authorities?: string | Uint8Array;
}

/** Of TLS 1.2; those of 1.3 are all good. */
const CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
].join(":");

const HANDSHAKE_MS = 15_000;

export function transportServer(
  security: TransportSecurity | undefined,
  onSocket: (socket: Socket) => void,
): Server {
  if (security === undefined) return createServer(onSocket);
  return createTlsServer(
    {
      ...tlsOptions(security),
      requestCert: security.authorities !== undefined,
      handshakeTimeout: HANDSHAKE_MS,
    },
    onSocket,
  );
}

/** `security` null is plain. Who answers must be vouched for, and have the name that was asked for. */
export function openSocket(
  host: string,
  port: number,
  security: Partial<TransportSecurity> | null,
): Socket {
  if (security === null) return connect({ host, port });
  return connectTls({ ...tlsOptions(security), host, port });
}

function tlsOptions({ certificate, key, authorities }: Partial<TransportSecurity>) {
  return {
    ...(certificate === undefined ? {} : { cert: Buffer.from(certificate) }),
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
    ...(authorities === undefined ? {} : { ca: Buffer.from(authorities) }),
    minVersion: "TLSv1.2",
    ciphers: CIPHERS,
    rejectUnauthorized: true,
  } as const;
}
