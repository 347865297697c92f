/** The strip of tools on the left: every command of the views that has a key also has a button here. */
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { IconButton, IconToggle } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { CaseSession } from "./case-session.ts";
import { freeForms, protocolTools, toolName } from "./measuring-tools.ts";

export function ToolStrip({
  session,
  readOnly,
}: {
  readonly session: CaseSession;
  readonly readOnly: boolean;
}) {
  const t = useText();
  const { viewer, measuring, protocol } = session;
  const tool = useMachine(measuring, (state) => state.tool);
  const linked = useMachine(viewer, (state) => state.linked);
  const single = useMachine(viewer, (state) => state.single);
  const hidden = useMachine(viewer, (state) => state.overlays === "hidden");
  const modelShown = useMachine(viewer, (state) => state.model === "shown");
  const own = protocolTools(protocol);
  return (
    <div
      className="tool-strip"
      role="toolbar"
      aria-orientation="vertical"
      aria-label={t("tool.strip")}
    >
      {!readOnly && (
        <>
          {freeForms.map((form) => {
            const isHeld = tool?.form === form && tool.rule === null;
            return (
              <IconToggle
                key={form}
                label={t(`tool.${form}`)}
                isSelected={isHeld}
                onPress={() =>
                  measuring.dispatch({
                    type: "take tool",
                    tool: isHeld ? null : { rule: null, form },
                  })
                }
              >
                <Icon name={form} />
              </IconToggle>
            );
          })}
          {own.length > 0 && (
            <MenuTrigger>
              <AriaButton
                className="button button-quiet button-icon"
                aria-label={t("tool.protocol")}
              >
                <Icon name="next" />
              </AriaButton>
              <Popover className="popover" placement="right top">
                <Menu className="menu" aria-label={t("tool.protocol")}>
                  {own.map((one) => (
                    <MenuItem
                      key={one.rule}
                      className="menu-item"
                      onAction={() => measuring.dispatch({ type: "take tool", tool: one })}
                    >
                      {toolName(one, protocol, t)}
                    </MenuItem>
                  ))}
                </Menu>
              </Popover>
            </MenuTrigger>
          )}
          <hr />
        </>
      )}
      <IconButton
        label={t("tool.invert")}
        keyName="I"
        onPress={() => viewer.dispatch({ type: "invert" })}
      >
        <Icon name="invert" />
      </IconButton>
      <IconButton
        label={t("tool.zoom in")}
        keyName="+"
        onPress={() => viewer.dispatch({ type: "zoom in middle", factor: 1.25 })}
      >
        <Icon name="zoom in" />
      </IconButton>
      <IconButton
        label={t("tool.zoom out")}
        keyName="-"
        onPress={() => viewer.dispatch({ type: "zoom in middle", factor: 0.8 })}
      >
        <Icon name="zoom out" />
      </IconButton>
      <IconButton
        label={t("tool.fit")}
        keyName="="
        onPress={() => viewer.dispatch({ type: "fit" })}
      >
        <Icon name="fit" />
      </IconButton>
      <IconButton
        label={t("tool.reset")}
        keyName="Shift+Home"
        onPress={() => viewer.dispatch({ type: "reset", which: "all" })}
      >
        <Icon name="reset" />
      </IconButton>
      <hr />
      <IconToggle
        label={t("tool.link")}
        keyName="Y"
        isSelected={linked}
        onPress={() => viewer.dispatch({ type: "link" })}
      >
        <Icon name="link" />
      </IconToggle>
      <IconToggle
        label={t("tool.single")}
        keyName="Z"
        isSelected={single}
        onPress={() => viewer.dispatch({ type: "single" })}
      >
        <Icon name="single" />
      </IconToggle>
      {session.detail.findings !== null && (
        <IconToggle
          label={t("tool.model")}
          isSelected={modelShown}
          onPress={() => viewer.dispatch({ type: "model" })}
        >
          <Icon name="model" />
        </IconToggle>
      )}
      <IconToggle
        label={t("tool.overlays")}
        keyName="H"
        isSelected={!hidden}
        onPress={() => viewer.dispatch({ type: "overlays", to: hidden ? "shown" : "hidden" })}
      >
        <Icon name="overlays" />
      </IconToggle>
    </div>
  );
}
