import { type Finding, SEVERITIES, type Severity } from "../findings";
import { folderOf } from "../names";

export const GROUPINGS = ["note", "rule", "folder"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What of the findings is wanted, and how. */
export interface Wish {
  readonly grouping: Grouping;
  readonly severities: ReadonlySet<Severity>;
  /** Each of these words must occur: in the note's path, the rule's code or name, or the message. */
  readonly words: string;
}

/** A finding in its note. */
export interface Problem {
  readonly path: string;
  readonly finding: Finding;
}

export interface Group {
  /** The path of the note or folder, or the code of the rule. */
  readonly key: string;
  /** In the order of notes and places. Never empty. */
  readonly problems: readonly Problem[];
}

export type Counts = Record<Severity, number>;

/** The name of a rule by its code. */
export type NameOf = (code: string) => string;

type Found = Iterable<readonly [path: string, findings: readonly Finding[]]>;

const ORDER = new Intl.Collator(undefined, { numeric: true });

/** How many findings there are of each severity. */
export function countsOf(found: Found): Counts {
  const counts: Counts = { error: 0, warning: 0, info: 0 };
  for (const [, findings] of found) {
    for (const { severity } of findings) counts[severity]++;
  }
  return counts;
}

/** The findings that are wanted, in groups: notes and folders by name, rules with the gravest first. */
export function groupsOf(found: Found, { grouping, severities, words }: Wish, nameOf: NameOf): Group[] {
  const wanted = wordsWanted(words, nameOf);
  const groups = new Map<string, Problem[]>();
  const notes = [...found].sort(([one], [other]) => ORDER.compare(one, other));
  for (const [path, findings] of notes) {
    for (const finding of findings) {
      if (!severities.has(finding.severity) || !wanted(path, finding)) continue;
      const key = grouping === "note" ? path : grouping === "rule" ? finding.code : folderOf(path);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [{ path, finding }]);
      else group.push({ path, finding });
    }
  }
  return inOrder(
    grouping,
    [...groups].map(([key, problems]) => ({ key, problems })),
  );
}

function inOrder(grouping: Grouping, groups: Group[]): Group[] {
  if (grouping === "note") return groups; // as the notes are
  if (grouping === "folder") return groups.sort((one, other) => ORDER.compare(one.key, other.key));
  const ranked = new Map(groups.map((group) => [group, rankOf(group)]));
  return groups.sort((one, other) => {
    return (ranked.get(one) ?? 0) - (ranked.get(other) ?? 0) || ORDER.compare(one.key, other.key);
  });
}

/** The rank of the gravest severity in a group; 0 is the gravest there is. */
function rankOf({ problems }: Group): number {
  let rank: number = SEVERITIES.length;
  for (const { finding } of problems) rank = Math.min(rank, SEVERITIES.indexOf(finding.severity));
  return rank;
}

function wordsWanted(words: string, nameOf: NameOf): (path: string, finding: Finding) => boolean {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return () => true;
  return (path, { code, message }) => {
    const text = `${path}\n${code}\n${nameOf(code)}\n${message}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
}

// --- rows -------------------------------------------------------------------------------------

/** A line of the pane: the head of a group, which is open or not, or a problem in one that is. */
export interface Row {
  readonly group: Group;
  readonly open: boolean;
  /** 0 for the head, then the number of the problem from 1. */
  readonly offset: number;
  /** Null for the head. */
  readonly problem: Problem | null;
}

/** The rows of groups, of which those in `open` show their problems. None is made before it is asked for. */
export class Rows {
  /** The row of each group's head, then how many rows there are. */
  private readonly heads: number[] = [0];

  constructor(
    private readonly groups: readonly Group[],
    private readonly open: ReadonlySet<string>,
  ) {
    let at = 0;
    for (const { key, problems } of groups) {
      at += open.has(key) ? problems.length + 1 : 1;
      this.heads.push(at);
    }
  }

  get length(): number {
    return this.heads[this.groups.length] ?? 0;
  }

  /** The row at an index; null where there is none. */
  at(index: number): Row | null {
    const number = this.numberOf(index);
    const group = this.groups[number];
    const head = this.heads[number];
    if (group === undefined || head === undefined) return null;
    const offset = index - head;
    const problem = offset === 0 ? null : group.problems[offset - 1];
    return problem === undefined ? null : { group, open: this.open.has(group.key), offset, problem };
  }

  /** The index of a row of a group, of its last one where it has fewer; null where there is no such group. */
  indexOf(key: string, offset: number): number | null {
    const number = this.groups.findIndex((group) => group.key === key);
    const [head, next] = [this.heads[number], this.heads[number + 1]];
    return head === undefined || next === undefined ? null : Math.min(head + offset, next - 1);
  }

  /** The number of the group that a row belongs to. */
  private numberOf(index: number): number {
    let low = 0;
    let high = this.groups.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.heads[middle + 1] ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
