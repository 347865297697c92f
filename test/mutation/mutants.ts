/**
 * Small faults that a test should notice: of a TypeScript file every operator, number, condition and a
 * few calls, each changed in one place.
 *
 * Types, imports and the texts of errors are left alone; so are strings, which are names and labels.
 */
import { type Expression, type Program, parseSync, Visitor } from "oxc-parser";

export interface Mutant {
  /** Offsets in the text: what stands there is replaced. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly line: number;
  /** What it was, for people. */
  readonly original: string;
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "&": ["|"],
  "|": ["&"],
  "^": ["|"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": ["<<"],
  "&&": ["||"],
  "||": ["&&"],
  "+=": ["-="],
  "-=": ["+="],
  "*=": ["/="],
  "/=": ["*="],
  "|=": ["&="],
  "&=": ["|="],
  "^=": ["|="],
};

const METHODS: Readonly<Record<string, string>> = {
  min: "max",
  max: "min",
  floor: "ceil",
  ceil: "floor",
  round: "floor",
  some: "every",
  every: "some",
  find: "findLast",
  findIndex: "findLastIndex",
  findLastIndex: "findIndex",
};

/** Calls without which the values themselves go on. */
const DROPPED = new Set(["filter", "toSorted", "sort", "toReversed"]);

/**
 * In the order of the text.
 *
 * @throws where the file is not TypeScript.
 */
export function mutantsOf(path: string, text: string): Mutant[] {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const mutants: Mutant[] = [];
  const add = (start: number, end: number, replacement: string) => {
    const original = text.slice(start, end);
    mutants.push({
      start,
      end,
      replacement,
      original,
      line: text.slice(0, start).split("\n").length,
    });
  };
  const addOperator = (
    operator: string,
    left: Expression | { end: number },
    right: { start: number },
  ) => {
    const start = text.indexOf(operator, left.end);
    if (start < 0 || start >= right.start) return;
    for (const other of OPERATORS[operator] ?? []) add(start, start + operator.length, other);
  };
  new Visitor({
    BinaryExpression: ({ operator, left, right }) => addOperator(operator, left, right),
    LogicalExpression: ({ operator, left, right, start, end }) => {
      if (operator !== "??") addOperator(operator, left, right);
      else {
        // Beside another `??` a bare `&&` would be no syntax, which no test is needed to notice.
        const [first, second] = [left, right].map((one) => text.slice(one.start, one.end));
        add(start, end, `((${first}) && (${second}))`);
      }
    },
    AssignmentExpression: ({ operator, left, right }) => addOperator(operator, left, right),
    UnaryExpression: ({ operator, start, argument }) => {
      if (operator === "!" || operator === "-") add(start, argument.start, "");
    },
    UpdateExpression: ({ operator, prefix, start, end }) => {
      const at = prefix ? start : end - 2;
      add(at, at + 2, operator === "++" ? "--" : "++");
    },
    ConditionalExpression: ({ test }) => add(test.start, test.end, negated(text, test)),
    IfStatement: ({ test }) => add(test.start, test.end, negated(text, test)),
    Literal: ({ value, start, end }) => {
      if (typeof value === "boolean") add(start, end, `${!value}`);
      if (typeof value === "number") add(start, end, otherNumber(value));
    },
    CallExpression: ({ callee, end }) => {
      if (callee.type !== "MemberExpression" || callee.computed) return;
      const {
        name,
        start,
        end: nameEnd,
      } = callee.property as { name: string; start: number; end: number };
      const other = METHODS[name];
      if (other !== undefined) add(start, nameEnd, other);
      if (DROPPED.has(name)) add(callee.object.end, end, "");
    },
  }).visit(program);
  const leftAlone = untouched(program);
  return mutants
    .filter(({ start, end }) => !leftAlone.some(([from, to]) => from <= start && end <= to))
    .toSorted((a, b) => a.start - b.start || a.end - b.end);
}

/** The text with one fault in it. */
export function mutated(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function negated(text: string, { start, end }: { start: number; end: number }): string {
  return `!(${text.slice(start, end)})`;
}

function otherNumber(value: number): string {
  if (Number.isInteger(value)) return `${value + 1}`;
  return `${value * 1.5}`;
}

/** Types, what is thrown, and what is imported. */
function untouched(program: Program): (readonly [start: number, end: number])[] {
  const ranges: (readonly [number, number])[] = [];
  const leave = ({ start, end }: { start: number; end: number }) => {
    ranges.push([start, end]);
  };
  new Visitor({
    ImportDeclaration: leave,
    TSInterfaceDeclaration: leave,
    TSTypeAliasDeclaration: leave,
    TSTypeAnnotation: leave,
    TSTypeParameterInstantiation: leave,
    TSTypeParameterDeclaration: leave,
    TSAsExpression: ({ typeAnnotation }) => leave(typeAnnotation),
    TSSatisfiesExpression: ({ typeAnnotation }) => leave(typeAnnotation),
    ThrowStatement: leave,
    NewExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name.endsWith("Error")) leave(node);
    },
    TemplateLiteral: leave,
  }).visit(program);
  return ranges;
}
