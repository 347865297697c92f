/** A key on a button or in a menu: for eyes only, since what is read out is the command. */
import { keyLabel } from "../keys/bindings.ts";
import { pressedFor } from "../keys/swapped-keys.ts";
import { useSettings } from "../settings/settings-context.tsx";

export function Key({ name }: { readonly name: string }) {
  const labelOf = useKeyLabels();
  return (
    <span className="key" aria-hidden="true">
      {labelOf(name)}
    </span>
  );
}

/** How a key's label reads for somebody who has changed keys about. */
export function useKeyLabels(): (label: string) => string {
  const { keys } = useSettings().settings;
  return (label) => (label.length === 1 ? keyLabel(pressedFor(keys, label.toLowerCase())) : label);
}
