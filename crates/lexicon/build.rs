//! Compiles `lexicon/` at the top of the repository into one blob, so that start-up parses no
//! TOML, no Markdown and no expression; a broken built-in rule is a build error with its place.

use shenyan_lint::{Lexicon, PackFile};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicon");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files: Vec<PackFile> = Vec::new();
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name() {
        let entry = entry.expect("lexicon/ is readable");
        // A folder's own time stamp changes with its entries: watch folders and files alike.
        println!("cargo:rerun-if-changed={}", entry.path().display());
        let wanted = entry.path().extension().is_some_and(|e| e == "md" || e == "toml");
        if !entry.file_type().is_file() || !wanted {
            continue;
        }
        let path = entry.path().strip_prefix(&root).expect("below the root");
        let text = fs::read_to_string(entry.path()).expect("lexicon files are UTF-8");
        files.push(PackFile { path: path.to_string_lossy().replace('\\', "/"), text });
    }
    let mut lexicon = Lexicon::default();
    let errors = lexicon.add(&files);
    for e in &errors {
        let line = e.span.as_ref().map_or(1, |s| e.text[..s.start].matches('\n').count() + 1);
        println!("cargo:warning=lexicon/{}:{line}: [{}] {} ({})", e.path, e.kind, e.message, e.hint);
    }
    assert!(
        errors.is_empty() || env::var_os("SHENYAN_LENIENT").is_some(),
        "{} errors in lexicon/",
        errors.len()
    );
    let model = root.join("likeness.bin");
    let trained = fs::read(&model).expect("lexicon/likeness.bin is readable");
    lexicon.model =
        postcard::from_bytes(&trained).expect("lexicon/likeness.bin was written by shenyan-teach");
    // The hash names the lexicon in every report, so that a result can be traced to its rules.
    let mut hashes = [DefaultHasher::new(), DefaultHasher::new()];
    1u8.hash(&mut hashes[1]);
    for h in &mut hashes {
        for f in &files {
            (&f.path, &f.text).hash(h);
        }
        trained.hash(h);
    }
    let hash = format!("{:016x}{:016x}", hashes[0].finish(), hashes[1].finish());
    println!("cargo:rustc-env=SHENYAN_LEXICON_HASH={hash}");
    let blob = postcard::to_stdvec(&lexicon.compile()).expect("a lexicon can be stored");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo")).join("lexicon.bin");
    fs::write(out, blob).expect("OUT_DIR is writable");
}
