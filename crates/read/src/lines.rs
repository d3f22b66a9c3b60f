//! Lines and columns.

use crate::Position;

/// Characters are counted once for each stretch of this many bytes.
const STRETCH: usize = 1024;

/// Where lines start, and how many characters precede each stretch of the text.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    starts: Vec<u32>,
    chars: Vec<u32>,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (i, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' || (byte == b'\r' && bytes.get(i + 1) != Some(&b'\n')) {
                starts.push(i as u32 + 1);
            }
        }
        let mut sum = 0;
        let mut chars = vec![0];
        for stretch in bytes.chunks(STRETCH) {
            sum += count(stretch);
            chars.push(sum);
        }
        Self { starts, chars }
    }

    pub(crate) fn position(&self, text: &str, at: u32) -> Position {
        let at = floor(text, at);
        let line = self.starts.partition_point(|&start| start as usize <= at);
        let start = self.starts.get(line.saturating_sub(1)).map_or(0, |&s| s as usize);
        let column = self.chars_before(text, at) - self.chars_before(text, start);
        Position { line: line as u32, column: column + 1 }
    }

    fn chars_before(&self, text: &str, at: usize) -> u32 {
        let stretch = at / STRETCH;
        self.chars.get(stretch).copied().unwrap_or_default()
            + count(text.as_bytes().get(stretch * STRETCH..at).unwrap_or_default())
    }
}

/// The character boundary at or before `at`.
pub(crate) fn floor(text: &str, at: u32) -> usize {
    let mut at = (at as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn count(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_every_line_end_counts() {
        let text = "甲😀乙\r\n𠮷野\r丙\n丁";
        let lines = Lines::of(text);
        let at = |c: char| lines.position(text, text.find(c).unwrap() as u32);
        assert_eq!(at('乙'), Position { line: 1, column: 3 });
        assert_eq!(at('野'), Position { line: 2, column: 2 });
        assert_eq!(at('丙'), Position { line: 3, column: 1 });
        assert_eq!(at('丁'), Position { line: 4, column: 1 });
        assert_eq!(lines.position(text, u32::MAX), Position { line: 4, column: 2 });
        assert_eq!(lines.position(text, 5), Position { line: 1, column: 2 });
    }

    #[test]
    fn long_lines_are_counted_by_stretches() {
        let text = "字".repeat(5000);
        let lines = Lines::of(&text);
        assert_eq!(lines.position(&text, 3 * 4321), Position { line: 1, column: 4322 });
    }
}
