/** Proposals that wait for a decision, one by one: there is no way to take them all. */

import { focusViewAfter } from "../case/focus-view.ts";
import { Button } from "../controls/button.tsx";
import { Key } from "../controls/key.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import { showSelected } from "./annotating-keys.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { openOffers } from "./editor-state.ts";
import { placedName } from "./names.ts";
import { Swatch } from "./shape-list.tsx";

const WHY = ["place", "structure", "nothing there"] as const;

export function OfferList({
  session,
  readOnly,
}: {
  readonly session: AnnotatingSession;
  readonly readOnly: boolean;
}) {
  const t = useText();
  const { editor, detail } = session;
  const decisions = useMachine(editor, ({ document }) => document.decisions);
  const offers = useMachine(editor, (state) => state.offers);
  const selected = useMachine(editor, ({ selection }) => selection.offer);
  const open = openOffers({ ...editor.state(), offers });
  if (open.length === 0 || decisions === undefined) return null;
  return (
    <div className="rail-group">
      <h2>{t("annotate.to decide", { count: open.length })}</h2>
      <ul className="shape-list">
        {open.map((offer) => (
          <li key={offer.key}>
            <Button
              look="small"
              aria-pressed={selected === offer.key}
              onPress={(event) => {
                const selection = { ids: [], vertex: null, offer: offer.key };
                editor.dispatch({ type: "select", selection });
                showSelected(session);
                focusViewAfter(event);
              }}
            >
              <Swatch structure={offer.structure} /> {placedName(offer, detail, t)}
            </Button>
            {offer.score !== null && (
              <span className="shape-notes">
                {t("annotate.proposal score", { score: offer.score.toFixed(2) })}
              </span>
            )}
            {!readOnly && selected === offer.key && (
              <div className="offer-buttons">
                <Button
                  look="small"
                  onPress={(event) => {
                    editor.dispatch({ type: "accept", offer: offer.key });
                    focusViewAfter(event);
                  }}
                >
                  {t("annotate.accept")} <Key name="Enter" />
                </Button>
                <Button
                  look="small"
                  onPress={(event) => {
                    editor.dispatch({ type: "mend", offer: offer.key });
                    focusViewAfter(event);
                  }}
                >
                  {t("annotate.mend")} <Key name="M" />
                </Button>
                <Button
                  look="small"
                  onPress={(event) => {
                    editor.dispatch({ type: "reject", offer: offer.key });
                    focusViewAfter(event);
                  }}
                >
                  {t("annotate.reject")} <Key name="Del" />
                </Button>
                <span className="meta muted">{t("annotate.why")}</span>
                {WHY.map((why) => (
                  <Button
                    key={why}
                    look="small"
                    aria-label={`${t("annotate.reject")}: ${t(`annotate.why ${why}`)}`}
                    onPress={() => editor.dispatch({ type: "reject", offer: offer.key, why })}
                  >
                    {t(`annotate.why ${why}`)}
                  </Button>
                ))}
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
