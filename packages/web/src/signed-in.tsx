/** What exists as long as one account is signed in: its outbox, radiographs in memory, who takes keys. */
import type { Account } from "@malleolus/schema";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { nextLooking, notLooking } from "./case/pause-hint.ts";
import { Loading } from "./controls/loading.tsx";
import { createKeyTurn } from "./keys/key-turn.ts";
import { listenForKeys } from "./keys/listen-for-keys.ts";
import { startMachine } from "./machine.ts";
import { startRadiographWorker } from "./render/start-worker.ts";
import { openOutbox } from "./save/outbox-runner.ts";
import { namePage } from "./save/page-name.ts";
import { sendAct } from "./save/send-act.ts";
import { type SignedIn, SignedInContext, useClient } from "./services.ts";
import { createRadiographLoader } from "./view/radiograph-loader.ts";

type Opened = Pick<SignedIn, "outbox" | "radiographs" | "keyTurn" | "looking">;

export function SignedInProvider({
  account,
  study,
  children,
}: {
  readonly account: Account;
  readonly study: string;
  readonly children: ReactNode;
}) {
  const client = useClient();
  const { login } = account;
  const [opened, setOpened] = useState<Opened | null>(null);

  useEffect(() => {
    const ends = new AbortController();
    const open = async () => {
      const page = await namePage();
      if (ends.signal.aborted) {
        page.release();
        return;
      }
      const outbox = openOutbox({
        account: { login },
        store: localStorage,
        send: (act, version) => sendAct(client, act, version),
        now: Date.now,
        page: page.name,
        isGone: page.isGone,
      });
      const worker = startRadiographWorker();
      window.addEventListener("online", outbox.tryNow, { signal: ends.signal });
      ends.signal.addEventListener("abort", () => {
        outbox.close();
        worker.terminate();
        page.release();
      });
      const keyTurn = createKeyTurn<KeyboardEvent>();
      listenForKeys(keyTurn, ends.signal);
      const looking = startMachine(notLooking, nextLooking);
      setOpened({ outbox, radiographs: createRadiographLoader(worker), keyTurn, looking });
    };
    void open();
    return () => ends.abort();
  }, [client, login]);

  const value = useMemo(
    () => (opened === null ? null : { account, study, ...opened }),
    [account, study, opened],
  );
  return value === null ? <Loading /> : <SignedInContext value={value}>{children}</SignedInContext>;
}
