/** Settings of this computer for this account: display, keys, the check of the display; and its passkeys. */

import { Switch } from "react-aria-components";
import { Link } from "wouter";
import { Segments } from "../controls/choices.tsx";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { rendererForThisComputer } from "../render/try-graphics.ts";
import { isReader, useSignedIn } from "../services.ts";
import { DisplayCheckForm } from "../settings/display-check-form.tsx";
import { KeySettings } from "../settings/key-settings.tsx";
import { PasskeySettings } from "../settings/passkey-settings.tsx";
import { settingsSchema } from "../settings/settings.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useLanguage, useText } from "../strings/text.tsx";
import { languages } from "../strings/translate.ts";

const LANGUAGE_NAMES = { en: "English", nl: "Nederlands" } as const;

export default function SettingsPage({ section }: { readonly section: string }) {
  const t = useText();
  const { account } = useSignedIn();
  const sections = [
    ["display", t("settings.display")],
    ...(isReader(account) ? [["check", t("display.title")] as const] : []),
    ["keys", t("settings.keys")],
    ["passkeys", t("passkey.title")],
  ] as const;
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="with-sections">
        <div className="sections">
          <nav className="nav" aria-label={t("settings.sections")}>
            {sections.map(([id, name]) => (
              <Link
                key={id}
                href={`/settings/${id}`}
                aria-current={section === id ? "page" : undefined}
              >
                {name}
              </Link>
            ))}
          </nav>
        </div>
        <div className="content">
          <div className="stack content-form">
            <Section section={section} />
            {section !== "passkeys" && <p className="meta muted">{t("settings.kept")}</p>}
          </div>
        </div>
      </main>
    </div>
  );
}

function Section({ section }: { readonly section: string }) {
  const { account } = useSignedIn();
  if (section === "passkeys") return <PasskeySettings />;
  if (section === "keys") return <KeySettings />;
  if (section === "check" && isReader(account)) return <DisplayCheckForm />;
  return <DisplaySettings />;
}

function DisplaySettings() {
  const t = useText();
  const language = useLanguage();
  const { settings, change } = useSettings();
  const renderer = t(`settings.renderer.${rendererForThisComputer()}`);
  return (
    <>
      <h1>{t("settings.display")}</h1>
      <Segments
        label={t("settings.theme")}
        choices={settingsSchema.shape.theme.options.map((theme) => ({
          id: theme,
          label: t(`settings.theme.${theme}`),
        }))}
        value={settings.theme}
        onChoose={(id) => {
          const theme = settingsSchema.shape.theme.safeParse(id);
          if (theme.success) change({ theme: theme.data });
        }}
      />
      <Segments
        label={t("settings.language")}
        choices={languages.map((one) => ({ id: one, label: LANGUAGE_NAMES[one] }))}
        value={language}
        onChoose={(id) => {
          const chosen = languages.find((one) => one === id);
          if (chosen !== undefined) change({ language: chosen });
        }}
      />
      {settings.ownWindow === null ? (
        <p className="muted">{t("preset.none")}</p>
      ) : (
        <Segments
          label={t("settings.window")}
          choices={[
            { id: "file", label: t("preset.default") },
            { id: "mine", label: t("preset.mine") },
          ]}
          value={settings.startWithOwn ? "mine" : "file"}
          onChoose={(id) => change({ startWithOwn: id === "mine" })}
        />
      )}
      <Switch
        className="switch"
        isSelected={settings.linkViews}
        onChange={(linkViews) => change({ linkViews })}
      >
        <span className="switch-track" />
        {t("settings.link")}
      </Switch>
      <p className="muted">{t("settings.renderer", { renderer })}</p>
    </>
  );
}
