/** The rail of the page that settles: radiographs with the worst first, what holds, and why. */
import { type SettlingRadiograph, visibilitySchema } from "@malleolus/schema";
import type { ReactNode } from "react";
import type { AnnotatingSession } from "../annotator/annotating-session.ts";
import type { Cross } from "../annotator/cross.ts";
import { InHand } from "../annotator/in-hand.tsx";
import { imageName, structureName } from "../annotator/names.ts";
import { ShapeList } from "../annotator/shape-list.tsx";
import { Structures } from "../annotator/structures.tsx";
import { Button } from "../controls/button.tsx";
import { ChoiceList, Segments } from "../controls/choices.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { Choice } from "./drawings.ts";
import { showRadiograph } from "./show-radiograph.ts";

export interface SettlingRailProps {
  readonly session: AnnotatingSession;
  readonly cross: Cross;
  /** In their order. */
  readonly radiographs: readonly SettlingRadiograph[];
  readonly active: SettlingRadiograph | undefined;
  readonly choice: Choice | null;
  readonly choose: (choice: Choice) => void;
  readonly foot: ReactNode;
}

export function SettlingRail(props: SettlingRailProps) {
  const { session, cross, radiographs, active, choice, choose, foot } = props;
  const t = useText();
  const isOpen = active !== undefined && active.settled === null;
  const name = imageName(active?.image ?? null, session.detail, t);
  return (
    <aside className="rail" aria-label={t("settle.rail")}>
      <div className="rail-scroll">
        <div className="rail-group">
          <h2>{t("settle.radiographs")}</h2>
          <ul className="shape-list">
            {radiographs.map((one) => (
              <RadiographRow
                key={one.image}
                session={session}
                radiograph={one}
                isActive={one === active}
              />
            ))}
          </ul>
        </div>
        {isOpen && active.differs && (
          <ChoiceList
            small
            label={t("settle.what", { view: name })}
            choices={[
              { id: "0", label: t("settle.first") },
              { id: "1", label: t("settle.second") },
              { id: "own", label: t("settle.own"), keyLabel: "M" },
            ]}
            value={choice === null ? null : String(choice)}
            onChoose={(id) => choose(id === "own" ? "own" : id === "0" ? 0 : 1)}
          />
        )}
        {isOpen && !active.differs && <p className="meta muted">{t("settle.agree")}</p>}
        {active !== undefined && isOpen && choice === "own" && (
          <>
            {session.detail.hasFracture && <Grade session={session} image={active.image} />}
            <Structures session={session} cross={cross} />
            <InHand session={session} />
            <ShapeList session={session} cross={cross} readOnly={false} />
          </>
        )}
      </div>
      <div className="rail-foot">{foot}</div>
    </aside>
  );
}

function RadiographRow({
  session: { viewer, detail },
  radiograph,
  isActive,
}: {
  readonly session: AnnotatingSession;
  readonly radiograph: SettlingRadiograph;
  readonly isActive: boolean;
}) {
  const t = useText();
  const { image, settled, differs, agreement } = radiograph;
  const state = settled !== null ? "settled" : differs ? "differs" : "agrees";
  const overlaps = agreement.map(
    ({ structure, iou }) => `${structureName(structure, detail, t)} ${iou.toFixed(2)}`,
  );
  return (
    <li>
      <Button
        look="small"
        aria-pressed={isActive}
        onPress={() => showRadiograph(viewer, radiograph)}
      >
        {imageName(image, detail, t)}
      </Button>
      <span className={differs ? "tone-warn" : "muted"}>{t(`settle.${state}`)}</span>
      <span className="shape-notes">{overlaps.join(" · ")}</span>
    </li>
  );
}

function Grade({
  session: { editor },
  image,
}: {
  readonly session: AnnotatingSession;
  readonly image: string;
}) {
  const t = useText();
  const value = useMachine(editor, ({ document }) => document.visibility.get(image) ?? null);
  return (
    <Segments
      label={t("annotate.visibility")}
      choices={visibilitySchema.options.map((one) => ({ id: one, label: t(`visibility.${one}`) }))}
      value={value}
      onChoose={(chosen) => {
        const to = visibilitySchema.safeParse(chosen);
        if (to.success) editor.dispatch({ type: "visibility", image, to: to.data });
      }}
    />
  );
}
