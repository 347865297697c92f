/**
 * Signing in by an institution's OpenID Connect provider: the authorization code flow with PKCE, state and
 * nonce; the ID token's signature is checked although it comes over TLS. Tokens are used once, for who it is,
 * and kept nowhere.
 *
 * What a sign-in needs between its two requests lies in this process under a random name, which the browser
 * holds in a cookie; ten minutes later it is gone.
 */
import { loginNameSchema, type SignOn, type StaffRole } from "@malleolus/schema";
import type { ExternalIdentity } from "@malleolus/studies";
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { newToken } from "./tokens.ts";

/** Why somebody comes back without a session; the sign-in page has a sentence for each. */
export type SignOnProblem = "set-up" | "provider" | "refused" | "expired" | "no-role" | "account";

export class SignOnRefusal extends Error {
  override readonly name = "SignOnRefusal";
  readonly problem: SignOnProblem;

  constructor(problem: SignOnProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.problem = problem;
  }
}

export interface SingleSignOn {
  /** Where to send a browser, and the name under which its sign-in is remembered. */
  begin(redirect: URL): Promise<{ readonly to: URL; readonly flow: string }>;
  /**
   * Who came back to `callback`.
   *
   * @throws SignOnRefusal.
   */
  finish(callback: URL, flow: string | undefined): Promise<ExternalIdentity>;
}

interface Flow {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly redirect: URL;
  readonly until: number;
}

const FLOW_MS = 10 * 60_000;
/** More at once is a flood, whose oldest goes. */
const MOST_FLOWS = 10_000;
const TIMEOUT_SECONDS = 10;
const CLOCKS_DIFFER_SECONDS = 30;

export function singleSignOn(signOn: SignOn): SingleSignOn {
  const flows = new Map<string, Flow>();
  let provider: Promise<Configuration> | undefined;
  // A provider that was down when it was first asked is asked again.
  const configuration = () => {
    provider ??= discover(signOn).catch((cause: unknown) => {
      provider = undefined;
      throw new SignOnRefusal("provider", `${signOn.issuer}: no sign-on there`, { cause });
    });
    return provider;
  };
  const takeFlow = (name: string | undefined): Flow => {
    const flow = name === undefined ? undefined : flows.get(name);
    flows.delete(name ?? "");
    if (flow !== undefined && flow.until > Date.now()) return flow;
    throw new SignOnRefusal("expired", "a sign-in that did not begin here, or too long ago");
  };

  return {
    async begin(redirect) {
      const config = await configuration();
      const verifier = randomPKCECodeVerifier();
      const flow = { verifier, state: randomState(), nonce: randomNonce(), redirect };
      const name = newToken().text;
      const [oldest] = flows.keys();
      if (flows.size >= MOST_FLOWS && oldest !== undefined) flows.delete(oldest);
      flows.set(name, { ...flow, until: Date.now() + FLOW_MS });
      const to = buildAuthorizationUrl(config, {
        redirect_uri: redirect.href,
        scope: signOn.scope,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state: flow.state,
        nonce: flow.nonce,
      });
      return { to, flow: name };
    },

    async finish(callback, name) {
      const flow = takeFlow(name);
      const config = await configuration();
      const returned = new URL(callback.search, flow.redirect);
      const claims = await claimsOf(config, returned, flow);
      return identityOf(signOn, config.serverMetadata().issuer, claims);
    },
  };
}

function discover({ issuer, clientId, clientSecret }: SignOn): Promise<Configuration> {
  const url = new URL(issuer);
  const metadata = {
    [clockTolerance]: CLOCKS_DIFFER_SECONDS,
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
  };
  return discovery(url, clientId, metadata, undefined, {
    timeout: TIMEOUT_SECONDS,
    execute: [
      enableNonRepudiationChecks,
      // The schema lets plain http through on loopback alone.
      ...(url.protocol === "http:" ? [allowInsecureRequests] : []),
    ],
  });
}

type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** Those of the ID token, and of the user information where the token has no groups, say. */
async function claimsOf(config: Configuration, returned: URL, flow: Flow): Promise<Claims> {
  try {
    const tokens = await authorizationCodeGrant(config, returned, {
      pkceCodeVerifier: flow.verifier,
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("the provider sent no ID token");
    if (config.serverMetadata().userinfo_endpoint === undefined) return claims;
    const more = await fetchUserInfo(config, tokens.access_token, claims.sub);
    return { ...more, ...claims };
  } catch (cause) {
    throw new SignOnRefusal("refused", "the provider did not say who it is", { cause });
  }
}

/** @throws SignOnRefusal `no-role` for somebody who is in none of the groups and none of the people. */
function identityOf(signOn: SignOn, issuer: string, claims: Claims): ExternalIdentity {
  const { loginClaim, nameClaim, groupsClaim } = signOn;
  const login = loginNameSchema.safeParse(claims[loginClaim]);
  if (!login.success) {
    throw new SignOnRefusal("account", `the claim ${loginClaim} is no login name; choose another`);
  }
  const name = claims[nameClaim];
  const told = {
    issuer,
    subject: claims.sub,
    login: login.data,
    name: typeof name === "string" && name.trim() !== "" ? name.trim().slice(0, 200) : login.data,
  };
  const person = Object.entries(signOn.people).find(([key]) => key.toLowerCase() === login.data);
  if (person !== undefined) return { ...told, as: { person: person[1] } };
  const roles = rolesOf(signOn, claims[groupsClaim]);
  if (roles.length > 0) return { ...told, as: { roles } };
  throw new SignOnRefusal("no-role", `${login.data} is in no group of this study`);
}

function rolesOf({ groups }: SignOn, claim: unknown): readonly StaffRole[] {
  const own = new Set(Array.isArray(claim) ? claim : [claim]);
  const roles = Object.entries(groups).flatMap(([group, its]) => (own.has(group) ? its : []));
  return [...new Set(roles)];
}
