/**
 * Starts the worker that loads radiographs. The content policy takes a script's address only from a
 * policy of trusted types; this one lets the worker's own address through and no other.
 */
import workerUrl from "./radiograph-worker.ts?worker&url";

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

declare global {
  interface Window {
    /** Not in every browser. */
    readonly trustedTypes?: TrustedTypes;
  }
}

let trusted: string | undefined;

export function startRadiographWorker(): Worker {
  trusted ??= trustedUrl();
  return new Worker(trusted, { type: "module", name: "radiographs" });
}

function trustedUrl(): string {
  const policy = window.trustedTypes?.createPolicy("malleolus-worker", {
    createScriptURL(url) {
      if (url === workerUrl) return url;
      throw new Error(`internal: expected the worker's own address, got ${url}`);
    },
  });
  return policy === undefined ? workerUrl : policy.createScriptURL(workerUrl);
}
