/** What is the matter with a picture; it lies below it, and only where something is the matter. */
import { Button } from "../controls/button.tsx";
import { useLate } from "../controls/use-late.ts";
import { useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import type { Translate } from "../strings/translate.ts";
import type { RadiographState } from "../view/radiograph-loader.ts";

export interface ViewMessageProps {
  readonly url: string;
  readonly name: string;
  readonly state: RadiographState;
  readonly graphicsLost: boolean;
  /** What can be said of a case whose picture is not to be had; null where nothing can. */
  readonly exclusion: { readonly name: string; readonly choose: () => void } | null;
}

export function ViewMessage({ url, name, state, graphicsLost, exclusion }: ViewMessageProps) {
  const t = useText();
  const { radiographs } = useSignedIn();
  if (graphicsLost) return <p className="view-message">{t("view.graphics lost")}</p>;
  if (state.failure !== null) {
    return (
      <div className="view-message" role="alert">
        <p>{t("view.error", { view: name, reason: reasonOf(state.failure.status, t) })}</p>
        <div className="row">
          <Button look="small" onPress={() => radiographs.retry(url)}>
            {t("app.retry")}
          </Button>
          {exclusion !== null && (
            <Button look="small" onPress={exclusion.choose}>
              {t("view.exclude", { exclusion: exclusion.name })}
            </Button>
          )}
        </div>
      </div>
    );
  }
  if (state.progress === null) return state.radiograph === null ? <Waiting name={name} /> : null;
  const { done, total } = state.progress;
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
  return (
    <p className="view-message">
      {t("view.loading", { view: name, done: megabytes(done), total: megabytes(total) })}
    </p>
  );
}

/** Before the first bytes: the server may still be decoding. */
function Waiting({ name }: { readonly name: string }) {
  const t = useText();
  return useLate() ? <p className="view-message">{t("view.waiting", { view: name })}</p> : null;
}

function reasonOf(status: number, t: Translate): string {
  if (status === 0) return t("problem.offline");
  return status >= 500 ? t("problem.server") : t("view.error.decode");
}
