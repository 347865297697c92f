import assert from "node:assert/strict";
import { test } from "node:test";
import { protocolSchema } from "@malleolus/schema";
import { parse } from "smol-toml";
import { ankleProtocol, protocolText } from "./ankle-protocol.ts";
import { wrapLists } from "./wrap-lists.ts";

test("protocolText: only a single long term is longer than a line, and it reads back as it was", () => {
  const text = protocolText(ankleProtocol);
  const long = text.split("\n").filter((line) => line.length > 100);
  assert.deepEqual(
    long.filter((line) => !/^ {2}"[^"]*",$/.test(line)),
    [],
  );
  assert.deepEqual(protocolSchema.parse(parse(text)), ankleProtocol);
});

test("protocolText: explains what the words of screening are made of", () => {
  const [, explained] = /((?:# .*\n)+)\[screening\]/.exec(protocolText(ankleProtocol)) ?? [];
  for (const sign of ["* stands", '"..." for', "| between"]) assert.ok(explained.includes(sign));
});

test("wrapLists: quotes, commas, brackets and long words stay what they were", () => {
  const words = ['say "no", ["', "back\\slash", "#", "tab\t", "é".repeat(120), "', '", "a = [ b ]"];
  const text = `words = ${JSON.stringify([...words, ...words]).replace("[", "[ ")}\n`;
  assert.notEqual(wrapLists(text), text);
  assert.deepEqual(parse(wrapLists(text)).words, [...words, ...words]);
});

test("wrapLists: short lists, other lists and long strings stay as they were", () => {
  const numbers = Array.from({ length: 60 }, (_, index) => index).join(", ");
  const text = `short = [ "a", "b" ]\nnumbers = [ ${numbers} ]\nlong = "${"a, ".repeat(60)}"\n`;
  assert.equal(wrapLists(text), text);
});
