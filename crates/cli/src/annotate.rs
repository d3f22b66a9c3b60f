//! `annotate`: findings as comments in a Word document, repairs as tracked changes.

use crate::Outcome;
use crate::args::{AnnotateArgs, KindArg};
use crate::errors;
use crate::item::citations;
use crate::terminal::Terminal;
use crate::words::Words;
use shenyan_annotate::{Note, Writer};
use shenyan_lint::{Bilingual, Finding};
use shenyan_project::{Options, Problem, Project, docs, shown, today};
use shenyan_read::{Document, Format, MAX_BYTES};
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Whose comments these are; by this name a second run knows those of the first.
const AUTHOR: &str = "审言";

/// Runs `annotate`.
pub fn run(args: &AnnotateArgs, words: Words, terminal: Terminal) -> Outcome {
    match write(args, words) {
        Ok(line) => {
            if !args.quiet {
                errors::note(&line);
            }
            Outcome::Clean
        }
        Err(problems) => {
            errors::tell(&problems, words, terminal);
            Outcome::Broken
        }
    }
}

fn write(args: &AnnotateArgs, words: Words) -> Result<String, Vec<Problem>> {
    let out = target(args).map_err(|p| vec![p])?;
    let path = shown(&args.file);
    let mut bytes = Vec::new();
    let read = fs::File::open(&args.file).and_then(|f| f.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|e| vec![Problem::io(&path, &e)])?;

    let bytes = shenyan_annotate::strip(&bytes, AUTHOR).map_err(|e| vec![refused(&path, &e)])?;
    let doc = Document::read(&bytes, Format::Docx).map_err(|e| vec![Problem::read(&path, &e)])?;
    let project = Project::new(
        Options {
            kind: args.kind.map(KindArg::kind),
            channel: args.channel.map(Into::into),
            as_of: args.as_of,
            select: args.select.clone(),
            ignore: args.ignore.clone(),
            ..Options::default()
        },
        today(),
    );
    let linter = project.linter(&args.file);
    let report = linter.check(&doc, &project.settings(&args.file));
    let mut problems = project.problems();
    problems.extend(project.unknown_options());
    if !problems.is_empty() {
        return Err(problems);
    }
    let notes: Vec<Note> = report.reported().map(|f| note(f, args.suggest, words)).collect();
    let day = project.as_of(&project.scope(&args.file)).to_string();
    let writer = Writer {
        author: AUTHOR,
        day: &day,
        in_note: words.in_note(),
        in_box: words.in_box(),
        in_margin: words.in_margin(),
    };
    let written =
        shenyan_annotate::annotate(&bytes, &doc, &notes, &writer).map_err(|e| vec![refused(&path, &e)])?;
    save(&out, &written.bytes).map_err(|e| vec![Problem::io(shown(&out), &e)])?;
    Ok(words.annotated(&shown(&out), written.comments, written.moved, written.changes))
}

/// Where to write; never over a file that nobody said may be overwritten.
fn target(args: &AnnotateArgs) -> Result<PathBuf, Problem> {
    let option = |kind: &'static str, zh: &str, en: &str, hint_zh: &str, hint_en: &str| {
        Problem::new(
            shown(&args.file),
            kind,
            Bilingual { zh: zh.into(), en: en.into() },
            Bilingual { zh: hint_zh.into(), en: hint_en.into() },
        )
    };
    if args.in_place {
        return Ok(args.file.clone());
    }
    let Some(out) = &args.output else {
        return Err(option(
            "no_output",
            "没有说写到哪里",
            "it is not said where to write",
            "加上 -o 新文件.docx；要改原文件就写 --in-place",
            "give -o OUT.docx, or --in-place to change the file itself",
        ));
    };
    let same = fs::canonicalize(out).ok().zip(fs::canonicalize(&args.file).ok()).is_some_and(|(a, b)| a == b);
    if same {
        return Err(option(
            "same_file",
            "输出就是原文件",
            "the output is the file itself",
            "要改原文件就写 --in-place",
            "say --in-place to change the file itself",
        ));
    }
    if out.exists() && !args.force {
        let mut problem = option(
            "exists",
            "文件已经存在，没有覆盖",
            "the file exists and was not replaced",
            "换一个文件名，或者加上 --force",
            "give another name, or --force",
        );
        problem.path = shown(out);
        return Err(problem);
    }
    Ok(out.clone())
}

fn refused(path: &str, e: &shenyan_annotate::Error) -> Problem {
    Problem::new(
        path,
        "not_written",
        Bilingual { zh: format!("写不了批注：{e}"), en: format!("cannot be annotated: {e}") },
        Bilingual {
            zh: "批注只能写进 .docx；.doc 请先在 Word 里另存为 .docx，有签名的先去掉签名".into(),
            en: "only .docx can be annotated; save a .doc as .docx first, and remove a signature".into(),
        },
    )
}

/// Writes beside the file first: whatever happens, the old file or the new one is there.
fn save(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

fn note(f: &Finding, suggest: bool, words: Words) -> Note {
    let (open, close, colon) = (words.open(), words.close(), words.colon());
    let clause = f.clause.as_ref().map_or_else(String::new, |c| format!("{c} "));
    let mut lines = vec![format!(
        "{}{clause}{}{open}{}{close}",
        words.bracketed(words.conclusion(f.verdict)),
        words.get(&f.rule.title),
        f.rule.id,
    )];
    lines.push(words.get(&f.message).to_owned());
    for a in &*f.basis {
        let gist = words.or(&a.gist, &a.gist_en);
        lines.push(format!(
            "{}{colon}{}{colon}{gist}{}",
            words.basis(),
            citations(std::slice::from_ref(a), words),
            words.standing(a.verified)
        ));
    }
    let english = words.lang.english();
    lines.extend(docs::why(&f.rule.docs, english).map(|why| format!("{}{colon}{why}", words.why())));
    for fix in &f.fixes {
        let title = words.get(&fix.title);
        let new = fix.edits.iter().map(|e| e.text.trim()).find(|x| !x.is_empty() && !title.contains(x));
        let new = new.map_or_else(String::new, |n| format!("{colon}{n}"));
        lines.push(format!("{}{colon}{title}{new}", words.repair()));
    }
    if f.fixes.is_empty() {
        let repair = docs::repair(&f.rule.docs, english);
        lines.extend(repair.map(|r| format!("{}{colon}{r}", words.repair())));
    }
    let edits = f.fixes.iter().find(|fix| !fix.edits.is_empty()).filter(|_| suggest);
    Note {
        span: f.span,
        lines,
        edits: edits
            .map_or_else(Vec::new, |fix| fix.edits.iter().map(|e| (e.span, e.text.clone())).collect()),
    }
}
