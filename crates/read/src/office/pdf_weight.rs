//! How much the streams of a PDF grow to, told before anything keeps them in memory.
//!
//! The interpreter uncompresses whatever a page names, without a limit. So the streams are
//! measured here first, by the filters that their dictionaries name, after decryption. Two things
//! are uncompressed while the file is opened, before there are dictionaries to ask: tables of
//! places and objects packed into streams. These are looked for in the bytes.

use crate::decode::ReadError;
use flate2::read::{DeflateDecoder, ZlibDecoder};
use hayro_interpret::hayro_syntax::object::{Array, MaybeRef, Name, Object, Stream};
use hayro_interpret::hayro_syntax::{Filter, Pdf};
use std::borrow::Cow;
use std::io::Read;

/// The most bytes of all streams but pictures, uncompressed.
const MAX_STREAMS: u64 = 128 * 1024 * 1024;

/// The most bytes of what is no font either: the pages, each operator of which is run.
const MAX_PAGES: u64 = 48 * 1024 * 1024;

/// The most bytes between two filters of one stream.
const MAX_BETWEEN: usize = 32 * 1024 * 1024;

/// The most characters that all fonts give widths to in runs; a font has 65,536 at most.
const MAX_WIDTHS: u64 = 4_000_000;

/// Objects deeper in each other than this are not looked at; the parser stops at 512.
const MAX_DEPTH: usize = 600;

/// What is too much.
const EXPANDS: ReadError = ReadError::Expands { part: String::new(), limit: MAX_STREAMS };

/// Refuses tables and packed objects that grow without measure.
pub(super) fn before_opening(bytes: &[u8]) -> Result<(), ReadError> {
    let mut total = 0;
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| find(rest, b"stream")) {
        let end = from + at;
        from = end + b"stream".len();
        let before = bytes.get(end.saturating_sub(1024)..end).unwrap_or_default();
        // From the start of the object.
        let dictionary = before.windows(4).rposition(|w| w == b" obj").map_or(before, |i| &before[i..]);
        if before.ends_with(b"end") || find(dictionary, b"/ObjStm").or(find(dictionary, b"/XRef")).is_none() {
            continue;
        }
        // Nobody packs objects in any other way.
        if [&b"/LZW"[..], b"/ASCII", b"/RunLength", b"/AHx", b"/A85", b"/RL"]
            .iter()
            .any(|f| find(dictionary, f).is_some())
        {
            return Err(EXPANDS);
        }
        let data = bytes.get(from..).unwrap_or_default().trim_ascii_start();
        let stages = dictionary.windows(6).filter(|w| w == b"/Flate").count().clamp(1, 4);
        total += measure(data, &[Filter::FlateDecode; 4][..stages], MAX_STREAMS - total);
        if total >= MAX_STREAMS {
            return Err(EXPANDS);
        }
    }
    Ok(())
}

/// Refuses a file whose streams grow without measure.
pub(super) fn opened(pdf: &Pdf) -> Result<(), ReadError> {
    let (mut fonts, mut others) = (0, 0);
    let mut widths = 0;
    for object in pdf.objects() {
        table_of_widths(&object, &mut widths, 0);
        if widths > MAX_WIDTHS {
            return Err(EXPANDS);
        }
        let Object::Stream(stream) = object else { continue };
        let filters = stream.filters();
        // Pictures are never uncompressed: nothing is drawn.
        let picture = |f: &Filter| {
            matches!(f, Filter::DctDecode | Filter::JpxDecode | Filter::Jbig2Decode | Filter::CcittFaxDecode)
        };
        let raw_picture =
            || name_of(&stream).is_some_and(|n| n.as_str() == "Image") && stream.dict().contains_key("Width");
        if filters.iter().any(picture) || raw_picture() {
            continue;
        }
        let dict = stream.dict();
        let font = ["Length1", "Length2", "Length3"].iter().any(|k| dict.contains_key(k))
            || name_of(&stream)
                .is_some_and(|n| matches!(n.as_str(), "Type1C" | "CIDFontType0C" | "OpenType"));
        let (total, limit) = if font { (&mut fonts, MAX_STREAMS) } else { (&mut others, MAX_PAGES) };
        *total += measure(&stream.raw_data(), &filters, limit - *total);
        if *total >= limit || fonts + others >= MAX_STREAMS {
            return Err(EXPANDS);
        }
    }
    Ok(())
}

/// Adds up how many characters the fonts in an object give widths to. The interpreter makes an entry
/// of each, and `0 4294967295 500` is said in a few bytes.
fn table_of_widths(object: &Object<'_>, widths: &mut u64, depth: usize) {
    if depth > MAX_DEPTH || *widths > MAX_WIDTHS {
        return;
    }
    let mut inside = |part: MaybeRef<Object<'_>>| {
        // What is referred to is an object of its own.
        if let MaybeRef::NotRef(part) = part {
            table_of_widths(&part, widths, depth + 1);
        }
    };
    match object {
        Object::Array(array) => array.raw_iter().for_each(inside),
        Object::Stream(stream) => {
            table_of_widths(&Object::Dict(stream.dict().clone()), widths, depth + 1);
        }
        Object::Dict(dict) => {
            dict.entries().for_each(|(_, part)| inside(part));
            for (key, values) in [("W", 1), ("W2", 3)] {
                let Some(array) = dict.get::<Array<'_>>(key) else { continue };
                let mut numbers = Vec::new();
                for value in array.iter::<Object<'_>>() {
                    match value {
                        Object::Number(n) => numbers.push(n.as_f64()),
                        _ => numbers.clear(),
                    }
                    // First, last and what all of them have.
                    if numbers.len() == 2 + values {
                        let count = (numbers[1] - numbers[0]).max(0.0) + 1.0;
                        #[expect(clippy::cast_sign_loss, reason = "not below one")]
                        let count = count as u64;
                        *widths = widths.saturating_add(count);
                        numbers.clear();
                    }
                }
            }
        }
        _ => {}
    }
}

fn name_of<'s>(stream: &Stream<'s>) -> Option<Name<'s>> {
    stream.dict().get::<Name<'s>>("Subtype")
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// Bytes that come out of a chain of filters, up to a limit.
fn measure(raw: &[u8], filters: &[Filter], limit: u64) -> u64 {
    let Some((last, earlier)) = filters.split_last() else { return (raw.len() as u64).min(limit) };
    let mut data = Cow::Borrowed(raw);
    for filter in earlier {
        let mut out = Vec::new();
        decode(*filter, &data, &mut |piece| {
            out.extend_from_slice(piece);
            out.len() < MAX_BETWEEN
        });
        if out.len() >= MAX_BETWEEN {
            return limit;
        }
        data = Cow::Owned(out);
    }
    let mut n = 0;
    decode(*last, &data, &mut |piece| {
        n += piece.len() as u64;
        n < limit
    });
    n.min(limit)
}

/// Hands on what a filter makes of the data, piece by piece, until `sink` has enough.
fn decode(filter: Filter, data: &[u8], sink: &mut dyn FnMut(&[u8]) -> bool) {
    match filter {
        Filter::FlateDecode => {
            // What is damaged as one is tried as the other.
            let well = inflate(&mut ZlibDecoder::new(data), sink);
            if well == Some(false) {
                inflate(&mut DeflateDecoder::new(data), sink);
            }
        }
        Filter::LzwDecode => lzw(data, sink),
        Filter::RunLengthDecode => run_lengths(data, sink),
        Filter::AsciiHexDecode => {
            let digits = data.iter().filter_map(|b| char::from(*b).to_digit(16));
            let digits: Vec<u8> = digits.map(|d| d as u8).collect();
            let bytes: Vec<u8> =
                digits.chunks(2).map(|d| d[0] << 4 | d.get(1).copied().unwrap_or(0)).collect();
            sink(&bytes);
        }
        Filter::Ascii85Decode => {
            sink(&base_85(data));
        }
        _ => {}
    }
}

/// Whether the data ended well; none if `sink` had enough.
fn inflate(reader: &mut dyn Read, sink: &mut dyn FnMut(&[u8]) -> bool) -> Option<bool> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Some(true),
            Ok(n) if sink(&buffer[..n]) => {}
            Ok(_) => return None,
            Err(_) => return Some(false),
        }
    }
}

fn run_lengths(data: &[u8], sink: &mut dyn FnMut(&[u8]) -> bool) {
    let mut at = 0;
    while let Some(&n) = data.get(at) {
        let n = usize::from(n);
        let go_on = match n {
            0..128 => {
                let piece = data.get(at + 1..(at + 2 + n).min(data.len())).unwrap_or_default();
                at += 2 + n;
                sink(piece)
            }
            128 => return,
            _ => {
                let byte = data.get(at + 1).copied().unwrap_or(0);
                at += 2;
                sink(&[byte; 128][..257 - n])
            }
        };
        if !go_on {
            return;
        }
    }
}

fn base_85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut word, mut n) = (0u32, 0);
    for b in data {
        match b {
            b'z' if n == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                word = word.wrapping_mul(85).wrapping_add(u32::from(b - b'!'));
                n += 1;
                if n == 5 {
                    out.extend(word.to_be_bytes());
                    (word, n) = (0, 0);
                }
            }
            b'~' => break,
            _ => {}
        }
    }
    if n > 1 {
        for _ in n..5 {
            word = word.wrapping_mul(85).wrapping_add(84);
        }
        out.extend(&word.to_be_bytes()[..n - 1]);
    }
    out
}

/// With the codes growing one entry early, as nearly all files have it; for a file that has it
/// late, what comes out is another text of much the same length.
fn lzw(data: &[u8], sink: &mut dyn FnMut(&[u8]) -> bool) {
    const CLEAR: usize = 256;
    const END: usize = 257;
    // Entries after the first 258: what they prolong, by which byte.
    let mut table: Vec<(usize, u8)> = Vec::new();
    let mut text = Vec::new();
    let mut previous: Option<usize> = None;
    let (mut bits, mut held) = (0u32, 0);
    let mut bytes = data.iter();
    loop {
        let width = match table.len() + 259 {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        while held < width {
            let Some(b) = bytes.next() else { return };
            bits = bits << 8 | u32::from(*b);
            held += 8;
        }
        held -= width;
        let code = (bits >> held) as usize & ((1 << width) - 1);
        bits &= (1 << held) - 1;
        match code {
            CLEAR => {
                table.clear();
                previous = None;
                continue;
            }
            END => return,
            _ => {}
        }
        let size = table.len() + 258;
        let known = if code < size { code } else { previous.unwrap_or(0) };
        if code > size || code == size && previous.is_none() {
            return;
        }
        text.clear();
        let mut next = known;
        while let Some((before, byte)) = next.checked_sub(258).and_then(|i| table.get(i)) {
            text.push(*byte);
            next = *before;
        }
        text.push(next as u8);
        text.reverse();
        let first = text[0];
        if code == size {
            text.push(first);
        }
        if let Some(p) = previous.filter(|_| table.len() + 258 < 4096) {
            table.push((p, first));
        }
        previous = Some(code);
        if !sink(&text) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write as _;

    fn out_of(filter: Filter, data: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        decode(filter, data, &mut |piece| {
            out.extend_from_slice(piece);
            true
        });
        out
    }

    #[test]
    fn filters_are_understood() {
        assert_eq!(out_of(Filter::AsciiHexDecode, b"48 65 6C6c 6F>"), b"Hello");
        assert_eq!(out_of(Filter::Ascii85Decode, b"87cURDZ~>"), b"Hello");
        assert_eq!(out_of(Filter::RunLengthDecode, b"\x01ab\xFEc\x80"), b"abccc");
        // The example of the specification.
        let lzw = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        assert_eq!(out_of(Filter::LzwDecode, &lzw), b"-----A---B");
        assert_eq!(out_of(Filter::LzwDecode, &[0xFF; 40]), b"");
    }

    #[test]
    fn chains_are_measured_to_a_limit() {
        let pack = |data: &[u8]| {
            let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
            zlib.write_all(data).unwrap();
            zlib.finish().unwrap()
        };
        let once = pack(&vec![b' '; 3 << 20]);
        let twice = pack(&once);
        assert_eq!(measure(&once, &[Filter::FlateDecode], 1 << 30), 3 << 20);
        assert_eq!(measure(&twice, &[Filter::FlateDecode; 2], 1 << 30), 3 << 20);
        assert_eq!(measure(&twice, &[Filter::FlateDecode; 2], 1 << 20), 1 << 20);
        let hex = once.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().concat();
        assert_eq!(measure(hex.as_bytes(), &[Filter::AsciiHexDecode, Filter::FlateDecode], 1 << 20), 1 << 20);
        assert_eq!(measure(b"abc", &[], 1 << 20), 3);
    }
}
