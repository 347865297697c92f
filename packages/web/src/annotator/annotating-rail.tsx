/** The rail of the annotator's page: grades, what is drawn next, proposals, the list of shapes. */
import { visibilitySchema } from "@malleolus/schema";
import type { ReactNode } from "react";
import { Segments } from "../controls/choices.tsx";
import { Key } from "../controls/key.tsx";
import { Notice } from "../controls/notice.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { ConflictPanel, SetAsideList } from "./conflict-panel.tsx";
import type { Cross } from "./cross.ts";
import { InHand } from "./in-hand.tsx";
import { imageName } from "./names.ts";
import { OfferList } from "./offer-list.tsx";
import { ShapeList } from "./shape-list.tsx";
import { Structures } from "./structures.tsx";

export interface AnnotatingRailProps {
  readonly session: AnnotatingSession;
  readonly cross: Cross;
  readonly readOnly: boolean;
  readonly comments: ReactNode;
  readonly foot: ReactNode;
}

export function AnnotatingRail({ session, cross, readOnly, comments, foot }: AnnotatingRailProps) {
  const t = useText();
  const { detail } = session;
  return (
    <aside className="rail" aria-label={t("annotate.rail")}>
      <div className="rail-scroll">
        {detail.returned !== null && (
          <Notice tone="warn">
            <p>{t("annotate.returned", { reason: detail.returned.reason })}</p>
          </Notice>
        )}
        <ConflictPanel session={session} />
        {detail.hasFracture && <Grades session={session} readOnly={readOnly} />}
        {!readOnly && <Structures session={session} cross={cross} />}
        {!readOnly && <InHand session={session} />}
        <OfferList session={session} readOnly={readOnly} />
        <ShapeList session={session} cross={cross} readOnly={readOnly} />
        <SetAsideList session={session} />
        {comments}
      </div>
      <div className="rail-foot">{foot}</div>
    </aside>
  );
}

function Grades({
  session: { editor, detail },
  readOnly,
}: Pick<AnnotatingRailProps, "session" | "readOnly">) {
  const t = useText();
  const visibility = useMachine(editor, ({ document }) => document.visibility);
  return (
    <fieldset className="rail-group">
      <legend>
        {t("annotate.visibility")} {!readOnly && <Key name="Shift+1–3" />}
      </legend>
      {detail.images.map(({ id }) => {
        const name = imageName(id, detail, t);
        return (
          <div className="visibility-row" key={id}>
            <span>{name}</span>
            <Segments
              label={`${t("annotate.visibility")}: ${name}`}
              labelHidden
              choices={visibilitySchema.options.map((one) => ({
                id: one,
                label: t(`visibility.${one}`),
              }))}
              value={visibility.get(id) ?? null}
              onChoose={(chosen) => {
                const to = visibilitySchema.safeParse(chosen);
                if (to.success) editor.dispatch({ type: "visibility", image: id, to: to.data });
              }}
              isDisabled={readOnly}
            />
          </div>
        );
      })}
    </fieldset>
  );
}
