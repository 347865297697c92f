/** The keys of a page, in the rail: the sheet opens beside the radiographs, never over them. */
import { IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useKeyLabels } from "../controls/key.tsx";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";

export interface KeyRow {
  readonly id: string;
  /** As people write them. */
  readonly keys: readonly string[];
  readonly text: string;
}

export function KeySheet({
  rows,
  close,
}: {
  readonly rows: readonly KeyRow[];
  readonly close: () => void;
}) {
  const t = useText();
  const { settings } = useSettings();
  const labelOf = useKeyLabels();
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
          {rows.map(({ id, keys, text }) => (
            <div key={id} className="key-row">
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{labelOf(key)}</kbd>
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
