/** The rail of the annotator's page: grades, what is drawn next, proposals, the list of shapes. */
import { visibilitySchema } from "@malleolus/schema";
import type { ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { Button } from "../controls/button.tsx";
import { Segments } from "../controls/choices.tsx";
import { Key } from "../controls/key.tsx";
import { Notice } from "../controls/notice.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import { structureKeys } from "./annotating-keys.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { ConflictPanel, SetAsideList } from "./conflict-panel.tsx";
import type { Cross } from "./cross.ts";
import { imageName, structureName } from "./names.ts";
import { OfferList } from "./offer-list.tsx";
import { ShapeList, Swatch } from "./shape-list.tsx";

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
        <OfferList session={session} readOnly={readOnly} />
        <ShapeList session={session} readOnly={readOnly} />
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
      <legend>{t("annotate.visibility")}</legend>
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

function Structures({
  session: { editor, detail },
  cross,
}: Pick<AnnotatingRailProps, "session" | "cross">) {
  const t = useText();
  const structure = useMachine(editor, (state) => state.structure);
  const tool = useMachine(editor, (state) => state.tool.tool);
  const widthMm = useMachine(editor, (state) => state.widthMm);
  const makesLines = tool === "line" || tool === "wire";
  return (
    <div className="rail-group">
      <ToggleButtonGroup
        className="structures"
        aria-label={t("annotate.structure")}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[structure]}
        onSelectionChange={(keys) => {
          for (const key of keys) editor.dispatch({ type: "structure", id: String(key) });
        }}
      >
        {detail.structures.map(({ id }) => {
          const key = structureKeys.find(([, ids]) => ids.includes(id))?.[0];
          return (
            <ToggleButton className="button button-small" key={id} id={id}>
              <Swatch structure={id} /> {structureName(id, detail, t)}
              {key !== undefined && <Key name={keyLabel(key)} />}
            </ToggleButton>
          );
        })}
      </ToggleButtonGroup>
      {makesLines && (
        <label className="width-field">
          {t("annotate.width")}
          <input
            type="number"
            min={0.5}
            max={20}
            step={0.5}
            value={widthMm}
            onChange={(event) => {
              const mm = event.currentTarget.valueAsNumber;
              if (mm > 0 && mm <= 20) editor.dispatch({ type: "width", mm });
            }}
          />
        </label>
      )}
      {tool !== "select" && tool !== "edit" && tool !== "join" && (
        <Button look="small" onPress={cross.click}>
          {t("annotate.set point")} <Key name="Space" />
        </Button>
      )}
    </div>
  );
}
