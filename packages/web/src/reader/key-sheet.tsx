/** The keys of the reader's page, in the rail: it opens beside the radiographs, never over them. */
import { IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { classKeys, commands, keyLabel, readerKeys } from "../keys/bindings.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import type { CaseSession } from "./case-session.ts";

export function KeySheet({
  session: { protocol },
  close,
}: {
  readonly session: CaseSession;
  readonly close: () => void;
}) {
  const t = useText();
  const { settings } = useSettings();
  const keysOf = (command: string) =>
    [...readerKeys].filter(([, one]) => one === command).map(([key]) => keyLabel(key));
  const rows: readonly (readonly [id: string, keys: readonly string[], text: string])[] = [
    ...protocol.classes.map(
      ({ id, name }) => [id, [keyLabel(classKeys(protocol).get(id) ?? "")], name] as const,
    ),
    ["exclude", ["X", "1–9"], t("key.exclude")],
    ["certainty", ["Shift+1–5"], t("key.certainty")],
    ...commands
      .filter((command) => command !== "exclude")
      .map((command) => [command, keysOf(command), t(`key.${command}`)] as const),
  ];
  return (
    <aside className="rail" aria-label={t("keys.title")}>
      <div className="rail-scroll">
        <div className="row rail-title">
          <h2>{t("keys.title")}</h2>
          <IconButton label={t("app.close")} keyName="Esc" onPress={close}>
            <Icon name="close" />
          </IconButton>
        </div>
        {!settings.singleKeys && <p className="tone-warn">{t("keys.off")}</p>}
        <dl className="key-sheet">
          {rows.map(([id, keys, text]) => (
            <div key={id} className="key-row">
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </aside>
  );
}
