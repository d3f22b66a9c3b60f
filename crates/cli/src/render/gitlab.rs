//! GitLab code quality.

use crate::check::Run;
use serde_json::json;
use shenyan_lint::Severity;
use std::collections::HashMap;

pub fn render(run: &Run) -> String {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::new();
    for f in &run.files {
        for i in f.items.iter().filter(|i| i.finding.waived.is_none()) {
            // GitLab wants every fingerprint once: equal findings are numbered.
            let n = seen.entry(&i.fingerprint).or_default();
            *n += 1;
            let message = run.words.get(&i.finding.message);
            let description = match &i.location {
                // There are no lines to go to: the place goes into the words.
                Some(location) => {
                    let clause = i.finding.clause.as_ref().map_or_else(String::new, |c| format!(" {c}"));
                    format!("{}{clause}{}{message}", run.words.location(location), run.words.colon())
                }
                None => message.to_owned(),
            };
            all.push(json!({
                "description": description,
                "check_name": i.finding.rule.id,
                "fingerprint": if *n == 1 { i.fingerprint.clone() } else { format!("{}-{n}", i.fingerprint) },
                "severity": match i.finding.severity {
                    _ if i.known => "info",
                    Severity::Error => "major",
                    Severity::Warning => "minor",
                    Severity::Hint => "info",
                },
                "location": {
                    "path": f.path,
                    "lines": { "begin": i.start.line, "end": i.end.line },
                },
            }));
        }
    }
    let mut out = serde_json::to_string_pretty(&all).unwrap_or_default();
    out.push('\n');
    out
}
