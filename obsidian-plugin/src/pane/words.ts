import { SEVERITIES, type Severity } from "../findings";
import { counted } from "../names";
import type { Counts } from "./model";

export const ICONS: Readonly<Record<Severity, string>> = {
  error: "circle-x",
  warning: "triangle-alert",
  info: "info",
};

export const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  info: "hint",
};

/** Such as `1 error, 3 hints`; empty where nothing is counted. */
export function inWords(counts: Counts): string {
  const some = SEVERITIES.filter((severity) => counts[severity] > 0);
  return some.map((severity) => counted(counts[severity], SEVERITY_NAMES[severity])).join(", ");
}
