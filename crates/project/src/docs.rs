//! Parts of a rule's documentation.

/// The first paragraph under one of the headings, in one line. A heading is a Markdown heading,
/// or a line that starts with the words and a colon.
pub fn section(docs: &str, names: &[&str]) -> Option<String> {
    let mut lines = docs.lines();
    let rest = lines.find_map(|line| {
        let bare = line.trim().trim_start_matches('#').trim().replace("**", "");
        let rest = names.iter().find_map(|n| bare.strip_prefix(n))?;
        let said = rest.trim_start_matches(['：', ':', '？', '?', '。']).trim();
        let heading = rest.len() != said.len() || rest.is_empty();
        heading.then(|| said.to_owned())
    })?;
    let paragraph: Vec<&str> = if rest.is_empty() {
        let body = lines.skip_while(|l| l.trim().is_empty());
        body.take_while(|l| !l.trim().is_empty() && !l.starts_with('#')).map(str::trim).collect()
    } else {
        lines.take_while(|l| !l.trim().is_empty() && !l.starts_with('#')).map(str::trim).collect()
    };
    let mut out = rest;
    for line in paragraph {
        // Chinese lines join without a space.
        let ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if ascii(out.chars().last()) && ascii(line.chars().next()) {
            out.push(' ');
        }
        out += line;
    }
    let out = out.replace("**", "").replace('`', "");
    (!out.is_empty()).then_some(out)
}

/// Why a rule is there.
pub fn why(docs: &str, english: bool) -> Option<String> {
    let own = english.then(|| section(docs, &["Why"])).flatten();
    own.or_else(|| section(docs, &["为什么", "理由"]))
}

/// What to write instead.
pub fn repair(docs: &str, english: bool) -> Option<String> {
    let own = english.then(|| section(docs, &["Repair", "Instead", "What to write"])).flatten();
    own.or_else(|| section(docs, &["怎样改", "怎么改", "改法"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_found_however_they_are_headed() {
        for docs in [
            "## 为什么\n\n法律禁止。\n当罚。\n\n另一段\n\n## 怎样改\n删去。\n",
            "**为什么**：法律禁止。\n当罚。\n\n怎样改：删去。",
            "为什么\n法律禁止。\n当罚。\n## 怎样改\n\n删去。\n",
        ] {
            assert_eq!(why(docs, false).as_deref(), Some("法律禁止。当罚。"), "{docs}");
            assert_eq!(repair(docs, true).as_deref(), Some("删去。"), "{docs}");
        }
        assert_eq!(why("为什么不行要看情形", false), None);
        assert_eq!(why("", false), None);
    }
}
