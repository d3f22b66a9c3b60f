import assert from "node:assert/strict";
import { test } from "node:test";
import { familyOf, group, type Finding } from "../../src/grouping";

function finding(rule: string, severity: number, file = "a.md", line = 0): Finding {
  return { rule, severity, file, line, column: 0, message: "" };
}

test("the worst family comes first, and findings keep to their places", () => {
  const groups = group([
    finding("fee/free-claim", 1),
    finding("fee/unstated", 1),
    finding("clause/cost-shift", 0, "b.md", 3),
    finding("clause/cost-shift", 2, "a.md", 9),
    finding("clause/refund-refusal", 0, "a.md", 2),
    finding("absolute/ranking", 0),
  ]);
  assert.deepEqual(groups.map((g) => [g.family, g.findings.length]), [["clause", 3], ["absolute", 1], ["fee", 2]]);
  assert.deepEqual(groups[0]?.findings.map((f) => [f.file, f.line]), [["a.md", 2], ["a.md", 9], ["b.md", 3]]);
});

test("a family is what stands before the slash", () => {
  assert.equal(familyOf("fee/unstated"), "fee");
  assert.equal(familyOf("internal"), "");
  assert.deepEqual(group([]), []);
});
