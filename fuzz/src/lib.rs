//! What the fuzz targets share.

use shenyan_read::{Document, Format};
use shenyan_text::span::Span;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Reads bytes; whatever is read must be whole.
pub fn read(bytes: &[u8], format: Format) {
    let Ok(doc) = Document::read(bytes, format) else { return };
    let all = Span::new(0, doc.source().len() as u32);
    for origin in doc.origins_of(all) {
        assert!(doc.source().get(origin.span.range()).is_some());
    }
    for block in doc.blocks() {
        let place = doc.prose().to_original(block.span);
        assert!(doc.source().get(place.range()).is_some_and(|t| !t.is_empty()));
        assert!(format.is_text() || doc.location(place.start).is_some());
    }
}

/// Relations of (id, last piece of the type, target).
pub fn relations(all: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut out = String::from("<Relationships>");
    for (id, kind, target) in all {
        out += &format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>");
    }
    (out + "</Relationships>").into_bytes()
}

/// Reads a package in which the input is one of the parts, chosen by its first byte: mutations
/// reach the XML, which they would not through checksums and compression. An input that starts
/// with `P` is the whole file.
pub fn read_part(input: &[u8], format: Format, parts: &[(&str, Vec<u8>)]) {
    let Some((first, rest)) = input.split_first() else { return };
    if *first == b'P' {
        return read(input, format);
    }
    let chosen = usize::from(*first) % parts.len();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (i, (name, bytes)) in parts.iter().enumerate() {
        zip.start_file(*name, options).unwrap();
        zip.write_all(if i == chosen { rest } else { bytes }).unwrap();
    }
    read(&zip.finish().unwrap().into_inner(), format);
}
