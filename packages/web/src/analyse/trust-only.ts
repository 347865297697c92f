/**
 * The addresses from which threads may be started here. The content policy takes a script's address only
 * from a policy of trusted types; a library that starts its own threads knows none, so that the policy has to
 * be the one by default.
 */
/** @throws Error by whoever starts a script at another address afterwards. */
export function trustOnly(addresses: readonly string[]): void {
  self.trustedTypes?.createPolicy("default", {
    createScriptURL(url) {
      if (addresses.includes(url)) return url;
      throw new Error(`internal: expected a script at ${addresses.join(" or ")}, got ${url}`);
    },
  });
}
