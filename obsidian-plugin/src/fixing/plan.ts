import {
  CancellationTokenSource,
  ExecuteCommandRequest,
  LSPErrorCodes,
  type ProtocolConnection,
  ResponseError,
  WorkDoneProgress,
  WorkspaceEdit,
} from "vscode-languageserver-protocol";
import { fieldsOf, listOf, textOf } from "../answers";
import type { VaultUris } from "../uris";
import { type Hashes, hashesIn, type Left } from "./changes";

/** What a fix changes in a note: lines, each with its sign of a diff before it. */
export interface NoteDiff {
  readonly path: string;
  readonly lines: readonly string[];
}

/** A fix that can be done without risk. */
export interface PlannedFix {
  readonly id: string;
  /** The note where it begins, and the line there, from 0. */
  readonly path: string;
  readonly line: number;
  /** The rule that wants it, and what that found. */
  readonly code: string;
  readonly message: string;
  /** What it does. */
  readonly title: string;
  readonly diffs: readonly NoteDiff[];
}

/** What is to be done in one go, for the texts of these hashes. */
export interface PlannedEdit {
  readonly edit: WorkspaceEdit;
  readonly hashes: Hashes;
}

export interface Plan {
  readonly fixes: readonly PlannedFix[];
  /** All fixes together. */
  readonly edits: readonly PlannedEdit[];
  readonly refused: readonly Left[];
}

/** Which fixes are planned. */
export interface Wish {
  /** The note that they touch, and no other one; else they are those of the whole vault. */
  readonly path?: string;
  /** The ids of fixes that are not wanted. */
  readonly without?: readonly string[];
}

/** Whoever waits for a plan. */
export interface Waiting {
  /** Gives the plan up. */
  readonly signal: AbortSignal;
  /** Hears how far it is. */
  readonly say: (words: string) => void;
}

/** Ask the server what the safe fixes would change; null where that was given up. */
export async function planFixes(
  connection: ProtocolConnection,
  uris: VaultUris,
  { path, without = [] }: Wish,
  { signal, say }: Waiting,
): Promise<Plan | null> {
  const cancellation = new CancellationTokenSource();
  const cancel = (): void => cancellation.cancel();
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  const workDoneToken = crypto.randomUUID();
  const heard = connection.onProgress(WorkDoneProgress.type, workDoneToken, (step) => {
    if (step.kind === "report" && step.message !== undefined) say(step.message);
  });
  const asked = { ...(path === undefined ? {} : { uri: uris.of(path) }), without };
  try {
    const answer: unknown = await connection.sendRequest(
      ExecuteCommandRequest.type,
      { command: "vaultlint.planFixes", arguments: [asked], workDoneToken },
      cancellation.token,
    );
    return signal.aborted ? null : planIn(answer, uris);
  } catch (error) {
    if (error instanceof ResponseError && error.code === LSPErrorCodes.RequestCancelled) return null;
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
    cancellation.dispose();
    heard.dispose();
  }
}

function planIn(answer: unknown, uris: VaultUris): Plan {
  const { fixes, edits, refused } = fieldsOf(answer);
  const pathOf = (uri: unknown): string => uris.path(textOf(uri)) ?? textOf(uri);
  return {
    fixes: listOf(fixes).map((each) => fix(fieldsOf(each), pathOf)),
    edits: listOf(edits).map((each) => planned(fieldsOf(each))),
    refused: listOf(refused).map((each) => {
      const { uri, message } = fieldsOf(each);
      return { path: pathOf(uri), reason: textOf(message) };
    }),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fix(told: Fields, pathOf: (uri: unknown) => string): PlannedFix {
  const { line } = fieldsOf(told["position"]);
  return {
    id: textOf(told["id"]),
    path: pathOf(told["uri"]),
    line: typeof line === "number" ? line : 0,
    code: textOf(told["code"]),
    message: textOf(told["message"]),
    title: textOf(told["title"]),
    diffs: listOf(told["changes"]).map((each) => {
      const { uri, diff } = fieldsOf(each);
      return { path: pathOf(uri), lines: listOf(diff).map(textOf) };
    }),
  };
}

function planned({ edit, hashes }: Fields): PlannedEdit {
  if (!WorkspaceEdit.is(edit)) throw new Error("the answer of the server has no edit where one must be");
  return { edit, hashes: hashesIn(hashes) };
}
