/** One of several: as a list of large buttons, or as segments beside one another. */

import type { ReactNode } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { Key } from "./key.tsx";

export interface Choice {
  readonly id: string;
  readonly label: ReactNode;
  /** Read out where the label is short. */
  readonly name?: string;
  readonly keyLabel?: string | undefined;
  /** Of a class: its colour on the ramp. */
  readonly mark?: string;
}

interface ChoicesProps {
  readonly label: string;
  readonly labelHidden?: boolean;
  readonly choices: readonly Choice[];
  readonly value: string | null;
  readonly onChoose: (id: string) => void;
  readonly isDisabled?: boolean;
}

export function ChoiceList({
  small = false,
  ...props
}: ChoicesProps & { readonly small?: boolean }) {
  return (
    <Group {...props} className="choices">
      {({ id, label, keyLabel, mark }) => (
        <Radio
          key={id}
          value={id}
          className={small ? "choice choice-small" : "choice"}
          data-class={mark}
        >
          <span>{label}</span>
          {keyLabel !== undefined && <Key name={keyLabel} />}
        </Radio>
      )}
    </Group>
  );
}

export function Segments(props: ChoicesProps) {
  return (
    <Group {...props} className="segments" horizontal>
      {({ id, label, name }) => (
        <Radio
          key={id}
          value={id}
          className="segment"
          {...(name === undefined ? {} : { "aria-label": name })}
        >
          {label}
        </Radio>
      )}
    </Group>
  );
}

function Group({
  label,
  labelHidden = false,
  choices,
  value,
  onChoose,
  isDisabled = false,
  horizontal = false,
  className,
  children,
}: ChoicesProps & {
  readonly className: string;
  readonly horizontal?: boolean;
  readonly children: (choice: Choice) => ReactNode;
}) {
  return (
    <RadioGroup
      className="rail-group"
      value={value}
      onChange={onChoose}
      isDisabled={isDisabled}
      orientation={horizontal ? "horizontal" : "vertical"}
      {...(labelHidden ? { "aria-label": label } : {})}
    >
      {!labelHidden && <Label className="group-label">{label}</Label>}
      <div className={className}>{choices.map(children)}</div>
    </RadioGroup>
  );
}
