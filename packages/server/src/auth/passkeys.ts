/**
 * Passkeys: a signature by a device or password manager that has asked for a finger, a face or a PIN. It is
 * made for this one address, so that a page that imitates this one gets nothing that works here.
 *
 * A challenge is good once, for five minutes, and lies in this process alone.
 */
import {
  type NewPasskey,
  type PasskeyCreation,
  type PasskeyLogin,
  type PasskeyRequest,
  passkeyCreationSchema,
  passkeyRequestSchema,
} from "@malleolus/schema";
import type { StoredAccount, StoredPasskey } from "@malleolus/studies";
import { ServerError } from "../errors.ts";

/** The address that a passkey is for. */
export interface Place {
  readonly hostname: string;
  readonly origin: string;
}

export interface Challenges {
  /** For an account's new passkey; null for a sign-in. */
  readonly add: (challenge: string, account: number | null) => void;
  /** Whether it was given, for the same, and not used or too old; it is used from now on. */
  readonly take: (challenge: string, account: number | null) => boolean;
}

/** Four hundred files, which a server reads once somebody uses a passkey. */
const loadLibrary = () => import("@simplewebauthn/server");

/** COSE's numbers of EdDSA, ES256 and RS256: every device has one. Newer ones are experiments of Node's yet. */
const ALGORITHMS = [-8, -7, -257];
const LIFE_MS = 5 * 60_000;
/** More at once is a flood, whose oldest goes. */
const MOST = 10_000;

export function openChallenges(now: () => number = Date.now): Challenges {
  const open = new Map<string, { readonly until: number; readonly account: number | null }>();
  return {
    add(challenge, account) {
      const [oldest] = open.keys();
      if (open.size >= MOST && oldest !== undefined) open.delete(oldest);
      open.set(challenge, { until: now() + LIFE_MS, account });
    },
    take(challenge, account) {
      const found = open.get(challenge);
      open.delete(challenge);
      return found !== undefined && found.until > now() && found.account === account;
    },
  };
}

export async function passkeyCreation(
  challenges: Challenges,
  { hostname }: Place,
  { id, login, name }: StoredAccount,
  known: readonly StoredPasskey[],
): Promise<PasskeyCreation> {
  const { generateRegistrationOptions } = await loadLibrary();
  const options = await generateRegistrationOptions({
    rpName: "Malleolus",
    rpID: hostname,
    userName: login,
    userDisplayName: name,
    attestationType: "none",
    timeout: LIFE_MS,
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: known.map(({ credential }) => ({ id: credential })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  challenges.add(options.challenge, id);
  return passkeyCreationSchema.parse(options);
}

/** @throws ServerError `invalid` for one that was not made for this. */
export async function checkNewPasskey(
  challenges: Challenges,
  { hostname, origin }: Place,
  account: StoredAccount,
  { credential }: NewPasskey,
): Promise<Pick<StoredPasskey, "credential" | "publicKey" | "counter">> {
  const { verifyRegistrationResponse } = await loadLibrary();
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: { ...credential, clientExtensionResults: {} },
    expectedChallenge: (challenge) => challenges.take(challenge, account.id),
    expectedOrigin: origin,
    expectedRPID: hostname,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(refuse("invalid", "This passkey was not made for this page. Try again."));
  if (!verified) throw new ServerError("invalid", "This passkey cannot be read. Try another.");
  const { id, publicKey, counter } = registrationInfo.credential;
  return { credential: id, publicKey: Buffer.from(publicKey).toString("base64url"), counter };
}

export async function passkeyRequest(
  challenges: Challenges,
  { hostname }: Place,
): Promise<PasskeyRequest> {
  const { generateAuthenticationOptions } = await loadLibrary();
  const options = await generateAuthenticationOptions({
    rpID: hostname,
    userVerification: "required",
    timeout: LIFE_MS,
  });
  challenges.add(options.challenge, null);
  return passkeyRequestSchema.parse(options);
}

/**
 * The counter that comes with a good signature.
 *
 * @throws ServerError `credentials`.
 */
export async function checkPasskey(
  challenges: Challenges,
  { hostname, origin }: Place,
  { credential }: PasskeyLogin,
  known: StoredPasskey | undefined,
): Promise<number> {
  const refusal = new ServerError(
    "credentials",
    "This passkey does not belong to an account here.",
  );
  if (known === undefined) throw refusal;
  const { verifyAuthenticationResponse } = await loadLibrary();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: { ...credential, clientExtensionResults: {} },
    expectedChallenge: (challenge) => challenges.take(challenge, null),
    expectedOrigin: origin,
    expectedRPID: hostname,
    requireUserVerification: true,
    credential: {
      id: known.credential,
      publicKey: new Uint8Array(Buffer.from(known.publicKey, "base64url")),
      counter: known.counter,
    },
  }).catch(refuse("credentials", refusal.message));
  if (!verified) throw refusal;
  return authenticationInfo.newCounter;
}

/** What the library throws of a response names its reason for developers. */
function refuse(code: "invalid" | "credentials", message: string) {
  return (cause: unknown): never => {
    throw new ServerError(code, message, { cause });
  };
}
