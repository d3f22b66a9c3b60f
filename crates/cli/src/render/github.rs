//! GitHub workflow commands: annotations on the lines of a pull request.

use crate::check::Run;
use crate::item::{Item, citations};
use shenyan_lint::Severity;
use std::fmt::Write as _;

pub fn render(run: &Run) -> String {
    let words = run.words;
    let mut out = String::new();
    for f in &run.files {
        for i in f.items.iter().filter(|i| i.finding.waived.is_none()) {
            let level = match i.finding.severity {
                _ if i.known => "notice",
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => "notice",
            };
            let mut title = format!("{} {}", i.finding.rule.id, words.get(&i.finding.rule.title));
            if i.known {
                let _ = write!(title, " ({})", words.known());
            }
            let mut message = words.get(&i.finding.message).to_owned();
            if !i.finding.basis.is_empty() {
                let basis = citations(&i.finding.basis, words);
                let _ = write!(message, "\n{}{}{basis}", words.basis(), words.colon());
            }
            // A file that is not text has no lines to stand at: the place goes into the message.
            let place = match &i.location {
                Some(location) => {
                    let clause = i.finding.clause.as_deref().unwrap_or_default();
                    message = format!("{} {clause}\n{message}", words.location(location));
                    String::new()
                }
                None => lines(i),
            };
            let _ = writeln!(
                out,
                "::{level} file={}{place},title={}::{}",
                property(&f.path),
                property(&title),
                data(&message),
            );
        }
    }
    out
}

fn lines(i: &Item) -> String {
    // GitHub's last column is inside the words, ours is one past them.
    let end_column = if i.end.line == i.start.line {
        (i.end.column.saturating_sub(1)).max(i.start.column)
    } else {
        i.end.column
    };
    format!(",line={},col={},endLine={},endColumn={end_column}", i.start.line, i.start.column, i.end.line)
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(super::data("a%\r\nb:c"), "a%25%0D%0Ab:c");
        assert_eq!(super::property("a,b:c\n"), "a%2Cb%3Ac%0A");
    }
}
