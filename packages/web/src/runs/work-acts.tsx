/** How work in a process goes on, a training's or a job's: why it failed and what to do, to stop it, to go on with it. */
import type { RunRow } from "@malleolus/schema";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { sayError } from "../api/say-error.ts";
import { Button } from "../controls/button.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useText } from "../strings/text.tsx";

export function WorkActs({
  address,
  queryKey,
  work: { state, failure, canResume },
  advice,
  stopLabel,
}: {
  /** `/api/runs/first` */
  readonly address: string;
  /** Of what is asked for anew once something was done. */
  readonly queryKey: readonly string[];
  readonly work: Pick<RunRow, "state" | "failure" | "canResume">;
  /** What to do where it has failed. */
  readonly advice: string;
  readonly stopLabel: string;
}) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: (what: "stop" | "resume") =>
      client.send("POST", `${address}/${what}`, { requestId: crypto.randomUUID() }, z.unknown()),
    onSuccess: () => void queries.invalidateQueries({ queryKey }),
  });
  return (
    <>
      {failure !== null && (
        <Notice tone="error">
          <p>{failure}</p>
          <p>{advice}</p>
        </Notice>
      )}
      {state === "stalled" && <Notice tone="warn">{t("runs.stalled")}</Notice>}
      {act.error !== null && <Notice tone="error">{sayError(t, act.error)}</Notice>}
      <div className="row">
        {(state === "running" || state === "stalled") && (
          <Button onPress={() => act.mutate("stop")} isDisabled={act.isPending}>
            {stopLabel}
          </Button>
        )}
        {canResume && (
          <Button look="primary" onPress={() => act.mutate("resume")} isDisabled={act.isPending}>
            {t("runs.resume")}
          </Button>
        )}
      </div>
    </>
  );
}

/** The last lines that a process said. */
export function WorkLog({ log }: { readonly log: readonly string[] }) {
  const t = useText();
  return (
    <section className="stack-tight" aria-label={t("runs.log")}>
      <h2>{t("runs.log")}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre className="said" tabIndex={0}>
        {log.length === 0 ? t("runs.no log") : log.join("\n")}
      </pre>
    </section>
  );
}
