/** Buttons: a command of the page, with its key where it has one. */
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps, ToggleButton } from "react-aria-components";
import { useKeyLabels } from "./key.tsx";

type Look = "plain" | "primary" | "quiet" | "small";

const CLASSES: Readonly<Record<Look, string>> = {
  plain: "button",
  primary: "button button-primary",
  quiet: "button button-quiet",
  small: "button button-small",
};

export function Button({
  look = "plain",
  children,
  ...rest
}: Omit<ButtonProps, "className" | "children" | "style"> & {
  readonly look?: Look;
  readonly children: ReactNode;
}) {
  return (
    <AriaButton {...rest} className={CLASSES[look]}>
      {children}
    </AriaButton>
  );
}

/** A button with a picture; its name and key are read out and shown on hover. */
export function IconButton({
  label,
  keyName,
  children,
  onPress,
  isDisabled = false,
}: {
  readonly label: string;
  readonly keyName?: string | undefined;
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly isDisabled?: boolean;
}) {
  return (
    <WithTitle label={label} keyName={keyName}>
      <AriaButton
        className="button button-quiet button-icon"
        aria-label={label}
        onPress={onPress}
        isDisabled={isDisabled}
      >
        {children}
      </AriaButton>
    </WithTitle>
  );
}

export function IconToggle({
  label,
  keyName,
  children,
  isSelected,
  onPress,
}: {
  readonly label: string;
  readonly keyName?: string | undefined;
  readonly children: ReactNode;
  readonly isSelected: boolean;
  readonly onPress: () => void;
}) {
  return (
    <WithTitle label={label} keyName={keyName}>
      <ToggleButton
        className="button button-quiet button-icon"
        aria-label={label}
        isSelected={isSelected}
        onChange={onPress}
      >
        {children}
      </ToggleButton>
    </WithTitle>
  );
}

function WithTitle({
  label,
  keyName,
  children,
}: {
  readonly label: string;
  readonly keyName: string | undefined;
  readonly children: ReactNode;
}) {
  const labelOf = useKeyLabels();
  const title = keyName === undefined ? label : `${label} (${labelOf(keyName)})`;
  return <span title={title}>{children}</span>;
}
