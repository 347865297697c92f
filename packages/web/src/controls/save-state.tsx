/** Whether work is saved, in words, read out politely when it changes. */
import { caseSchema } from "@malleolus/schema";
import { useQueryClient } from "@tanstack/react-query";
import { caseKey } from "../api/queries.ts";
import { type RefusedAct, type SaveState, saveStateOf } from "../save/outbox.ts";
import { useClient, useSignedIn } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { clockTime } from "../strings/times.ts";
import type { Language, Translate } from "../strings/translate.ts";
import { useMachine } from "../use-machine.ts";
import { Button } from "./button.tsx";

export function SaveStateLine() {
  const t = useText();
  const language = useLanguage();
  const { outbox } = useSignedIn();
  const state = useMachine(outbox, (all) => all);
  const save = saveStateOf(state);
  const [tone, words] = sayState(save, t, language);
  return (
    <div className={`save-state tone-${tone}`}>
      <span role="status" aria-live="polite" className="save-state" data-save={save.kind}>
        {save.kind !== "nothing" && <span className="dot" aria-hidden="true" />}
        {words}
      </span>
      {(save.kind === "offline" || save.kind === "retrying" || save.kind === "not kept") && (
        <Button look="small" onPress={outbox.tryNow}>
          {t("save.retry")}
        </Button>
      )}
      {save.kind === "refused" && <RefusalButtons refused={save.refused} />}
    </div>
  );
}

/** What can be done with an act that the server does not take. */
function RefusalButtons({ refused: { act, code } }: { readonly refused: RefusedAct }) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const { outbox } = useSignedIn();
  const discard = () => outbox.discard(act.requestId);
  // The annotator's page puts both together as soon as the case is open.
  if (code === "stale" && (act.kind === "drawing" || act.kind === "submit drawing")) return null;
  if (code !== "stale" || act.kind !== "draft") {
    return (
      <Button look="small" onPress={discard}>
        {t("save.refused discard")}
      </Button>
    );
  }
  const keepMine = async () => {
    const { draft } = await client.get(`/api/cases/${act.code}`, caseSchema);
    outbox.setVersion(act.code, draft?.version ?? 0);
    outbox.put({ ...act, requestId: crypto.randomUUID(), version: null, at: Date.now() });
    discard();
  };
  const takeOther = () => {
    discard();
    // The case that is open begins anew, with what the server has.
    void queries.resetQueries({ queryKey: caseKey(act.code) });
  };
  return (
    <>
      <Button look="small" onPress={() => void keepMine()}>
        {t("save.keep mine")}
      </Button>
      <Button look="small" onPress={takeOther}>
        {t("save.take other")}
      </Button>
    </>
  );
}

type Tone = "ok" | "warn" | "error" | "quiet";

function sayState(save: SaveState, t: Translate, language: Language): readonly [Tone, string] {
  switch (save.kind) {
    case "nothing":
      return ["quiet", ""];
    case "saved":
      return ["ok", t("save.saved", { time: clockTime(save.at, language) })];
    case "saving":
      return ["quiet", t("save.saving")];
    case "sending":
      return ["quiet", t("save.sending", { code: save.label })];
    case "not kept":
      return ["error", t("save.not kept")];
    case "offline":
      return [
        "warn",
        save.count === 1 ? t("save.offline one") : t("save.offline", { count: save.count }),
      ];
    case "retrying":
      return [
        "warn",
        save.since === null
          ? t("save.retrying first")
          : t("save.retrying", { time: clockTime(save.since, language) }),
      ];
    case "signed out":
      return ["error", t("save.signed out", { count: save.count })];
    case "refused":
      return ["error", sayRefusal(save.refused, t)];
  }
}

export function sayRefusal({ act, code, reason }: RefusedAct, t: Translate): string {
  return code === "stale"
    ? t("save.stale", { code: act.label })
    : t("save.refused", { code: act.label, reason });
}
