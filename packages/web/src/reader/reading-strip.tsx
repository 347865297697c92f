/** The reader's tools: measurements, the protocol's own behind the free ones, and a model's findings. */
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { ToolStrip } from "../case/tool-strip.tsx";
import { IconToggle } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { CaseSession } from "./case-session.ts";
import { freeForms, protocolTools, toolName } from "./measuring-tools.ts";

export interface ReadingStripProps {
  readonly session: CaseSession;
  readonly readOnly: boolean;
}

export function ReadingStrip({ session, readOnly }: ReadingStripProps) {
  const t = useText();
  const { viewer } = session;
  const modelShown = useMachine(viewer, (state) => state.model === "shown");
  const model = (
    <IconToggle
      label={t("tool.model")}
      isSelected={modelShown}
      onPress={() => viewer.dispatch({ type: "model" })}
    >
      <Icon name="model" />
    </IconToggle>
  );
  return (
    <ToolStrip
      session={session}
      isDense={false}
      overlays={t("tool.overlays")}
      toggles={session.detail.findings !== null && model}
    >
      {!readOnly && (
        <>
          <MeasuringTools session={session} />
          <hr />
        </>
      )}
    </ToolStrip>
  );
}

function MeasuringTools({ session: { measuring, protocol } }: Pick<ReadingStripProps, "session">) {
  const t = useText();
  const tool = useMachine(measuring, (state) => state.tool);
  const own = protocolTools(protocol);
  return (
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
          <AriaButton className="button button-quiet button-icon" aria-label={t("tool.protocol")}>
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
    </>
  );
}
