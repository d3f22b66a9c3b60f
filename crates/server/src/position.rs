//! Positions of the protocol and byte offsets, in all three encodings.
//!
//! A document is a rope: an edit costs the edit, a copy costs nothing, and lines end at `\n`,
//! `\r\n` and `\r` as the protocol says. A position that does not exist is moved to the nearest
//! that does, as the protocol asks: to the end of its line, or to the end of the text.

use crate::lsp::{Position, PositionEncodingKind, Range, TextDocumentContentChangeEvent};
use ropey::Rope;

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, which every client must know.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    /// The encoding to use of those that a client offers, its favourite first.
    pub fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Self {
        let known = |kind: &PositionEncodingKind| match kind.as_str() {
            "utf-8" => Some(Self::Utf8),
            "utf-16" => Some(Self::Utf16),
            "utf-32" => Some(Self::Utf32),
            _ => None,
        };
        offered.unwrap_or_default().iter().find_map(known).unwrap_or_default()
    }

    /// The name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// The byte of a position.
    pub fn byte(self, text: &Rope, at: Position) -> usize {
        text.char_to_byte(self.char(text, at))
    }

    fn char(self, text: &Rope, at: Position) -> usize {
        let line = at.line as usize;
        if line >= text.len_lines() {
            return text.len_chars();
        }
        let (start, end) = (text.line_to_char(line), line_end(text, line));
        let column = at.character as usize;
        match self {
            Self::Utf8 => {
                let byte = text.char_to_byte(start).saturating_add(column).min(text.char_to_byte(end));
                text.byte_to_char(byte)
            }
            Self::Utf16 => {
                let unit =
                    text.char_to_utf16_cu(start).saturating_add(column).min(text.char_to_utf16_cu(end));
                text.utf16_cu_to_char(unit)
            }
            Self::Utf32 => start.saturating_add(column).min(end),
        }
    }

    /// The position of a byte; one inside a character is the character's.
    pub fn position(self, text: &Rope, byte: usize) -> Position {
        let char = text.byte_to_char(byte.min(text.len_bytes()));
        let line = text.char_to_line(char);
        let start = text.line_to_char(line);
        let column = match self {
            Self::Utf8 => text.char_to_byte(char) - text.char_to_byte(start),
            Self::Utf16 => text.char_to_utf16_cu(char) - text.char_to_utf16_cu(start),
            Self::Utf32 => char - start,
        };
        Position::new(line as u32, column as u32)
    }

    /// The range of a stretch of bytes.
    pub fn range(self, text: &Rope, bytes: &std::ops::Range<usize>) -> Range {
        Range::new(self.position(text, bytes.start), self.position(text, bytes.end))
    }

    /// The stretch of bytes of a range; a reversed one is read the right way round.
    pub fn bytes(self, text: &Rope, range: Range) -> std::ops::Range<usize> {
        let (a, b) = (self.byte(text, range.start), self.byte(text, range.end));
        a.min(b)..a.max(b)
    }

    /// Applies a change as a client sends it and says what it was; without a range it is the
    /// whole new text, and nothing more can be said.
    pub fn apply(self, text: &mut Rope, change: &TextDocumentContentChangeEvent) -> Option<Splice> {
        let Some(range) = change.range else {
            *text = Rope::from_str(&change.text);
            return None;
        };
        let (a, b) = (self.char(text, range.start), self.char(text, range.end));
        let (start, end) = (a.min(b), a.max(b));
        let old = text.char_to_byte(start)..text.char_to_byte(end);
        text.remove(start..end);
        text.insert(start, &change.text);
        Some(Splice { old, new: change.text.len() })
    }
}

/// A change of a text: the bytes that went, and how many came in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splice {
    /// What was replaced, in the text before.
    pub old: std::ops::Range<usize>,
    /// Length of what stands there now.
    pub new: usize,
}

impl Splice {
    /// Where a stretch is after the change; nowhere if the change touched it.
    pub fn carry(&self, at: &std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
        if at.end <= self.old.start {
            Some(at.clone())
        } else if self.old.end <= at.start {
            let moved = |x: usize| x - self.old.end + self.old.start + self.new;
            Some(moved(at.start)..moved(at.end))
        } else {
            None
        }
    }
}

/// The character after the last of a line, its line break left out.
fn line_end(text: &Rope, line: usize) -> usize {
    let mut end = text.line_to_char(line + 1);
    let start = text.line_to_char(line);
    for c in ['\n', '\r'] {
        if end > start && text.char(end - 1) == c {
            end -= 1;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    #[test]
    fn columns_count_what_was_agreed_on() {
        let text = Rope::from_str("\u{FEFF}甲😀𠮷e\u{301}\r\n乙\r丙");
        let of = |encoding: Encoding, what: &str| {
            let byte = text.to_string().find(what).unwrap();
            let p = encoding.position(&text, byte);
            (p.line, p.character)
        };
        assert_eq!(ALL.map(|e| of(e, "𠮷")), [(0, 10), (0, 4), (0, 3)]);
        assert_eq!(ALL.map(|e| of(e, "\u{301}")), [(0, 15), (0, 7), (0, 5)]);
        assert_eq!(ALL.map(|e| of(e, "乙")), [(1, 0); 3]);
        assert_eq!(ALL.map(|e| of(e, "丙")), [(2, 0); 3]);
        // Past the end of a line is its end, past the last line the end of the text.
        let at = |line, character| Encoding::Utf16.byte(&text, Position::new(line, character));
        assert_eq!(at(0, 999), text.to_string().find('\r').unwrap());
        assert_eq!((at(9, 0), at(2, u32::MAX)), (text.len_bytes(), text.len_bytes()));
        // Inside a character is at its start.
        assert_eq!(at(0, 3), at(0, 2));
        assert_eq!(Encoding::Utf8.byte(&text, Position::new(0, 4)), 3);
    }

    #[test]
    fn the_first_encoding_that_both_know_is_used() {
        let kinds =
            |names: &[&'static str]| names.iter().map(|n| PositionEncodingKind::from(*n)).collect::<Vec<_>>();
        assert_eq!(Encoding::negotiate(Some(&kinds(&["x", "utf-32", "utf-8"]))), Encoding::Utf32);
        assert_eq!(Encoding::negotiate(Some(&kinds(&["x"]))), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(None), Encoding::Utf16);
    }

    #[test]
    fn what_a_change_leaves_alone_is_carried_along() {
        let splice = Splice { old: 3..6, new: 1 };
        assert_eq!(splice.carry(&(0..3)), Some(0..3));
        assert_eq!(splice.carry(&(6..9)), Some(4..7));
        assert_eq!([2..4, 3..6, 5..9, 0..9].map(|r| splice.carry(&r)), [None, None, None, None]);
        // Typed right before or right behind it.
        let typed = Splice { old: 3..3, new: 2 };
        assert_eq!(
            (typed.carry(&(0..3)), typed.carry(&(3..4)), typed.carry(&(2..4))),
            (Some(0..3), Some(5..6), None)
        );
    }

    proptest! {
        #[test]
        fn every_boundary_has_a_position_and_every_position_a_boundary(
            text in "[甲😀𠮷e\u{301}\u{FEFF}\r\n\tA]{0,40}", line in 0u32..50, character in 0u32..50,
        ) {
            let rope = Rope::from_str(&text);
            for encoding in ALL {
                for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
                    // Between \r and \n there is no place that a position could name.
                    if text[..byte].ends_with('\r') && text[byte..].starts_with('\n') {
                        continue;
                    }
                    prop_assert_eq!(encoding.byte(&rope, encoding.position(&rope, byte)), byte);
                }
                prop_assert!(text.is_char_boundary(encoding.byte(&rope, Position::new(line, character))));
            }
        }

        #[test]
        fn a_change_is_what_it_is_in_the_text(
            text in "[甲😀𠮷\r\nA]{0,30}", new in "[乙😀\r\n]{0,5}", a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(),
        ) {
            let places: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()])
                .filter(|i| !(text[..*i].ends_with('\r') && text[*i..].starts_with('\n')))
                .collect();
            let (a, b) = (*a.get(&places), *b.get(&places));
            let (start, end) = (a.min(b), a.max(b));
            for encoding in ALL {
                let mut rope = Rope::from_str(&text);
                // Reversed too: some clients send what was selected backwards.
                let range = Range::new(encoding.position(&rope, a), encoding.position(&rope, b));
                let change = TextDocumentContentChangeEvent { range: Some(range), range_length: None, text: new.clone() };
                encoding.apply(&mut rope, &change);
                prop_assert_eq!(rope.to_string(), format!("{}{new}{}", &text[..start], &text[end..]));
            }
        }
    }
}
