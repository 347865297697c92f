/** Whether a question failed because the database's server could not be reached, or went away meanwhile. */

const CODES: readonly unknown[] = [
  // The system's.
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  // The server's: it stops, it starts, it has no more connections.
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "08000",
  "08001",
  "08003",
  "08006",
];

/** The driver's own words, which have no code; the last are what a transaction's rollback says on a cut connection. */
const BY_MESSAGE =
  /connection (?:terminated|timeout)|timeout exceeded when trying to connect|(?:connection error and|Client was closed and) is not queryable/i;

/** Calls of the system by which a server is asked. Others (`open`, `rename`) are of files, whose errors have codes alike. */
const CALLS: readonly unknown[] = ["connect", "getaddrinfo", "read", "write"];

export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || ("syscall" in error && !CALLS.includes(error.syscall))) {
    return false;
  }
  if ("code" in error && CODES.includes(error.code)) return true;
  return BY_MESSAGE.test(error.message);
}
