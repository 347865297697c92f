/**
 * Passkeys: what the browser's own API for them takes and gives, as JSON (WebAuthn level 3), as far as the
 * server asks for it.
 */
import { z } from "zod";

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, { error: "expected base64url" });

const descriptorSchema = z.object({ id: base64url, type: z.literal("public-key") });

/** `POST /api/passkeys/options`: what `navigator.credentials.create` is given. */
export const passkeyCreationSchema = z.object({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: base64url, name: z.string(), displayName: z.string() }),
  challenge: base64url,
  pubKeyCredParams: z.array(z.object({ type: z.literal("public-key"), alg: z.int() })),
  timeout: z.number(),
  excludeCredentials: z.array(descriptorSchema),
  authenticatorSelection: z.object({
    residentKey: z.literal("required"),
    requireResidentKey: z.boolean(),
    userVerification: z.literal("required"),
  }),
  attestation: z.literal("none"),
});
export type PasskeyCreation = z.infer<typeof passkeyCreationSchema>;

/** `POST /api/login/passkey/options`: what `navigator.credentials.get` is given. */
export const passkeyRequestSchema = z.object({
  challenge: base64url,
  rpId: z.string(),
  timeout: z.number(),
  userVerification: z.literal("required"),
});
export type PasskeyRequest = z.infer<typeof passkeyRequestSchema>;

const credential = { id: base64url, rawId: base64url, type: z.literal("public-key") };

/** `POST /api/passkeys` */
export const newPasskeySchema = z.strictObject({
  /** What its owner calls it. */
  name: z.string().trim().min(1).max(100),
  credential: z.object({
    ...credential,
    response: z.object({ clientDataJSON: base64url, attestationObject: base64url }),
  }),
});
export type NewPasskey = z.infer<typeof newPasskeySchema>;

/** `POST /api/login/passkey` */
export const passkeyLoginSchema = z.strictObject({
  credential: z.object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url,
      authenticatorData: base64url,
      signature: base64url,
    }),
  }),
});
export type PasskeyLogin = z.infer<typeof passkeyLoginSchema>;

/** `GET /api/passkeys`: one's own. */
export const passkeysSchema = z.strictObject({
  passkeys: z.array(
    z.strictObject({
      id: z.int().positive(),
      name: z.string(),
      at: z.string(),
      usedAt: z.string().nullable(),
    }),
  ),
});
export type Passkeys = z.infer<typeof passkeysSchema>;
