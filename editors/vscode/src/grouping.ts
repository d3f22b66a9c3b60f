// From a flat list of findings to the tree that is shown. Pure.

/** One finding, as the editor knows it. */
export interface Finding {
  readonly file: string;
  /** From 0. */
  readonly line: number;
  readonly column: number;
  /** 0 error, 1 warning, 2 and more hint. */
  readonly severity: number;
  /** `family/name`. */
  readonly rule: string;
  readonly message: string;
}

export interface Group<F extends Finding> {
  readonly family: string;
  readonly findings: readonly F[];
}

/** The family a rule id names. */
export function familyOf(rule: string): string {
  const slash = rule.indexOf("/");
  return slash < 0 ? "" : rule.slice(0, slash);
}

/**
 * Groups findings by family: the worst family first (most errors, then most findings), and in a
 * family by file and position, so that the list stays still while one edits.
 */
export function group<F extends Finding>(findings: readonly F[]): readonly Group<F>[] {
  const families = new Map<string, F[]>();
  for (const finding of findings) {
    const family = familyOf(finding.rule);
    const list = families.get(family);
    if (list) list.push(finding);
    else families.set(family, [finding]);
  }
  for (const list of families.values()) list.sort(byPlace);
  return [...families]
    .map(([family, list]) => ({ family, findings: list }))
    .sort(
      (a, b) =>
        errors(b.findings) - errors(a.findings) ||
        b.findings.length - a.findings.length ||
        (a.family < b.family ? -1 : 1),
    );
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
}

function errors(findings: readonly Finding[]): number {
  return findings.filter((finding) => finding.severity === 0).length;
}
