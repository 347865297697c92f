/** Presets and zoom by mouse: a button in a view's head, and the right button on the picture. */
import type { CaseImage } from "@malleolus/schema";
import {
  Button as AriaButton,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Separator,
} from "react-aria-components";
import { Icon } from "../controls/icon.tsx";
import { Key } from "../controls/key.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { useText } from "../strings/text.tsx";
import { presetNames } from "../view/window.ts";
import type { CaseMachines } from "./case-machines.ts";

export interface ViewMenuProps {
  readonly session: Pick<CaseMachines, "viewer">;
  readonly image: CaseImage;
  readonly name: string;
  readonly isOpen: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** "Mine" was chosen, or kept. */
  readonly onOwnWindow: (use: "take" | "keep") => void;
}

export function ViewMenu({
  session: { viewer },
  image,
  name,
  isOpen,
  onOpenChange,
  onOwnWindow,
}: ViewMenuProps) {
  const t = useText();
  const inThisView = (run: () => void) => () => {
    viewer.dispatch({ type: "activate", view: image.id });
    run();
  };
  const items = [
    ...presetNames.map((preset, index) => ({
      id: preset as string,
      label: t(`preset.${preset}`),
      key: String(index + 1),
      run: () => viewer.dispatch({ type: "preset", name: preset }),
    })),
    { id: "mine", label: t("preset.mine"), key: "5", run: () => onOwnWindow("take") },
    { id: "keep", label: t("preset.keep"), key: "", run: () => onOwnWindow("keep") },
    {
      id: "invert",
      label: t("tool.invert"),
      key: "i",
      run: () => viewer.dispatch({ type: "invert" }),
    },
    { id: "fit", label: t("tool.fit"), key: "=", run: () => viewer.dispatch({ type: "fit" }) },
    {
      id: "reset",
      label: t("key.reset view"),
      key: "Home",
      run: () => viewer.dispatch({ type: "reset", which: "view" }),
    },
  ];
  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      <AriaButton
        className="button button-quiet button-small"
        aria-label={t("view.menu", { view: name })}
      >
        <Icon name="menu" />
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={t("view.menu", { view: name })}>
          {items.map(({ id, label, key, run }) => (
            <MenuItem key={id} id={id} className="menu-item" onAction={inThisView(run)}>
              {label}
              {key !== "" && <Key name={keyLabel(key)} />}
            </MenuItem>
          ))}
          <Separator />
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
