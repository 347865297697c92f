/** The protocol's further labels of a fracture: a list for each, in which what does not go together is greyed. */
import { isPossible, type Label } from "@malleolus/schema";
import { useEffect, useRef } from "react";
import {
  Label as AriaLabel,
  Button,
  ListBox,
  ListBoxItem,
  Popover,
  type PressEvent,
  Select,
  SelectValue,
} from "react-aria-components";
import { focusViewAfter } from "../case/focus-view.ts";
import { Icon } from "../controls/icon.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { CaseSession } from "./case-session.ts";
import { fractureOf } from "./reading.ts";

interface Props {
  readonly session: CaseSession;
  readonly readOnly: boolean;
}

export function FurtherLabels({ session, readOnly }: Props) {
  const { reading, protocol } = session;
  const fracture = useMachine(reading, (state) => fractureOf(state, protocol));
  if (fracture === null) return null;
  return protocol.labels.map((label) => (
    <LabelChoice
      key={label.id}
      session={session}
      readOnly={readOnly}
      label={label}
      fracture={fracture}
    />
  ));
}

function LabelChoice({
  session: { reading, protocol },
  readOnly,
  label,
  fracture,
}: Props & { readonly label: Label; readonly fracture: string }) {
  const t = useText();
  const openedBy = useRef<PressEvent["pointerType"]>("keyboard");
  const said = useMachine(reading, (state) => state.labels);
  const impossible = label.values
    .filter(({ id }) => !isPossible(protocol, fracture, said, label.id, id))
    .map(({ id }) => id);
  return (
    <Select
      className="field"
      value={said[label.id] ?? null}
      onChange={(to) => reading.dispatch({ type: "label", label: label.id, to: String(to) })}
      isDisabled={readOnly}
      placeholder={t("reading.label none")}
    >
      <AriaLabel>{label.name}</AriaLabel>
      <Button
        className="button select-button"
        onPressStart={({ pointerType }) => {
          openedBy.current = pointerType;
        }}
      >
        <SelectValue />
        <Icon name="down" />
      </Button>
      <Popover className="popover">
        <Leaving then={() => focusViewAfter({ pointerType: openedBy.current })} />
        <ListBox className="menu">
          {label.values.map(({ id, name }) => (
            // The list in a Select heeds what its items say, and no list of keys beside them.
            <ListBoxItem
              className="menu-item"
              key={id}
              id={id}
              textValue={name}
              isDisabled={impossible.includes(id)}
            >
              {name}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** When the list is gone: keys would choose another value of it, where they are meant for the case. */
function Leaving({ then }: { readonly then: () => void }) {
  const latest = useRef(then);
  latest.current = then;
  useEffect(() => () => latest.current(), []);
  return null;
}
