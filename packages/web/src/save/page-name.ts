/**
 * A name for this page among all that are open, by a lock that the browser frees when the page is
 * gone, however it goes. Acts that are kept under the name of a page that is gone are anybody's.
 */
export interface PageName {
  readonly name: string;
  /** Pages that were open when this one was named. */
  readonly isGone: (name: string) => boolean;
  readonly release: () => void;
}

const PREFIX = "malleolus:page:";

export async function namePage(): Promise<PageName> {
  const name = crypto.randomUUID();
  const { held = [] } = await navigator.locks.query();
  const open = new Set(held.map((lock) => lock.name));
  let release: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks.request(`${PREFIX}${name}`, () => released);
  return { name, isGone: (other) => !open.has(`${PREFIX}${other}`), release };
}
