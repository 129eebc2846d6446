import { Events, type EventRef } from "obsidian";
import {
  type Diagnostic,
  DiagnosticSeverity,
  type Disposable,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type Range,
} from "vscode-languageserver-protocol";
import type { VaultUris } from "./uris";

export const SEVERITIES = ["error", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What the server found at a place of a note. Lines and characters count from 0, in UTF-16. */
export interface Finding {
  readonly range: Range;
  readonly severity: Severity;
  /** The rule's code, such as `VL201`. */
  readonly code: string;
  readonly message: string;
}

const NONE: readonly Finding[] = [];

/** The findings of the whole vault as the server last told them, by path in the vault. */
export class Findings extends Events {
  private readonly found = new Map<string, readonly Finding[]>();
  private readonly versions = new Map<string, number>();

  constructor(private readonly uris: VaultUris) {
    super();
  }

  /** Keep what this server tells, until what is returned is disposed of. */
  listen(connection: ProtocolConnection): Disposable {
    return connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics, version }) => {
      const path = this.uris.path(uri);
      if (path !== null) this.replace(path, diagnostics.map(finding), version);
    });
  }

  of(path: string): readonly Finding[] {
    return this.found.get(path) ?? NONE;
  }

  /** The version of the open text in which they were found; undefined where it was the file. */
  versionOf(path: string): number | undefined {
    return this.versions.get(path);
  }

  /** Each note that has findings, in no order. */
  all(): Iterable<readonly [string, readonly Finding[]]> {
    return this.found.entries();
  }

  replace(path: string, findings: readonly Finding[], version?: number): void {
    if (version === undefined) this.versions.delete(path);
    else this.versions.set(path, version);
    if (findings.length > 0) this.found.set(path, findings);
    else if (!this.found.delete(path)) return;
    this.trigger("changed", path);
  }

  clear(): void {
    const paths = [...this.found.keys()];
    this.found.clear();
    this.versions.clear();
    for (const path of paths) this.trigger("changed", path);
  }

  /** Hear of each note whose findings changed. */
  onChange(heard: (path: string) => void): EventRef {
    return this.on("changed", (path) => {
      if (typeof path === "string") heard(path);
    });
  }
}

function finding({ range, severity, code, message }: Diagnostic): Finding {
  return {
    range,
    severity: severityOf(severity),
    code: String(code ?? ""),
    message: typeof message === "string" ? message : message.value,
  };
}

function severityOf(severity: DiagnosticSeverity | undefined): Severity {
  if (severity === DiagnosticSeverity.Error) return "error";
  return severity === DiagnosticSeverity.Warning ? "warning" : "info";
}
