/** A network of so many bits a second between a browser and a server on this machine, for whoever times pages. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

export interface SlowNetwork {
  readonly port: number;
  /** Of what the server has sent through it so far. */
  sentBytes(): number;
  close(): Promise<void>;
}

/** What the server sends shares the one line; what browsers send is little, and goes as it comes. */
export async function slowNetwork(toPort: number, megabitsPerSecond: number): Promise<SlowNetwork> {
  const bytesPerMs = (megabitsPerSecond * 1e6) / 8 / 1000;
  const sockets = new Set<Socket>();
  let freeAt = 0;
  let sentBytes = 0;
  const server = createServer((browser) => {
    const upstream = connect(toPort, "127.0.0.1");
    for (const socket of [browser, upstream]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // Whichever end goes, the other goes, too.
      socket.on("error", () => undefined);
    }
    browser.pipe(upstream);
    browser.on("close", () => upstream.destroy());
    upstream.on("close", () => browser.end());
    upstream.on("data", async (part) => {
      upstream.pause();
      sentBytes += part.length;
      const now = performance.now();
      freeAt = Math.max(freeAt, now) + part.length / bytesPerMs;
      await wait(freeAt - now);
      browser.write(part);
      upstream.resume();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("internal: no port");
  return {
    port: address.port,
    sentBytes: () => sentBytes,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
