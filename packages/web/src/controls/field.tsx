/** A line or a paragraph that somebody types, with its label, a hint and what is wrong with it. */
import {
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField,
  type TextFieldProps,
} from "react-aria-components";

type Wanted = Pick<
  TextFieldProps,
  | "value"
  | "onChange"
  | "onBlur"
  | "type"
  | "autoComplete"
  | "isRequired"
  | "isDisabled"
  | "isReadOnly"
  | "maxLength"
  | "autoFocus"
  | "name"
>;

export interface FieldProps extends Wanted {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
}

export function Field({ label, hint, problem, ...rest }: FieldProps) {
  return (
    <TextField {...rest} className="field" isInvalid={problem !== undefined}>
      <Label>{label}</Label>
      <Input />
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{problem}</FieldError>
    </TextField>
  );
}

export function Paragraph({
  label,
  rows,
  inputRef,
  ...rest
}: Omit<FieldProps, "hint" | "problem" | "type"> & {
  readonly rows: number;
  readonly inputRef?: React.Ref<HTMLTextAreaElement>;
}) {
  return (
    <TextField {...rest} className="field">
      <Label>{label}</Label>
      <TextArea rows={rows} ref={inputRef} />
    </TextField>
  );
}
