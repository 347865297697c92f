import assert from "node:assert/strict";
import test from "node:test";
import {
  certaintyOfKey,
  classKeys,
  commands,
  exclusionOfKey,
  keyLabel,
  readerKeys,
} from "./bindings.ts";
import { isForPage, isSingleKey } from "./key-target.ts";
import { type KeyPress, namesOfKey } from "./match-key.ts";

const plain: KeyPress = {
  key: "",
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
};

test("keys: letters by what is produced, digits and punctuation by place, on four keyboards", () => {
  const cases: readonly (readonly [string, Partial<KeyPress>, string])[] = [
    ["an American A", { key: "a", code: "KeyA" }, "a"],
    ["a French A, where Q is in English", { key: "a", code: "KeyQ" }, "a"],
    ["a Cyrillic letter on the place of A", { key: "ф", code: "KeyA" }, "a"],
    ["with caps lock", { key: "I", code: "KeyI" }, "i"],
    ["a French 1, which produces &", { key: "&", code: "Digit1" }, "1"],
    ["the number pad's 3", { key: "3", code: "Numpad3" }, "3"],
    ["Shift and 2", { key: "@", code: "Digit2", shiftKey: true }, "Shift+2"],
    ["plus on an American keyboard", { key: "+", code: "Equal", shiftKey: true }, "Shift+="],
    ["plus on a German one", { key: "+", code: "BracketRight" }, "+"],
    ["a slash", { key: "/", code: "Slash" }, "/"],
    ["Home with Shift", { key: "Home", code: "Home", shiftKey: true }, "Shift+Home"],
    ["a Mac's command and Enter", { key: "Enter", code: "Enter", metaKey: true }, "Ctrl+Enter"],
    ["the number pad's Enter", { key: "Enter", code: "NumpadEnter" }, "Enter"],
    ["save", { key: "s", code: "KeyS", ctrlKey: true }, "Ctrl+s"],
  ];
  for (const [what, press, expected] of cases) {
    assert.equal(namesOfKey({ ...plain, ...press })[0], expected, what);
  }
  // On a German keyboard the question mark is on another place.
  assert.deepEqual(namesOfKey({ ...plain, key: "?", code: "Minus", shiftKey: true }), [
    "Shift+-",
    "?",
  ]);
  assert.deepEqual(namesOfKey({ ...plain, key: "a", code: "KeyA", altKey: true }), []);
});

test("keys: every command has a key, and letters of classes mean nothing else", () => {
  const bound = new Set(readerKeys.values());
  assert.deepEqual(
    commands.filter((command) => !bound.has(command)),
    [],
  );
  const classes = Array.from({ length: 9 }, (_, i) => ({ id: `c${i}`, name: `${i}` }));
  const keys = classKeys({ classes, noFractureClass: "c3" });
  assert.deepEqual([...keys.values()].slice(0, 5), ["a", "b", "c", "0", "e"]);
  for (const key of keys.values()) assert.ok(!readerKeys.has(key), key);
});

test("keys: Shift and a digit is a certainty, a digit after X an exclusion", () => {
  assert.deepEqual(["Shift+1", "Shift+5", "Shift+6", "1"].map(certaintyOfKey), [
    1,
    5,
    undefined,
    undefined,
  ]);
  assert.deepEqual(["1", "9", "0", "Shift+1"].map(exclusionOfKey), [0, 8, undefined, undefined]);
});

test("keys: people read them in words of their keyboards", () => {
  assert.deepEqual(["a", "Shift+1", "Ctrl+Enter", "ArrowLeft", "+", "Shift+="].map(keyLabel), [
    "A",
    "Shift+1",
    "Ctrl+Enter",
    "←",
    "+",
    "Shift+=",
  ]);
});

test("keys: a control that has the focus keeps its own, and text takes all but two", () => {
  const cases = [
    ["text", "a", false],
    ["text", "Ctrl+Enter", true],
    ["text", "Escape", true],
    ["menu", "i", false],
    ["radio", "ArrowLeft", false],
    ["radio", "i", true],
    ["radio", "Enter", true],
    ["button", "Enter", false],
    ["button", "i", true],
    ["page", "Enter", true],
  ] as const;
  for (const [focus, name, expected] of cases) {
    assert.equal(isForPage(name, focus), expected, `${name} in ${focus}`);
  }
  assert.deepEqual(["a", "Shift+2", "Ctrl+s", "Enter"].map(isSingleKey), [
    true,
    true,
    false,
    false,
  ]);
});
