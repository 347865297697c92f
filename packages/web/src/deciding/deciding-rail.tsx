/** The rail of the page that decides: the own view, then what the readers said, what holds, and why. */
import type { DecidingKind, DecidingReading, Decision, ReadingProtocol } from "@malleolus/schema";
import type { RefObject } from "react";
import { Button } from "../controls/button.tsx";
import { Paragraph } from "../controls/field.tsx";
import { Key } from "../controls/key.tsx";
import type { CaseSession } from "../reader/case-session.ts";
import { certaintyName, DecisionChoice } from "../reader/rail.tsx";
import { useText } from "../strings/text.tsx";
import type { Translate } from "../strings/translate.ts";
import { useMachine } from "../use-machine.ts";

export interface DecidingRailProps {
  readonly session: CaseSession;
  readonly kind: DecidingKind;
  readonly ownView: Decision | null;
  /** Null before the own view is kept. */
  readonly readings: readonly DecidingReading[] | null;
  readonly reason: string;
  readonly setReason: (reason: string) => void;
  readonly reasonRef: RefObject<HTMLTextAreaElement | null>;
  readonly submit: () => void;
  readonly sending: boolean;
}

export function DecidingRail(props: DecidingRailProps) {
  const { session, kind, ownView, readings } = props;
  const t = useText();
  const { protocol, reading } = session;
  const chosen = useMachine(reading, (state) => state.decision);
  const isOwnView = readings === null;
  return (
    <aside className="rail" aria-label={t(`decide.${kind}`)}>
      <div className="rail-scroll">
        {isOwnView ? (
          <div className="rail-group">
            <h2>{t("decide.own view")}</h2>
            <p className="meta muted">{t("decide.own view text")}</p>
          </div>
        ) : (
          <Readings readings={readings} protocol={protocol} />
        )}
        {ownView !== null && (
          <p className="meta muted">
            {t("decide.you said", { decision: decisionName(ownView, protocol, t) })}
          </p>
        )}
        <DecisionChoice session={session} readOnly={false} />
      </div>
      <div className="rail-foot">
        {!isOwnView && (
          <Paragraph
            label={t(`decide.${kind} why`)}
            rows={kind === "consensus" ? 5 : 3}
            maxLength={500}
            value={props.reason}
            onChange={props.setReason}
            inputRef={props.reasonRef}
          />
        )}
        <Button look="primary" onPress={props.submit} isDisabled={chosen === null || props.sending}>
          {t(isOwnView ? "decide.keep" : "decide.decide")} <Key name="Enter" />
        </Button>
      </div>
    </aside>
  );
}

function Readings({
  readings,
  protocol,
}: {
  readonly readings: readonly DecidingReading[];
  readonly protocol: ReadingProtocol;
}) {
  const t = useText();
  const rows = readings.map((reading, index) => ({ ...reading, place: index + 1 }));
  return (
    <div className="rail-group">
      <h2>{t("decide.readings")}</h2>
      <ol className="plain-list stack-tight">
        {rows.map(({ place, decision, certainty, note }) => (
          <li key={place}>
            <strong>{decisionName(decision, protocol, t)}</strong>
            {certainty !== null && <span className="muted"> · {certaintyName(certainty, t)}</span>}
            {note !== null && note !== "" && <p className="meta">{note}</p>}
          </li>
        ))}
      </ol>
    </div>
  );
}

function decisionName({ kind, id }: Decision, protocol: ReadingProtocol, t: Translate): string {
  const named = kind === "class" ? protocol.classes : protocol.exclusions;
  const name = named.find((one) => one.id === id)?.name ?? id;
  return kind === "class" ? name : t("decide.excluded", { name });
}
