/** Choosing a password: long enough, and typed twice. */
import { useState } from "react";
import { Field } from "../controls/field.tsx";
import { useText } from "../strings/text.tsx";

export const PASSWORD_LENGTH = 12;

export interface NewPassword {
  readonly first: string;
  readonly second: string;
}

export function isGoodPassword({ first, second }: NewPassword): boolean {
  return first.length >= PASSWORD_LENGTH && first === second;
}

export function NewPasswordFields({
  value,
  onChange,
}: {
  readonly value: NewPassword;
  readonly onChange: (value: NewPassword) => void;
}) {
  const t = useText();
  const [left, setLeft] = useState({ first: false, second: false });
  const short = left.first && value.first.length < PASSWORD_LENGTH;
  const differs = left.second && value.second !== value.first;
  return (
    <>
      <Field
        label={t("account.password")}
        hint={t("account.password hint", { count: PASSWORD_LENGTH })}
        problem={short ? t("account.password short", { count: PASSWORD_LENGTH }) : undefined}
        type="password"
        autoComplete="new-password"
        isRequired
        value={value.first}
        onChange={(first) => onChange({ ...value, first })}
        onBlur={() => setLeft({ ...left, first: value.first !== "" })}
      />
      <Field
        label={t("account.password again")}
        problem={differs ? t("account.password differs") : undefined}
        type="password"
        autoComplete="new-password"
        isRequired
        value={value.second}
        onChange={(second) => onChange({ ...value, second })}
        onBlur={() => setLeft({ ...left, second: value.second !== "" })}
      />
    </>
  );
}
