import { App, FuzzySuggestModal, Modal } from "obsidian-test-mocks/obsidian";
import { beforeEach, expect, type Mock, onTestFinished, test, vi } from "vitest";
import { choose, type Choice } from "../src/choice";

/** What the person is asked; the app would show it. */
let asked: FuzzySuggestModal<Choice>[];

beforeEach(() => {
  asked = [];
  const open = vi.spyOn(Modal.prototype, "open").mockImplementation(function (this: Modal) {
    if (isChoice(this)) asked.push(this);
    this.onOpen();
  });
  onTestFinished(() => open.mockRestore());
});

interface Offered {
  readonly title: string;
  readonly run: Mock<() => Promise<void>>;
}

function choice(title: string, run: Offered["run"] = vi.fn()): Offered {
  return { title, run };
}

function isChoice(modal: Modal): modal is FuzzySuggestModal<Choice> {
  return modal instanceof FuzzySuggestModal;
}

function begin(...choices: Choice[]): { chosen: Promise<void>; app: App } {
  const app = App.createConfigured__();
  return { chosen: choose(app.asOriginalType__(), choices), app };
}

function theOneAsked(): FuzzySuggestModal<Choice> {
  const [modal, ...others] = asked;
  expect(others).toEqual([]);
  if (modal === undefined) throw new Error("nobody was asked");
  return modal;
}

/** Choose as a person does: the app closes what asks, then says what was chosen. */
function press(modal: FuzzySuggestModal<Choice>, item: Choice): void {
  modal.close();
  modal.onChooseSuggestion({ item, match: { score: 0, matches: [] } }, new MouseEvent("click"));
}

test("where there is nothing to choose nothing happens, and a single thing is done", async () => {
  await begin().chosen;
  const only = choice("only");
  await begin(only).chosen;
  expect(only.run).toHaveBeenCalledOnce();
  expect(asked).toEqual([]);
});

test("of several things the one that is chosen is done, and waited for", async () => {
  let done: () => void = () => undefined;
  const second = choice(
    "second",
    vi.fn(() => new Promise<void>((resolve) => void (done = resolve))),
  );
  const first = choice("first");
  const { chosen } = begin(first, second);
  const settled = vi.fn();
  void chosen.then(settled);
  const modal = theOneAsked();
  expect(modal.getItems().map((each) => modal.getItemText(each))).toEqual(["first", "second"]);
  press(modal, second);
  await Promise.resolve();
  expect(settled).not.toHaveBeenCalled();
  await vi.waitFor(() => {
    done();
    expect(settled).toHaveBeenCalledOnce();
  });
  expect(first.run).not.toHaveBeenCalled();
});

test("whoever closes it chooses nothing", async () => {
  const both = [choice("first"), choice("second")];
  const { chosen } = begin(...both);
  theOneAsked().close();
  await chosen;
  for (const { run } of both) expect(run).not.toHaveBeenCalled();
});

test("where it fails whoever asked hears of it", async () => {
  const failing = choice("failing", vi.fn().mockRejectedValue(new Error("it went away")));
  await expect(begin(failing).chosen).rejects.toThrow("it went away");
  const { chosen } = begin(choice("first"), failing);
  press(theOneAsked(), failing);
  await expect(chosen).rejects.toThrow("it went away");
});
