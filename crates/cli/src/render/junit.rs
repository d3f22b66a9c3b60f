//! `JUnit` XML: a suite a file, a case a finding; what does not reach `--fail-on` passes.

use super::escape;
use crate::check::{Checked, Run};
use crate::item::{Item, citations};
use crate::words::Words;
use std::fmt::Write as _;

pub fn render(run: &Run) -> String {
    let fails = |f: &Checked, i: &Item| i.counts() && f.fail_on.fails(i.finding.severity);
    let failures = |f: &Checked| f.items.iter().filter(|i| fails(f, i)).count();
    let tests = |f: &Checked| f.items.len().max(1);
    let errors = run.problems.len();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let total: usize = run.files.iter().map(tests).sum::<usize>() + errors;
    let failed: usize = run.files.iter().map(failures).sum();
    let _ = writeln!(
        out,
        "<testsuites name=\"shenyan\" tests=\"{total}\" failures=\"{failed}\" errors=\"{errors}\">"
    );
    for f in &run.files {
        let path = escape(&f.path);
        let _ = writeln!(
            out,
            "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{}\" errors=\"0\">",
            tests(f),
            failures(f)
        );
        if f.items.is_empty() {
            let _ = writeln!(out, "    <testcase name=\"shenyan\" classname=\"{path}\"/>");
        }
        for i in &f.items {
            case(&mut out, &path, i, fails(f, i), run.words);
        }
        out += "  </testsuite>\n";
    }
    if errors > 0 {
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{errors}\" failures=\"0\" errors=\"{errors}\">",
            run.words.problems()
        );
        for p in &run.problems {
            let _ = writeln!(
                out,
                "    <testcase name=\"{}\" classname=\"{}\"><error type=\"{}\" message=\"{}\">{}</error></testcase>",
                escape(if p.path.is_empty() { p.kind } else { &p.path }),
                p.kind,
                p.kind,
                escape(run.words.get(&p.message)),
                escape(run.words.get(&p.hint)),
            );
        }
        out += "  </testsuite>\n";
    }
    out += "</testsuites>\n";
    out
}

fn case(out: &mut String, path: &str, i: &Item, fails: bool, words: Words) {
    let f = &i.finding;
    let clause = f.clause.as_ref().map_or_else(String::new, |c| format!(" {c}"));
    let name = format!("{} {}{clause}", f.rule.id, words.place_of(i));
    let _ = write!(out, "    <testcase name=\"{}\" classname=\"{path}\">", escape(&name));
    let message = escape(words.get(&f.message));
    let body = escape(&format!("{}\n{}", i.text, citations(&f.basis, words)));
    if fails {
        let _ = write!(out, "<failure type=\"{}\" message=\"{message}\">{body}</failure>", f.severity.id());
    } else if f.waived.is_some() {
        let _ = write!(out, "<skipped message=\"{}\"/>", words.waived());
    } else {
        let _ = write!(out, "<system-out>{}: {message}\n{body}</system-out>", f.severity.id());
    }
    out.push_str("</testcase>\n");
}
