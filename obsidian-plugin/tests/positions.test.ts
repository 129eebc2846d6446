import { Text } from "@codemirror/state";
import { expect, test } from "vitest";
import { difference, moved, offsetAt, positionAt, rangeOf, spanOf } from "../src/positions";

const text = Text.of(["# Soil", "", "see 🌱 [[Beds]]"]);

test("a position and its offset lead to each other, counted in UTF-16", () => {
  expect(offsetAt(text, { line: 2, character: 7 })).toBe(15);
  expect(positionAt(text, 15)).toEqual({ line: 2, character: 7 });
  expect(text.sliceString(15)).toBe("[[Beds]]");
});

test("a position behind its line is at the end of that, one outside the text at its end", () => {
  expect(offsetAt(text, { line: 0, character: 99 })).toBe(6);
  expect(offsetAt(text, { line: 9, character: 0 })).toBe(text.length);
  expect(offsetAt(text, { line: -1, character: 3 })).toBe(0);
  expect(offsetAt(text, { line: 2, character: -3 })).toBe(8);
  expect(positionAt(text, 999)).toEqual({ line: 2, character: 15 });
  expect(positionAt(text, -1)).toEqual({ line: 0, character: 0 });
});

test("a range and its span lead to each other", () => {
  const range = { start: { line: 0, character: 2 }, end: { line: 2, character: 3 } };
  expect(spanOf(text, range)).toEqual({ from: 2, to: 11 });
  expect(rangeOf(text, { from: 2, to: 11 })).toEqual(range);
});

test("a range that ends before it begins is empty", () => {
  const range = { start: { line: 2, character: 3 }, end: { line: 0, character: 0 } };
  expect(spanOf(text, range)).toEqual({ from: 11, to: 11 });
});

test("a place moves with the text before it and stays with the text behind it", () => {
  const changes = difference(Text.of(["one two three"]), Text.of(["one and two three"]));
  expect(moved({ from: 0, to: 3 }, changes)).toEqual({ from: 0, to: 3 });
  expect(moved({ from: 8, to: 13 }, changes)).toEqual({ from: 12, to: 17 });
});

test("a place of which nothing is left is gone, and an empty one is not", () => {
  const changes = difference(Text.of(["one or three"]), Text.of(["one three"]));
  expect(moved({ from: 4, to: 6 }, changes)).toBeNull();
  expect(moved({ from: 5, to: 5 }, changes)).toEqual({ from: 4, to: 4 });
});

test("equal texts differ nowhere", () => {
  expect(difference(Text.of(["a", "b"]), Text.of(["a", "b"])).empty).toBe(true);
});
