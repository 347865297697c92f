/**
 * The token of a link that works once. It stands behind the address's `#`, so that it is in no log of
 * a server or proxy, and is taken out of the address bar as soon as it was read.
 */
export function takeLinkToken(): string | null {
  const token = location.hash.slice(1);
  if (token === "") return null;
  history.replaceState(null, "", location.pathname);
  return token;
}
