/** The keys of the annotator's page, in the rail: it opens beside the radiographs, never over them. */
import { IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import { annotatingKeys } from "./annotating-keys.ts";

export function AnnotatingKeySheet({ close }: { readonly close: () => void }) {
  const t = useText();
  const { settings } = useSettings();
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
          {annotatingKeys.map(([keys, text]) => (
            <div key={text} className="key-row">
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key === " " ? "Space" : keyLabel(key)}</kbd>
                ))}
              </dt>
              <dd>{t(text)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </aside>
  );
}
