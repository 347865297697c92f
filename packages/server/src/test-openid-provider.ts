/**
 * A small OpenID Connect provider on loopback, for the tests: discovery, keys, authorization with PKCE, tokens
 * and user information, as an institution's has them. Whoever is set as `user` is signed in there already.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export interface TestUser {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

export interface TestProvider {
  readonly issuer: string;
  readonly clientSecret: string;
  user: TestUser;
  /** What goes wrong: a nonce of another sign-in, or a signature by another key. */
  fault: "none" | "nonce" | "signature";
  /** Claims that only the user information has. */
  readonly onlyInUserInformation: Set<string>;
}

interface Grant {
  readonly user: TestUser;
  readonly challenge: string;
  readonly nonce: string;
  readonly redirect: string;
}

const CLIENT = "malleolus";

export async function startProvider(context: {
  after(cleanUp: () => void): void;
}): Promise<TestProvider> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const codes = new Map<string, Grant>();
  const access = new Map<string, TestUser>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      json(response, 400, { error: "invalid_request", error_description: String(error) });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("internal: no port");
  const issuer = `http://127.0.0.1:${bound.port}`;
  const provider: TestProvider = {
    issuer,
    clientSecret: randomBytes(16).toString("hex"),
    user: { sub: "nobody" },
    fault: "none",
    onlyInUserInformation: new Set(),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", issuer);
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return json(response, 200, metadata(issuer));
      case "/keys": {
        const key = { ...publicKey.export({ format: "jwk" }), kid: "one", use: "sig" };
        return json(response, 200, { keys: [{ ...key, alg: "RS256" }] });
      }
      case "/authorize": {
        const code = randomBytes(16).toString("hex");
        const redirect = new URL(wanted(url.searchParams, "redirect_uri"));
        codes.set(code, {
          user: provider.user,
          challenge: wanted(url.searchParams, "code_challenge"),
          nonce: wanted(url.searchParams, "nonce"),
          redirect: redirect.href,
        });
        redirect.searchParams.set("code", code);
        redirect.searchParams.set("state", wanted(url.searchParams, "state"));
        response.writeHead(302, { location: redirect.href }).end();
        return;
      }
      case "/token":
        return json(response, 200, tokensFor(new URLSearchParams(await text(request))));
      case "/user": {
        const user = access.get(String(request.headers.authorization).replace("Bearer ", ""));
        return user === undefined ? json(response, 401, {}) : json(response, 200, user);
      }
      default:
        return json(response, 404, {});
    }
  }

  function tokensFor(form: URLSearchParams) {
    const code = wanted(form, "code");
    const grant = codes.get(code);
    codes.delete(code);
    const challenge = createHash("sha256")
      .update(wanted(form, "code_verifier"))
      .digest("base64url");
    if (grant === undefined) throw new Error("a code that is used or unknown");
    if (grant.challenge !== challenge) throw new Error("another verifier");
    if (grant.redirect !== wanted(form, "redirect_uri")) throw new Error("another address");
    if (wanted(form, "client_id") !== CLIENT) throw new Error("another client");
    if (wanted(form, "client_secret") !== provider.clientSecret) throw new Error("another secret");
    const token = randomBytes(16).toString("hex");
    access.set(token, grant.user);
    const now = Math.floor(Date.now() / 1000);
    const own = Object.entries(grant.user).filter(
      ([claim]) => !provider.onlyInUserInformation.has(claim),
    );
    const claims = {
      ...Object.fromEntries(own),
      iss: issuer,
      aud: CLIENT,
      iat: now,
      exp: now + 60,
      nonce: provider.fault === "nonce" ? "another" : grant.nonce,
    };
    const key = provider.fault === "signature" ? stranger : privateKey;
    return {
      access_token: token,
      token_type: "Bearer",
      expires_in: 60,
      id_token: signed(claims, key),
    };
  }

  return provider;
}

function metadata(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/user`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["client_secret_post"],
  };
}

function signed(claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = `${part({ alg: "RS256", kid: "one", typ: "JWT" })}.${part(claims)}`;
  return `${head}.${sign("sha256", Buffer.from(head), key).toString("base64url")}`;
}

function wanted(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null) throw new Error(`no ${name}`);
  return value;
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
