/** Long lists of words in a TOML text, over as many lines as people can read and edit. */
import { parse, stringify } from "smol-toml";

const LONGEST_LINE = 100;
const INDENT = "  ";

/** The text, as `stringify` writes it, with each list of strings that is longer than a line wrapped. */
export function wrapLists(text: string): string {
  return text
    .split("\n")
    .map((line) => {
      const head = /^(?:[\w-]+|"[^"\\]*") = (?=\[ ")/.exec(line)?.[0];
      if (head === undefined || line.length <= LONGEST_LINE) return line;
      const [items] = Object.values(parse(line));
      const isWords = Array.isArray(items) && items.every((item) => typeof item === "string");
      return isWords ? `${head}[\n${fill(items.map(quoted))}\n]` : line;
    })
    .join("\n");
}

/** Items, each with a comma, as many on a line as fit. */
function fill(items: readonly string[]): string {
  const lines: string[] = [];
  for (const item of items) {
    const longer = `${lines.at(-1)} ${item},`;
    if (lines.length > 0 && longer.length <= LONGEST_LINE) lines[lines.length - 1] = longer;
    else lines.push(`${INDENT}${item},`);
  }
  return lines.join("\n");
}

function quoted(item: string): string {
  return stringify({ item })
    .trim()
    .replace(/^item = /, "");
}
