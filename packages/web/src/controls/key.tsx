/** A key on a button or in a menu: for eyes only, since what is read out is the command. */
export function Key({ name }: { readonly name: string }) {
  return (
    <span className="key" aria-hidden="true">
      {name}
    </span>
  );
}
