/** Which keys work, and which have changed places: for whoever has another keyboard, one hand, or a recogniser. */
import { useEffect, useState } from "react";
import { Switch } from "react-aria-components";
import { Button } from "../controls/button.tsx";
import { commands, keyLabel, readerKeys } from "../keys/bindings.ts";
import { namesOfKey } from "../keys/match-key.ts";
import { canSwap, noSwaps, pressedFor, swapKeys } from "../keys/swapped-keys.ts";
import { useText } from "../strings/text.tsx";
import { useSettings } from "./settings-context.tsx";

/** Commands that have a key of one character, with it. */
const swappable = commands.flatMap((command) => {
  const own = [...readerKeys].find(([name, one]) => one === command && canSwap(name));
  return own === undefined ? [] : [{ command, name: own[0] }];
});

export function KeySettings() {
  const t = useText();
  const { settings, change } = useSettings();
  const { keys } = settings;
  /** Whose new key is waited for. */
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    if (asked === null) return undefined;
    const ends = new AbortController();
    const onKeyDown = (event: KeyboardEvent) => {
      const pressed = namesOfKey(event).find(canSwap);
      if (pressed === undefined && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (pressed !== undefined) change({ keys: swapKeys(keys, asked, pressed) });
      setAsked(null);
    };
    window.addEventListener("keydown", onKeyDown, { capture: true, signal: ends.signal });
    return () => ends.abort();
  }, [asked, keys, change]);
  return (
    <>
      <h1>{t("settings.keys")}</h1>
      <Switch
        className="switch"
        isSelected={settings.singleKeys}
        onChange={(singleKeys) => change({ singleKeys })}
      >
        <span className="switch-track" />
        {t("settings.single keys")}
      </Switch>
      <p className="muted">{t("settings.single keys hint")}</p>
      <h2>{t("settings.swap")}</h2>
      <p className="muted">{t("settings.swap hint")}</p>
      <p role="status">
        {asked !== null && t("settings.swap press", { key: keyLabel(pressedFor(keys, asked)) })}
      </p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("settings.swap command")}</th>
            <th scope="col">{t("settings.swap key")}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {swappable.map(({ command, name }) => (
            <tr key={command}>
              <th scope="row">{t(`key.${command}`)}</th>
              <td>
                <kbd>{keyLabel(pressedFor(keys, name))}</kbd>
              </td>
              <td>
                <Button
                  look="small"
                  aria-label={t("settings.swap named", { command: t(`key.${command}`) })}
                  onPress={() => setAsked(name)}
                >
                  {t("settings.swap change")}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="row">
        <Button
          onPress={() => change({ keys: noSwaps })}
          isDisabled={Object.keys(keys).length === 0}
        >
          {t("settings.swap back")}
        </Button>
      </div>
    </>
  );
}
