import { Notice } from "obsidian-test-mocks/obsidian";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { whileWaiting } from "../../src/fixing/waiting";

let shown: Notice[];
let hidden: Notice[];

beforeEach(() => {
  shown = [];
  hidden = [];
  vi.useFakeTimers();
  vi.spyOn(Notice.prototype, "constructor__").mockImplementation(function (this: Notice) {
    shown.push(this);
  });
  vi.spyOn(Notice.prototype, "hide").mockImplementation(function (this: Notice) {
    hidden.push(this);
  });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
});

/** Work that lasts until `finish` is called. */
function work(): {
  waited: Promise<string>;
  say: (words: string) => void;
  finish: () => void;
} {
  let finish: (words: string) => void = () => undefined;
  let heard: (words: string) => void = () => undefined;
  const waited = whileWaiting("Working it out", new AbortController(), (say) => {
    heard = say;
    return new Promise<string>((resolve) => void (finish = resolve));
  });
  return { waited, say: (words) => heard(words), finish: () => finish("done") };
}

test("what is done soon is not talked about", async () => {
  const { waited, say, finish } = work();
  say("a little");
  finish();
  expect(await waited).toBe("done");
  vi.runAllTimers();
  expect(shown).toEqual([]);
});

test("what takes longer says how far it is, as long as it takes", async () => {
  const { waited, say, finish } = work();
  say("a little");
  vi.runAllTimers();
  const [notice] = shown;
  expect(notice?.duration__).toBe(0);
  expect(notice?.messageEl.textContent).toBe("Working it outa littleCancel");
  say("nearly all");
  expect(notice?.messageEl.querySelector(".vaultlint-said")?.textContent).toBe("nearly all");
  expect(hidden).toEqual([]);
  finish();
  await waited;
  expect(hidden).toEqual(shown);
});

test("it is given up by its button, and goes away with what failed", async () => {
  const giveUp = new AbortController();
  const waited = whileWaiting("Working it out", giveUp, () => {
    return new Promise<string>((_resolve, reject) => {
      giveUp.signal.addEventListener("abort", () => reject(new Error("given up")));
    });
  });
  vi.runAllTimers();
  shown[0]?.messageEl.querySelector("button")?.click();
  await expect(waited).rejects.toThrow("given up");
  expect(hidden).toEqual(shown);
});
