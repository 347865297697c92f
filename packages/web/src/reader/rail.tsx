/** The rail beside the views: class or exclusion, certainty, visibility, measurements, note. */

import { type Certainty, certaintySchema, visibilitySchema } from "@malleolus/schema";
import type { ReactNode, RefObject } from "react";
import { viewName } from "../case/names.ts";
import { Button } from "../controls/button.tsx";
import { type Choice, ChoiceList, Segments } from "../controls/choices.tsx";
import { Paragraph } from "../controls/field.tsx";
import { Key } from "../controls/key.tsx";
import { classKeys, keyLabel } from "../keys/bindings.ts";
import { useText } from "../strings/text.tsx";
import { type Translate, translateName } from "../strings/translate.ts";
import { useMachine } from "../use-machine.ts";
import type { CaseSession } from "./case-session.ts";
import { FurtherLabels } from "./further-labels.tsx";
import { MeasurementList } from "./measurement-list.tsx";
import { NOTE_LENGTH } from "./reading.ts";

interface RailProps {
  readonly session: CaseSession;
  readonly readOnly: boolean;
  readonly noteRef: RefObject<HTMLTextAreaElement | null>;
  readonly foot: ReactNode;
}

export function Rail({ session, readOnly, noteRef, foot }: RailProps) {
  const t = useText();
  const { reading } = session;
  const note = useMachine(reading, (state) => state.note);
  return (
    <aside className="rail" aria-label={t("case.decision")}>
      <div className="rail-scroll">
        <DecisionChoice session={session} readOnly={readOnly} />
        <CertaintySteps session={session} readOnly={readOnly} />
        <FurtherLabels session={session} readOnly={readOnly} />
        <VisibilityRows session={session} readOnly={readOnly} />
        <MeasurementList session={session} readOnly={readOnly} />
        <Paragraph
          label={t("reading.note")}
          rows={3}
          maxLength={NOTE_LENGTH}
          value={note}
          onChange={(text) => reading.dispatch({ type: "note", text })}
          isReadOnly={readOnly}
          inputRef={noteRef}
        />
      </div>
      <div className="rail-foot">{foot}</div>
    </aside>
  );
}

type PartProps = Pick<RailProps, "session" | "readOnly">;

/** A class of the protocol, or why the case is left out. */
export function DecisionChoice({ session: { reading, protocol }, readOnly }: PartProps) {
  const t = useText();
  const decision = useMachine(reading, (state) => state.decision);
  const excluding = useMachine(reading, (state) => state.excluding);
  const isExcluded = decision?.kind === "exclusion";
  const keys = classKeys(protocol);
  let rank = 0;
  const classes = protocol.classes.map(({ id, name }): Choice => {
    const isNone = id === protocol.noFractureClass;
    if (!isNone) rank += 1;
    return {
      id,
      label: name,
      keyLabel: keyLabel(keys.get(id) ?? ""),
      mark: isNone ? "none" : String(rank),
    };
  });
  return (
    <div className="rail-group">
      <ChoiceList
        label={t("reading.classes")}
        choices={classes}
        value={decision?.kind === "class" ? decision.id : null}
        onChoose={(id) => reading.dispatch({ type: "class", id })}
        isDisabled={readOnly}
      />
      {!readOnly && (
        <Button
          aria-expanded={excluding || isExcluded}
          onPress={() => reading.dispatch({ type: "excluding", is: !excluding })}
        >
          {t("reading.exclude")} <Key name="X" />
        </Button>
      )}
      {(excluding || isExcluded) && (
        <div ref={inSight} className="in-sight">
          <ChoiceList
            small
            label={t("reading.exclusions")}
            choices={protocol.exclusions.map(({ id, name }, index) => ({
              id,
              label: name,
              keyLabel: excluding ? String(index + 1) : undefined,
              mark: "excluded",
            }))}
            value={isExcluded ? decision.id : null}
            onChoose={(id) => reading.dispatch({ type: "exclusion", id })}
            isDisabled={readOnly}
          />
        </div>
      )}
    </div>
  );
}

/** All nine with their digits, on a low screen in place of the classes above. */
function inSight(list: HTMLElement | null): void {
  list?.scrollIntoView({ block: "nearest" });
}

const STEPS = [1, 2, 3, 4, 5] as const;

function CertaintySteps({ session: { reading }, readOnly }: PartProps) {
  const t = useText();
  const certainty = useMachine(reading, (state) => state.certainty);
  const isExcluded = useMachine(reading, (state) => state.decision?.kind === "exclusion");
  if (isExcluded) return null;
  return (
    <div className="rail-group">
      <Segments
        label={t("reading.certainty")}
        choices={STEPS.map((step) => ({
          id: String(step),
          label: step,
          name: `${step} ${t(`reading.certainty.${step}`)}`,
        }))}
        value={certainty === null ? null : String(certainty)}
        onChoose={(id) => {
          const step = certaintySchema.safeParse(Number(id));
          if (step.success) reading.dispatch({ type: "certainty", step: step.data });
        }}
        isDisabled={readOnly}
      />
      <div className="segment-ends" aria-hidden="true">
        <span>{t("reading.certainty.1")}</span>
        {certainty === null && !readOnly && <Key name="Shift+1–5" />}
        {certainty !== null && certainty > 1 && certainty < 5 && (
          <strong>{certaintyName(certainty, t)}</strong>
        )}
        <span>{t("reading.certainty.5")}</span>
      </div>
    </div>
  );
}

/** In words. */
export function certaintyName(step: Certainty, t: Translate): string {
  return translateName(t, "reading.certainty", String(step));
}

function VisibilityRows({ session: { reading, detail }, readOnly }: PartProps) {
  const t = useText();
  const visibility = useMachine(reading, (state) => state.visibility);
  return (
    <fieldset className="rail-group">
      <legend>
        {t("reading.visibility")} <span className="muted">{t("reading.optional")}</span>
      </legend>
      {detail.images.map(({ id, view }) => (
        <div className="visibility-row" key={id}>
          <span>{viewName(view, t)}</span>
          <Segments
            label={`${t("reading.visibility")}: ${viewName(view, t)}`}
            labelHidden
            choices={visibilitySchema.options.map((one) => ({
              id: one,
              label: t(`visibility.${one}`),
            }))}
            value={visibility.get(id) ?? null}
            onChoose={(chosen) => {
              const to = visibilitySchema.safeParse(chosen);
              if (to.success) reading.dispatch({ type: "visibility", image: id, to: to.data });
            }}
            isDisabled={readOnly}
          />
        </div>
      ))}
    </fieldset>
  );
}
