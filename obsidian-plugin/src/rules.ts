import { type EventRef, Events } from "obsidian";
import { ExecuteCommandRequest, type ProtocolConnection } from "vscode-languageserver-protocol";
import { fieldsOf, listOf, textOf } from "./answers";

/** What the server says of its rules. */
export class Rules extends Events {
  private readonly names = new Map<string, string>();

  /** Ask this server for them. */
  async ask(connection: ProtocolConnection): Promise<void> {
    const answer: unknown = await connection.sendRequest(ExecuteCommandRequest.type, {
      command: "vaultlint.rules",
    });
    this.names.clear();
    for (const rule of listOf(answer)) {
      const { code, name } = fieldsOf(rule);
      this.names.set(textOf(code), textOf(name));
    }
    this.trigger("changed");
  }

  /** The name of a rule, such as `broken-link`; its code where the server said nothing of it. */
  nameOf(code: string): string {
    return this.names.get(code) ?? code;
  }

  /** Hear when other rules are known. */
  onChange(heard: () => void): EventRef {
    return this.on("changed", heard);
  }
}

/** The page of the rule of that code, in Markdown. */
export async function pageOf(connection: ProtocolConnection, code: string): Promise<string> {
  const page: unknown = await connection.sendRequest(ExecuteCommandRequest.type, {
    command: "vaultlint.explain",
    arguments: [code],
  });
  return textOf(page);
}
