//! The few properties of style sheets that decide whether text can be read.

use crate::Style;
use std::collections::HashMap;

/// The size of text that no style says anything about.
const NORMAL: f32 = 16.0;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Size {
    Px(f32),
    /// A multiple of the size around it.
    Times(f32),
}

/// What a list of declarations changes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Patch {
    bold: Option<bool>,
    italic: Option<bool>,
    underline: Option<bool>,
    strike: Option<bool>,
    size: Option<Size>,
    color: Option<[u8; 3]>,
    background: Option<[u8; 3]>,
    superscript: Option<bool>,
    hidden: Option<bool>,
}

impl Patch {
    /// Reads `property: value; …`.
    pub(crate) fn parse(declarations: &str) -> Self {
        let mut out = Self::default();
        for declaration in declarations.split(';') {
            if let Some((property, value)) = declaration.split_once(':') {
                let value = value.to_ascii_lowercase();
                let value = value.trim().trim_end_matches("!important").trim_end();
                out.declare(property.trim().to_ascii_lowercase().as_str(), value);
            }
        }
        out
    }

    /// What an HTML tag means by itself.
    pub(crate) fn of_tag(name: &str) -> Self {
        let mut out = Self::default();
        match name {
            "b" | "strong" => out.bold = Some(true),
            "i" | "em" | "cite" => out.italic = Some(true),
            "u" | "ins" => out.underline = Some(true),
            "s" | "strike" | "del" => out.strike = Some(true),
            "small" | "sub" => out.size = Some(Size::Times(0.83)),
            "big" => out.size = Some(Size::Times(1.2)),
            "sup" => out.superscript = Some(true),
            "mark" => out.background = Some([255, 255, 0]),
            _ => {}
        }
        out
    }

    /// The attributes of `<font>`.
    pub(crate) fn of_font(size: Option<&str>, color: Option<&str>) -> Self {
        const SIZES: [f32; 7] = [10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0];
        let size = size.map(str::trim).and_then(|s| {
            let step: i32 = s.parse().ok()?;
            let step = if s.starts_with(['+', '-']) { step.saturating_add(3) } else { step };
            SIZES.get(usize::try_from(step.clamp(1, 7) - 1).ok()?).copied().map(Size::Px)
        });
        Self { size, color: color.and_then(parse_color), ..Self::default() }
    }

    fn declare(&mut self, property: &str, value: &str) {
        match property {
            "font-weight" => self.bold = Some(is_bold(value)),
            "font-style" => self.italic = Some(matches!(value, "italic" | "oblique")),
            "font-size" => self.size = parse_size(value).or(self.size),
            "font" => {
                for token in value.split_ascii_whitespace() {
                    let size = token.split('/').next().unwrap_or(token);
                    match size {
                        "bold" => self.bold = Some(true),
                        "italic" => self.italic = Some(true),
                        _ if size.ends_with(|c: char| c.is_ascii_alphabetic() || c == '%') => {
                            self.size = parse_size(size).or(self.size);
                        }
                        _ => {}
                    }
                }
            }
            "text-decoration" | "text-decoration-line" => {
                self.underline = Some(value.contains("underline"));
                self.strike = Some(value.contains("line-through"));
            }
            "color" if value == "transparent" => self.hidden = Some(true),
            "color" => self.color = parse_color(value).or(self.color),
            "background-color" => self.background = parse_color(value).or(self.background),
            "background" => {
                let function = value.find("rgb").and_then(|i| value.get(i..)?.split(')').next());
                self.background = function
                    .and_then(parse_color)
                    .or_else(|| value.split_ascii_whitespace().find_map(parse_color))
                    .or(self.background);
            }
            "vertical-align" => self.superscript = Some(value == "super"),
            "display" => self.hidden = Some(value == "none"),
            "visibility" if value != "visible" => self.hidden = Some(true),
            "opacity" if number(value).is_some_and(|v| v < 0.01) => self.hidden = Some(true),
            "text-indent" | "left" | "top" | "margin-left" if matches!(parse_size(value), Some(Size::Px(px)) if px <= -999.0) =>
            {
                self.hidden = Some(true);
            }
            _ => {}
        }
    }

    /// Declarations that come later win.
    fn add(&mut self, later: &Self) {
        self.bold = later.bold.or(self.bold);
        self.italic = later.italic.or(self.italic);
        self.underline = later.underline.or(self.underline);
        self.strike = later.strike.or(self.strike);
        self.size = later.size.or(self.size);
        self.color = later.color.or(self.color);
        self.background = later.background.or(self.background);
        self.superscript = later.superscript.or(self.superscript);
        self.hidden = later.hidden.or(self.hidden);
    }

    /// The style of an element inside one of style `style`.
    pub(crate) fn apply(&self, mut style: Style) -> Style {
        style.bold = self.bold.unwrap_or(style.bold);
        style.italic = self.italic.unwrap_or(style.italic);
        // Lines and raising of an outer element go through the inner ones, and what hides it
        // hides them.
        style.underline |= self.underline == Some(true);
        style.strike |= self.strike == Some(true);
        style.superscript |= self.superscript == Some(true);
        style.hidden |= self.hidden == Some(true);
        style.color = self.color.or(style.color);
        style.background = self.background.or(style.background);
        if let Some(size) = self.size {
            let px = match size {
                Size::Px(px) => px,
                Size::Times(times) => times * style.size.unwrap_or(NORMAL),
            };
            let px = px.clamp(0.0, 10_000.0);
            style.hidden |= px < 0.01;
            style.size = Some(px);
        }
        style
    }
}

/// The rules of style sheets with the simplest selectors: `tag`, `.class`, `tag.class`, `#id`.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    rules: HashMap<String, Patch>,
}

impl Sheet {
    /// Adds the rules of a style sheet. Rules inside `@media` and the like are left out.
    pub(crate) fn read(&mut self, text: &str) {
        let text = without_comments(text);
        let mut rest = text.as_str();
        while let Some((selectors, after)) = rest.split_once('{') {
            // `@import …;` may stand before the rule.
            let selectors = selectors.rsplit(';').next().unwrap_or_default().trim();
            if selectors.starts_with('@') {
                rest = after_block(after);
                continue;
            }
            let (declarations, after) = after.split_once('}').unwrap_or((after, ""));
            let patch = Patch::parse(declarations);
            if patch != Patch::default() {
                for selector in selectors.split(',').map(str::trim) {
                    let simple = |c: char| c.is_alphanumeric() || "-_.#".contains(c);
                    if !selector.is_empty() && selector.chars().all(simple) {
                        self.rules.entry(selector.to_owned()).or_default().add(&patch);
                    }
                }
            }
            rest = after;
        }
    }

    /// What the rules say about an element.
    pub(crate) fn of(&self, name: &str, id: &str, classes: &str) -> Patch {
        let mut out = Patch::default();
        if self.rules.is_empty() {
            return out;
        }
        let mut add = |selector: &str| {
            if let Some(rule) = self.rules.get(selector) {
                out.add(rule);
            }
        };
        add(name);
        for class in classes.split_ascii_whitespace() {
            add(&format!(".{class}"));
        }
        for class in classes.split_ascii_whitespace() {
            add(&format!("{name}.{class}"));
        }
        if !id.is_empty() {
            add(&format!("#{id}"));
        }
        out
    }
}

impl Patch {
    /// `self`, then `later` on top.
    pub(crate) fn then(mut self, later: &Self) -> Self {
        self.add(later);
        self
    }
}

fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// What follows the `}` that closes a block whose `{` has just been read.
fn after_block(text: &str) -> &str {
    let mut depth = 1usize;
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(i + 1..).unwrap_or_default();
        }
    }
    ""
}

fn is_bold(value: &str) -> bool {
    matches!(value, "bold" | "bolder") || number(value).is_some_and(|w| w >= 600.0)
}

fn number(text: &str) -> Option<f32> {
    let usual = |c: char| c.is_ascii_digit() || "+-.".contains(c);
    text.parse().ok().filter(|_| text.chars().all(usual)).filter(|v: &f32| v.is_finite())
}

fn parse_size(value: &str) -> Option<Size> {
    let split = value.find(|c: char| c.is_ascii_alphabetic() || c == '%').unwrap_or(value.len());
    let (digits, unit) = value.split_at(split);
    let Some(n) = number(digits.trim()) else {
        return Some(match value {
            "xx-small" => Size::Px(9.0),
            "x-small" => Size::Px(10.0),
            "small" => Size::Px(13.0),
            "medium" => Size::Px(16.0),
            "large" => Size::Px(18.0),
            "x-large" => Size::Px(24.0),
            "xx-large" => Size::Px(32.0),
            "smaller" => Size::Times(0.83),
            "larger" => Size::Times(1.2),
            _ => return None,
        });
    };
    Some(match unit.trim() {
        "px" => Size::Px(n),
        "" if n == 0.0 => Size::Px(0.0),
        "pt" => Size::Px(n * 4.0 / 3.0),
        "rem" => Size::Px(n * NORMAL),
        "em" => Size::Times(n),
        "%" => Size::Times(n / 100.0),
        _ => return None,
    })
}

/// A colour as `#rgb`, `#rrggbb`, `rgb(…)` or one of the common names.
fn parse_color(value: &str) -> Option<[u8; 3]> {
    let value = value.trim().to_ascii_lowercase();
    if let Some(hex) = value.strip_prefix('#') {
        let n = u32::from_str_radix(hex, 16).ok()?;
        let [_, r, g, b] = n.to_be_bytes();
        return match hex.len() {
            3 => Some([(n >> 8) as u8 & 15, (n >> 4) as u8 & 15, n as u8 & 15].map(|v| v * 17)),
            6 => Some([r, g, b]),
            8 => n.to_be_bytes().first_chunk().copied(),
            _ => None,
        };
    }
    if let Some(parts) = value.strip_prefix("rgb").and_then(|v| v.split_once('(')) {
        let mut parts = parts.1.trim_end_matches(')').split([',', ' ', '/']).filter(|p| !p.is_empty());
        let mut part = || {
            let part = parts.next()?;
            let n = match part.strip_suffix('%') {
                Some(percent) => number(percent)? * 2.55,
                None => number(part)?,
            };
            #[allow(clippy::cast_sign_loss)] // Clamped.
            Some(n.clamp(0.0, 255.0).round() as u8)
        };
        return Some([part()?, part()?, part()?]);
    }
    NAMES.iter().find(|n| n.0 == value).map(|n| n.1)
}

const NAMES: &[(&str, [u8; 3])] = &[
    ("black", [0, 0, 0]),
    ("white", [255, 255, 255]),
    ("red", [255, 0, 0]),
    ("green", [0, 128, 0]),
    ("lime", [0, 255, 0]),
    ("blue", [0, 0, 255]),
    ("yellow", [255, 255, 0]),
    ("orange", [255, 165, 0]),
    ("purple", [128, 0, 128]),
    ("pink", [255, 192, 203]),
    ("brown", [165, 42, 42]),
    ("gold", [255, 215, 0]),
    ("navy", [0, 0, 128]),
    ("maroon", [128, 0, 0]),
    ("gray", [128, 128, 128]),
    ("grey", [128, 128, 128]),
    ("silver", [192, 192, 192]),
    ("darkgray", [169, 169, 169]),
    ("darkgrey", [169, 169, 169]),
    ("lightgray", [211, 211, 211]),
    ("lightgrey", [211, 211, 211]),
    ("dimgray", [105, 105, 105]),
    ("dimgrey", [105, 105, 105]),
    ("gainsboro", [220, 220, 220]),
    ("whitesmoke", [245, 245, 245]),
    ("snow", [255, 250, 250]),
    ("ivory", [255, 255, 240]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn style(css: &str) -> Style {
        Patch::parse(css).apply(Style::default())
    }

    #[test]
    fn declarations() {
        let s = style("FONT-SIZE: 9pt; color:#999; background: url(x) rgba(0, 128, 100%, .5)");
        assert_eq!((s.size, s.color, s.background), (Some(12.0), Some([153; 3]), Some([0, 128, 255])));
        assert!(style("font: bold 10px/1.5 sans-serif").bold);
        assert_eq!(style("font: bold 10px/1.5 sans-serif").size, Some(10.0));
        assert_eq!(style("font-size:1.5em").size, Some(24.0));
        for hidden in [
            "display:none",
            "opacity:0",
            "font-size:0",
            "visibility:hidden !important",
            "text-indent:-9999px",
            "color:transparent",
        ] {
            assert!(style(hidden).hidden, "{hidden}");
        }
        assert_eq!(
            style("font-size:nan; color:#中文; font-size:inf; opacity:.5; width:;;"),
            Style::default()
        );
    }

    #[test]
    fn sheets() {
        let mut sheet = Sheet::default();
        sheet.read("@import 'x'; /* .a{color:red} */ .a, p.b{font-size:10px} @media print{.a{color:red}} #c{display:none} .d .e{color:red}");
        assert_eq!(sheet.of("p", "", "x a").apply(Style::default()).size, Some(10.0));
        assert_eq!(sheet.of("p", "", "x a").apply(Style::default()).color, None);
        assert_eq!(sheet.of("div", "", "b").apply(Style::default()), Style::default());
        assert!(sheet.of("p", "c", "").apply(Style::default()).hidden);
        assert_eq!(sheet.of("p", "", "e").apply(Style::default()), Style::default());
    }
}
