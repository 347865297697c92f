/**
 * What the architecture rules need to know about one TypeScript file: what it imports, and which of
 * the guarded things it does. It reads the syntax tree, so comments and strings cannot mislead it.
 */
import {
  type ImportDeclaration,
  type MemberExpression,
  type Program,
  parseSync,
  Visitor,
} from "oxc-parser";

export interface Import {
  /** As written, or undefined where it is computed when the program runs. */
  readonly specifier: string | undefined;
  /** `import type` and `import("…")` in a type: gone before the program runs. */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface Act {
  readonly kind:
    | "environment"
    | "native"
    | "network"
    | "node"
    | "not a re-export"
    | "export of all";
  readonly what: string;
  readonly line: number;
}

export interface SourceFacts {
  readonly imports: readonly Import[];
  readonly acts: readonly Act[];
  readonly lines: number;
  /** The comment before the first statement, or "". */
  readonly header: string;
}

/** @throws where the file is not TypeScript. */
export function readSourceFacts(path: string, text: string): SourceFacts {
  const { program, errors, comments } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length;
  const start = program.body[0]?.start ?? text.length;
  return {
    imports: readImports(program, lineOf),
    acts: [
      ...readActs(program, lineOf),
      ...readOtherThanReExports(program, lineOf),
      ...readExportsOfAll(program, lineOf),
    ],
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    header: comments
      .filter(({ end }) => end <= start)
      .map(({ value }) => value)
      .join("\n"),
  };
}

type LineOf = (offset: number) => number;

function readImports(program: Program, lineOf: LineOf): Import[] {
  const imports: Import[] = [];
  const add = (node: { start: number }, specifier: string | undefined, typeOnly: boolean) =>
    imports.push({ specifier, typeOnly, line: lineOf(node.start) });
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source.value, node.importKind === "type"),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node, node.source.value, node.exportKind === "type");
    },
    ExportAllDeclaration: (node) => add(node, node.source.value, node.exportKind === "type"),
    ImportExpression: (node) => add(node, stringOf(node.source), false),
    TSImportType: (node) => add(node, node.source.value, true),
    CallExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name === "require") {
        add(node, stringOf(node.arguments[0]), false);
      }
    },
  }).visit(program);
  return imports;
}

const environmentNames: ReadonlySet<string> = new Set(["argv", "execArgv", "env"]);

function readActs(program: Program, lineOf: LineOf): Act[] {
  const acts: Act[] = [];
  const add = (kind: Act["kind"], what: string, node: { start: number }) =>
    acts.push({ kind, what, line: lineOf(node.start) });
  new Visitor({
    MemberExpression: (node) => {
      const name = propertyOf(node);
      if (name === undefined || !isProcess(node.object)) return;
      if (environmentNames.has(name)) add("environment", `process.${name}`, node);
      if (name === "dlopen") add("native", "process.dlopen", node);
    },
    VariableDeclarator: (node) => {
      if (node.id.type !== "ObjectPattern" || node.init === null || !isProcess(node.init)) return;
      add("environment", "taking process apart", node);
    },
    ImportDeclaration: (node) => {
      for (const name of importedNames(node)) {
        if (/^(node:)?process$/.test(node.source.value)) {
          if (name === "*" || environmentNames.has(name)) {
            add("environment", `${name} of ${node.source.value}`, node);
          }
          if (name === "*" || name === "dlopen") add("native", `${name} of process`, node);
        }
        if (/^(node:)?util$/.test(node.source.value) && name === "parseArgs") {
          add("environment", "parseArgs", node);
        }
      }
    },
    Literal: (node) => {
      if (typeof node.value === "string" && node.value.endsWith(".node")) {
        add("native", `"${node.value}"`, node);
      }
    },
    TemplateElement: (node) => {
      if (node.value.raw.endsWith(".node")) add("native", "a path to a .node file", node);
    },
    CallExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name === "fetch") {
        add("network", "fetch", node);
      }
    },
    Identifier: (node) => {
      if (node.name === "Buffer" || node.name === "process") add("node", node.name, node);
    },
  }).visit(program);
  return acts;
}

function readOtherThanReExports(program: Program, lineOf: LineOf): Act[] {
  return program.body
    .filter(
      (node) =>
        node.type !== "ExportAllDeclaration" &&
        !(node.type === "ExportNamedDeclaration" && node.source !== null),
    )
    .map((node) => ({ kind: "not a re-export", what: node.type, line: lineOf(node.start) }));
}

/** `export *`, but for a namespace of that name and for what a program wrote. */
function readExportsOfAll(program: Program, lineOf: LineOf): Act[] {
  return program.body.flatMap((node) => {
    if (node.type !== "ExportAllDeclaration" || node.exported !== null) return [];
    const { value } = node.source;
    if (value.endsWith(".generated.ts")) return [];
    return [{ kind: "export of all", what: `export * from "${value}"`, line: lineOf(node.start) }];
  });
}

/** The names a declaration takes from its module; `*` for the module as a whole. */
function importedNames(node: ImportDeclaration): string[] {
  return node.specifiers.map((specifier) => {
    if (specifier.type !== "ImportSpecifier") return "*";
    const { imported } = specifier;
    return imported.type === "Literal" ? imported.value : imported.name;
  });
}

function isProcess(node: { type: string; name?: unknown }): boolean {
  if (node.type === "Identifier") return node.name === "process";
  return isMember(node) && propertyOf(node) === "process";
}

function isMember(node: { type: string }): node is MemberExpression {
  return node.type === "MemberExpression";
}

function propertyOf(node: MemberExpression): string | undefined {
  if (node.property.type === "Identifier" && !node.computed) return node.property.name;
  return stringOf(node.property);
}

function stringOf(node: { type: string; value?: unknown } | undefined): string | undefined {
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}
