/** Whether a display shows the darkest and the brightest step, looked at at the beginning of a day. */
import { recordedSchema } from "@malleolus/schema";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox } from "react-aria-components";
import { sayError } from "../api/say-error.ts";
import { Button } from "../controls/button.tsx";
import { Notice } from "../controls/notice.tsx";
import { useClient } from "../services.ts";
import { useLanguage, useText } from "../strings/text.tsx";
import { clockTime } from "../strings/times.ts";
import { isCheckedToday } from "./settings.ts";
import { useSettings } from "./settings-context.tsx";

export function DisplayCheckForm() {
  const t = useText();
  const language = useLanguage();
  const client = useClient();
  const { settings, change } = useSettings();
  const [darkSeen, setDarkSeen] = useState(false);
  const [brightSeen, setBrightSeen] = useState(false);
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const save = useMutation({
    mutationFn: () =>
      client.send(
        "POST",
        "/api/display-checks",
        {
          requestId,
          darkSeen,
          brightSeen,
          screenWidth: screen.width,
          screenHeight: screen.height,
          pixelRatio: devicePixelRatio,
        },
        recordedSchema,
      ),
    onSuccess() {
      change({ displayCheckedAt: Date.now() });
      setRequestId(crypto.randomUUID());
    },
  });
  const { displayCheckedAt } = settings;
  return (
    <>
      <h1>{t("display.title")}</h1>
      <p>{t("display.text")}</p>
      <div className="patches">
        <div className="patch patch-dark" role="img" aria-label={t("display.dark")} />
        <div className="patch patch-bright" role="img" aria-label={t("display.bright")} />
        <Checkbox className="check" isSelected={darkSeen} onChange={setDarkSeen}>
          {t("display.dark seen")}
        </Checkbox>
        <Checkbox className="check" isSelected={brightSeen} onChange={setBrightSeen}>
          {t("display.bright seen")}
        </Checkbox>
      </div>
      {!(darkSeen && brightSeen) && <p className="muted">{t("display.failed")}</p>}
      {save.error !== null && <Notice tone="error">{sayError(t, save.error)}</Notice>}
      <div className="row">
        <Button look="primary" onPress={() => save.mutate()} isDisabled={save.isPending}>
          {t("display.save")}
        </Button>
        {isCheckedToday(settings, Date.now()) && displayCheckedAt !== null && (
          <span className="tone-ok" role="status">
            {t("display.kept", { time: clockTime(displayCheckedAt, language) })}
          </span>
        )}
      </div>
    </>
  );
}
