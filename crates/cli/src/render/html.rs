//! One page that needs nothing else: for the desk of somebody who has no terminal, and for the
//! file that is kept.

use super::escape;
use crate::check::{Checked, Run};
use crate::clauses::Sheet;
use crate::item::{Item, citations};
use crate::words::Words;
use shenyan_project::docs;
use std::fmt::Write as _;

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8884; --error: #c62828; --warning: #b26a00; --hint: #1565c0; }
body { font: 16px/1.7 system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; overflow-wrap: anywhere; }
.meta { color: #888; font-size: .85rem; overflow-wrap: anywhere; }
.sum span { display: inline-block; margin: 1rem 1.5rem 0 0; } .sum b { font-size: 1.6rem; margin-right: .3rem; }
article { border: 1px solid var(--line); border-left: .35rem solid; border-radius: .4rem; padding: .7rem 1rem; margin: .8rem 0; break-inside: avoid; }
article.error { border-left-color: var(--error); } article.warning { border-left-color: var(--warning); } article.hint { border-left-color: var(--hint); }
article.quiet { opacity: .65; border-left-color: #888; }
article header { display: flex; flex-wrap: wrap; gap: .2rem .8rem; font-size: .85rem; color: #888; }
article p { margin: .3rem 0; } .message { font-weight: 600; }
blockquote { margin: .4rem 0; padding: .3rem .8rem; background: #8881; border-radius: .3rem; overflow-wrap: anywhere; }
mark { background: #ffd54f; color: #000; padding: 0 .1em; } .error mark { background: #ffcdd2; } .hint mark { background: #bbdefb; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .9rem; margin: .4rem 0 0; font-size: .92rem; } dt { color: #888; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; } th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; } th { color: #888; } .clauses td:first-child { white-space: nowrap; } .clauses td:nth-child(2) { min-width: 6em; } .clauses td:nth-child(3) { min-width: 7em; }
.clauses a { color: inherit; text-decoration: none; } .clauses a:hover { text-decoration: underline; } .clauses small { color: #888; } article:target { outline: 2px solid #8888; }
@media (max-width: 40rem) { .clauses { display: block; overflow-x: auto; } }
.level { font-weight: 600; } .error .level { color: var(--error); } .warning .level { color: var(--warning); } .hint .level { color: var(--hint); }
";

pub fn render(run: &Run) -> String {
    let w = run.words;
    let s = &run.summary;
    let mut out = String::new();
    let lang = if w.lang.english() { "en" } else { "zh-CN" };
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n\
         <p class=\"meta\">shenyan {version} · {lexicon} {lv} {lh} · {as_of} {day}</p>\n",
        title = w.html_title(),
        version = env!("CARGO_PKG_VERSION"),
        lexicon = w.lexicon(),
        lv = shenyan_lexicon::VERSION,
        lh = shenyan_lexicon::HASH,
        as_of = w.as_of(),
        day = run.as_of,
    );
    let _ = writeln!(out, "<p>{}</p>", escape(&w.summary(s)));
    if !run.problems.is_empty() {
        let _ = writeln!(out, "<h2>{}</h2>", w.problems());
        for p in &run.problems {
            let at = p.place.as_ref().map(shenyan_project::Place::position);
            let at = at.map_or_else(String::new, |(l, c)| format!(":{l}:{c}"));
            let _ = writeln!(
                out,
                "<article class=\"error\"><header>{}{at}</header><p class=\"message\">{}</p><p>{}</p></article>",
                escape(&p.path),
                escape(w.get(&p.message)),
                escape(w.get(&p.hint)),
            );
        }
    }
    let found = run.files.iter().filter(|f| !f.items.is_empty() || f.sheet.is_some());
    for (n, f) in found.clone().enumerate() {
        file(&mut out, n, f, w);
    }
    if found.count() == 0 {
        let _ = writeln!(out, "<p>{}</p>", w.no_findings());
    }
    out += "</body>\n</html>\n";
    out
}

fn file(out: &mut String, number: usize, f: &Checked, w: Words) {
    let kind = match f.kind {
        shenyan_lint::Kind::Marketing => w.marketing(),
        shenyan_lint::Kind::Contract => w.contract(),
    };
    let _ = writeln!(out, "<h2>{} <span class=\"meta\">{kind}</span></h2>", escape(&f.path));
    if let Some(sheet) = &f.sheet {
        clauses(out, number, sheet, &f.items, w);
    }
    for (n, i) in f.items.iter().enumerate() {
        finding(out, &anchor(number, n), i, w);
    }
}

/// What a finding is linked to by.
fn anchor(file: usize, finding: usize) -> String {
    format!("f{file}-{finding}")
}

fn clauses(out: &mut String, file: usize, sheet: &Sheet, items: &[Item], w: Words) {
    let _ = writeln!(out, "<p class=\"meta\">{}</p>", escape(&sheet.head(w)));
    let _ = writeln!(
        out,
        "<table class=\"clauses\">\n<tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>",
        w.clause(),
        w.heading(),
        w.bears(),
        w.findings()
    );
    for row in &sheet.rows {
        let found: Vec<String> = (row.findings.iter().filter_map(|n| Some((*n, items.get(*n)?))))
            .map(|(n, i)| {
                // The clause of the row is said; the item in it is not.
                let clause = i.finding.clause.as_deref().filter(|c| *c != row.number(w));
                let clause = clause.map_or_else(String::new, |c| format!(" <small>{}</small>", escape(c)));
                format!(
                    "<div class=\"{}\"><span class=\"level\">{}</span>{clause} <a href=\"#{}\">{}</a></div>",
                    i.finding.severity.id(),
                    w.level(i.finding.severity),
                    anchor(file, n),
                    escape(w.get(&i.finding.message))
                )
            })
            .collect();
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(row.number(w)),
            escape(&row.heading),
            escape(&row.bears(w)),
            found.concat(),
        );
    }
    out.push_str("</table>\n");
}

fn finding(out: &mut String, id: &str, i: &Item, w: Words) {
    let f = &i.finding;
    let quiet = if i.counts() { "" } else { " quiet" };
    let excerpt = &i.excerpt;
    let state = match &f.waived {
        Some(waiver) => format!("{}{}{}", w.waived(), w.colon(), w.get(&waiver.title)),
        None if i.known => w.known().to_owned(),
        None => String::new(),
    };
    let _ = writeln!(
        out,
        "<article class=\"{level}{quiet}\" id=\"{id}\">\n<header><span class=\"level\">{name}</span><span>{place}</span>\
         <span>{rule}</span><span>{verdict}</span><span>{clause}</span><span>{state}</span></header>\n\
         <p class=\"message\">{message}</p>\n<blockquote>{before}<mark>{words}</mark>{after}</blockquote>\n<dl>",
        level = f.severity.id(),
        name = w.level(f.severity),
        place = escape(&w.place_of(i)),
        rule = escape(&f.rule.id),
        verdict = w.conclusion(f.verdict),
        clause = escape(f.clause.as_deref().unwrap_or_default()),
        state = escape(&state),
        message = escape(w.get(&f.message)),
        before = escape(&excerpt.text[..excerpt.at.start]),
        words = escape(&excerpt.text[excerpt.at.clone()]),
        after = escape(&excerpt.text[excerpt.at.end..]),
    );
    let mut row = |name: &str, text: &str| {
        let _ = writeln!(out, "<dt>{name}</dt><dd>{}</dd>", escape(text));
    };
    if let Some(waiver) = f.waived.as_ref().filter(|x| !x.basis.is_empty()) {
        row(w.waived(), &citations(&waiver.basis, w));
    }
    for a in &*f.basis {
        let gist = w.or(&a.gist, &a.gist_en);
        row(w.basis(), &format!("{}{}{gist}{}", w.citation(a), w.colon(), w.standing(a.verified)));
    }
    let english = w.lang.english();
    if let Some(why) = docs::why(&f.rule.docs, english) {
        row(w.why(), &why);
    }
    for fix in &f.fixes {
        row(w.repair(), w.get(&fix.title));
    }
    if f.fixes.is_empty()
        && let Some(repair) = docs::repair(&f.rule.docs, english)
    {
        row(w.repair(), &repair);
    }
    out.push_str("</dl>\n</article>\n");
}
