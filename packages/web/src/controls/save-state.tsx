/** Whether work is saved, in words, read out politely when it changes. */
import { type RefusedAct, type SaveState, saveStateOf } from "../save/outbox.ts";
import { useSignedIn } from "../services.ts";
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
      {save.kind === "refused" && save.refused.code !== "stale" && (
        <Button look="small" onPress={() => outbox.discard(save.refused.act.requestId)}>
          {t("save.refused discard")}
        </Button>
      )}
    </div>
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
