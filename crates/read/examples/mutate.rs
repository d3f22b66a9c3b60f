//! Fuzzing without a nightly compiler: reads mutated files until the time is up.
//!
//! `cargo run --release -p shenyan-read --example mutate -- SECONDS FILE...`: every file is a seed.
//! Packages are mutated inside their parts as often as outside. Whatever is read must be whole;
//! a panic, or one file that takes more than ten seconds, ends the run with an error and leaves
//! the file behind as `crash.bin`.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a tool, not part of the core")]
#![allow(clippy::unwrap_used, reason = "a tool, not part of the core")]

use shenyan_read::{Document, Format};
use shenyan_text::span::Span;
use std::io::{Cursor, Read, Write};
use std::panic::catch_unwind;
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Xorshift: a run is repeated by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

const WORDS: &[&[u8]] = &[
    b"<w:p>",
    b"</w:p>",
    b"<w:r>",
    b"</w:r>",
    b"<w:t>",
    b"</w:t>",
    b"<w:tbl>",
    b"<w:tr>",
    b"<w:tc>",
    b"<w:del>",
    b"<w:txbxContent>",
    b"<w:pPr>",
    b"<w:rPr>",
    b"<w:numPr>",
    b"w:val=\"-1\"",
    b"w:val=\"99999999999999999999\"",
    b"&amp;",
    b"&#x10FFFF;",
    b"&#0;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<!DOCTYPE x>",
    b"%9%1%0",
    b"stream",
    b"endstream",
    b"obj",
    b"endobj",
    b"<<",
    b">>",
    b"[",
    b"]",
    b"/Kids",
    b"/Length 9999999999",
    b"\xEF\xBB\xBF",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
    b"\0",
    b"\xFF\xFE",
];

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let len = random.below(64).min(bytes.len() - at);
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 => drop(bytes.drain(at..at + len)),
            2 => {
                let piece = bytes[at..at + len].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            3 => bytes.truncate(at),
            4 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            _ => {
                let word = WORDS[random.below(WORDS.len())];
                bytes.splice(at..at, word.iter().copied());
            }
        }
    }
}

/// A package with one of its parts mutated.
fn inside(bytes: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let chosen = random.below(zip.len());
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..zip.len() {
        let mut file = zip.by_index(i).ok()?;
        let mut part = Vec::new();
        file.read_to_end(&mut part).ok()?;
        if i == chosen {
            mutate(&mut part, random);
        }
        out.start_file(file.name().ok()?, SimpleFileOptions::default()).ok()?;
        out.write_all(&part).ok()?;
    }
    Some(out.finish().ok()?.into_inner())
}

fn read(bytes: &[u8], format: Format) -> bool {
    let Ok(doc) = Document::read(bytes, format) else { return false };
    let all = Span::new(0, doc.source().len() as u32);
    for origin in doc.origins_of(all) {
        assert!(doc.source().get(origin.span.range()).is_some());
    }
    for block in doc.blocks() {
        let place = doc.prose().to_original(block.span);
        assert!(doc.source().get(place.range()).is_some_and(|t| !t.is_empty()));
        assert!(format.is_text() || doc.location(place.start).is_some());
    }
    true
}

fn main() {
    let mut args = std::env::args().skip(1);
    let seconds = args.next().and_then(|s| s.parse().ok()).unwrap_or(10);
    let seeds: Vec<(Format, Vec<u8>)> =
        args.filter_map(|path| Some((Format::of_path(&path)?, std::fs::read(&path).ok()?))).collect();
    assert!(!seeds.is_empty(), "no seeds");
    // Panics of the PDF interpreter are caught in the reader; they are counted, not printed.
    std::panic::set_hook(Box::new(|_| {}));
    let began = Instant::now();
    let start = began.elapsed().as_nanos() as u64 ^ u64::from(std::process::id()) << 20 | 1;
    let mut random = Random(start);
    let (mut n, mut good, mut slowest) = (0u64, 0u64, Duration::ZERO);
    while began.elapsed() < Duration::from_secs(seconds) {
        let (format, seed) = &seeds[random.below(seeds.len())];
        let mut bytes = match random.below(4) {
            0 => None,
            _ => inside(seed, &mut random),
        }
        .unwrap_or_else(|| {
            let mut bytes = seed.clone();
            mutate(&mut bytes, &mut random);
            bytes
        });
        if bytes.is_empty() {
            bytes.push(0);
        }
        let one = Instant::now();
        let result = catch_unwind(|| read(&bytes, *format));
        slowest = slowest.max(one.elapsed());
        if result.is_err() || one.elapsed() > Duration::from_secs(10) {
            std::fs::write("crash.bin", &bytes).unwrap();
            println!(
                "{format:?}: {} after {n} files, crash.bin",
                if result.is_err() { "panic" } else { "slow" }
            );
            std::process::exit(1);
        }
        good += u64::from(result.unwrap_or_default());
        n += 1;
    }
    println!("{n} files, {good} of them read, slowest {slowest:?}");
}
