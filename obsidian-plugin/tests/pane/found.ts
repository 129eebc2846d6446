import type { Finding, Severity } from "../../src/findings";

/** A finding on a line, counted from 0. */
export function finding(line: number, code: string, message: string, severity: Severity = "error"): Finding {
  const range = { start: { line, character: 2 }, end: { line, character: 5 } };
  return { range, severity, code, message };
}
