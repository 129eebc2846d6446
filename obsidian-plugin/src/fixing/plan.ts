import {
  ExecuteCommandRequest,
  type ProtocolConnection,
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

/**
 * Ask the server what the safe fixes would change: in the whole vault, or of those that touch the note at
 * `path` alone. `without`: the ids of fixes that are not wanted.
 */
export async function planFixes(
  connection: ProtocolConnection,
  uris: VaultUris,
  wish: { readonly path?: string; readonly without?: readonly string[] },
): Promise<Plan> {
  const { path, without = [] } = wish;
  const answer: unknown = await connection.sendRequest(ExecuteCommandRequest.type, {
    command: "vaultlint.planFixes",
    arguments: [{ ...(path === undefined ? {} : { uri: uris.of(path) }), without }],
  });
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
