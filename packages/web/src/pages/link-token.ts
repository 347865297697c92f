/**
 * The token of a link that works once. It stands behind the address's `#`, so that it is in no log of
 * a server or proxy, and is taken out of the address bar as soon as it was read.
 */

/** A page that waits for its words may be rendered anew before it is there: the address has no token any more then. */
let taken: { readonly path: string; readonly token: string } | null = null;

export function takeLinkToken(): string | null {
  const { hash, pathname: path } = location;
  if (hash.length > 1) {
    taken = { path, token: hash.slice(1) };
    history.replaceState(null, "", path);
  }
  return taken?.path === path ? taken.token : null;
}

/** It has made an account, and works no more. */
export function forgetLinkToken(): void {
  taken = null;
}
