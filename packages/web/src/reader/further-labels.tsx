/** The protocol's further labels of a fracture: a list for each, in which what does not go together is greyed. */
import { isPossible, type Label } from "@malleolus/schema";
import {
  Label as AriaLabel,
  Button,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
} from "react-aria-components";
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
      <Button className="button select-button">
        <SelectValue />
        <Icon name="down" />
      </Button>
      <Popover className="popover">
        <ListBox className="menu" items={label.values} disabledKeys={impossible}>
          {({ id, name }) => (
            <ListBoxItem className="menu-item" id={id}>
              {name}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
