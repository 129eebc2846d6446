import { expect, test } from "vitest";
import { Log } from "../../src/backend/log";

test("pieces become lines again, and a line of its own begins one", () => {
  const log = new Log(1000);
  log.add("first\nsec");
  log.add("ond\nthi");
  log.line("started");
  expect(log.text).toBe("first\nsecond\nthi\nstarted\n");
});

test("the last whole lines are kept, and never more than the log holds", () => {
  const log = new Log(12);
  for (let number = 1; number <= 9; number++) log.line(`line ${number}`);
  expect(log.text).toBe("line 9\n");
  log.add("x".repeat(50));
  expect(log.text).toBe("x".repeat(12));
});

test("nothing is kept while that is not wanted", () => {
  let wanted = false;
  const log = new Log(100, () => wanted);
  log.line("before");
  wanted = true;
  log.line("after");
  expect(log.text).toBe("after\n");
});
