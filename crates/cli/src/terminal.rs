//! What is known of the terminal: colour, width; and writing to it.

use crate::args::Color;
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::io::{IsTerminal as _, Write as _};
use unicode_width::UnicodeWidthChar as _;

/// Columns where there is no terminal: what a mail or a log shows without wrapping.
const WIDTH: usize = 80;

/// Colour and width of the two streams.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Colour on standard output.
    pub out_color: bool,
    /// Colour on standard error.
    pub err_color: bool,
    /// Columns.
    pub width: usize,
}

impl Terminal {
    /// The terminal as the environment describes it.
    pub fn new(color: Color) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        let plain = set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        let on = |terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !plain || set("CLICOLOR_FORCE") || set("FORCE_COLOR"),
        };
        let width = terminal_size::terminal_size().map(|(w, _)| usize::from(w.0));
        Self {
            out_color: on(std::io::stdout().is_terminal()),
            err_color: on(std::io::stderr().is_terminal()),
            width: width.unwrap_or(WIDTH).clamp(40, 120),
        }
    }

    /// The terminal as a file: no colour, the usual width.
    pub const fn file() -> Self {
        Self { out_color: false, err_color: false, width: WIDTH }
    }
}

/// The handler that draws a place in a text.
pub fn graphics(color: bool, width: usize) -> GraphicalReportHandler {
    let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false)
}

/// Text in an ANSI style, if colour is on.
pub fn paint(text: &str, style: &str, color: bool) -> String {
    if color { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
}

/// Bold.
pub const BOLD: &str = "1";
/// Dim.
pub const DIM: &str = "2";
/// Red.
pub const RED: &str = "31";
/// Green.
pub const GREEN: &str = "32";
/// Cyan.
pub const CYAN: &str = "36";

/// Writes to standard output. A reader that went away, such as `head`, is no error.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Text from a document, safe to print: control characters could drive the terminal.
pub fn safe(text: &str) -> String {
    text.chars().map(safe_char).collect()
}

/// The character, or what stands for it.
pub fn safe_char(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' | '\u{2028}' => ' ',
        c if c.is_control() => '\u{FFFD}',
        // Bidirectional controls would show the words in another order than they are checked.
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        c => c,
    }
}

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Breaks a text into lines of at most `columns`; Chinese breaks anywhere but before closing
/// punctuation and after opening, words of letters stay whole where they fit.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    const NOT_FIRST: &str = "，。、；：？！）》”’】…—%％,.;:?!)]";
    const NOT_LAST: &str = "（《“‘【([";
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut taken = 0;
        for c in paragraph.trim_end().chars() {
            let w = c.width().unwrap_or(0);
            // Two columns are kept for punctuation that must not start the next line.
            let full = taken + w > columns.saturating_sub(2);
            if taken + w > columns || full && !NOT_FIRST.contains(c) {
                // Take along what must not end this line.
                let letter = |x: char| x.is_ascii_alphanumeric() || "-_/.#".contains(x);
                let stays = |x: char| !(NOT_LAST.contains(x) || letter(x) && letter(c));
                let keep =
                    line.char_indices().rev().find(|(_, x)| stays(*x)).map_or(0, |(i, x)| i + x.len_utf8());
                let tail = if keep == 0 { String::new() } else { line.split_off(keep) };
                lines.push(line.trim_end().to_owned());
                tail.trim_start().clone_into(&mut line);
                taken = width(&line);
                if c == ' ' {
                    continue;
                }
            }
            line.push(c);
            taken += w;
        }
        lines.push(line);
    }
    lines
}

/// A text padded with spaces to a width.
pub fn pad(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_where_chinese_breaks() {
        assert_eq!(wrap("一二三四五，六七", 12), ["一二三四五，", "六七"]);
        assert_eq!(wrap("一二三四（五六", 12), ["一二三四", "（五六"]);
        assert_eq!(wrap("用 shenyan check 检查", 12), ["用 shenyan", "check 检查"]);
        assert_eq!(wrap("abcdefghijklmnop", 10).concat(), "abcdefghijklmnop");
        assert_eq!(wrap("", 10), Vec::<String>::new());
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(safe("a\x1b[2Jb\u{202E}c"), "a\u{FFFD}[2Jb\u{FFFD}c");
    }
}
