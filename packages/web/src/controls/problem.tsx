/** A page that cannot be shown: why, and what to do. */
import { sayError } from "../api/say-error.ts";
import { useText } from "../strings/text.tsx";
import { Button } from "./button.tsx";

export function Problem({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const t = useText();
  return (
    <main className="centred">
      <div className="card">
        <h1>{t("app.name")}</h1>
        <p role="alert">{t("app.problem", { reason: sayError(t, error) })}</p>
        <div className="row">
          <Button onPress={retry}>{t("app.retry")}</Button>
        </div>
      </div>
    </main>
  );
}
