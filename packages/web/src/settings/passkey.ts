/** A passkey, made and used by the browser's own means. */
import {
  type Passkeys,
  passkeyCreationSchema,
  passkeyRequestSchema,
  passkeysSchema,
  type Session,
  sessionSchema,
} from "@malleolus/schema";
import { ApiError } from "../api/api-error.ts";
import type { Client } from "../api/client.ts";
import { sayError } from "../api/say-error.ts";
import type { Translate } from "../strings/translate.ts";

/** A passkey is for a name, and no browser makes one for an address of numbers. */
export function passkeysWork(hostname: string): boolean {
  const isNumbers = /^[\d.]+$|:|\]$/.test(hostname);
  return (
    !isNumbers &&
    typeof PublicKeyCredential !== "undefined" &&
    "parseCreationOptionsFromJSON" in PublicKeyCredential
  );
}

export async function makePasskey(client: Client, name: string): Promise<Passkeys> {
  const options = await client.send("POST", "/api/passkeys/options", {}, passkeyCreationSchema);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = jsonOf(await navigator.credentials.create({ publicKey }));
  return client.send("POST", "/api/passkeys", { name, credential }, passkeysSchema);
}

export async function signInByPasskey(client: Client): Promise<Session> {
  const options = await client.send("POST", "/api/login/passkey/options", {}, passkeyRequestSchema);
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = jsonOf(await navigator.credentials.get({ publicKey }));
  return client.send("POST", "/api/login/passkey", { credential }, sessionSchema);
}

export function sayPasskeyProblem(t: Translate, error: unknown): string {
  // Somebody closed the browser's window for it, or had none.
  const cancelled = error instanceof DOMException && /^(NotAllowed|Abort)Error$/.test(error.name);
  if (cancelled) return t("passkey.cancelled");
  const unknown = error instanceof ApiError && error.code === "credentials";
  return unknown ? t("passkey.unknown") : sayError(t, error);
}

function jsonOf(credential: Credential | null): unknown {
  if (credential instanceof PublicKeyCredential) return credential.toJSON();
  throw new Error("internal: the browser made something else than a passkey");
}
