//! The HTML reader.
//!
//! html5gum finds the tags; this module keeps a stack of open elements, closes those HTML lets
//! authors leave open, and hands text to the [`Flow`]. Nothing recurses, so nesting is only
//! limited by [`MAX_DEPTH`].

use crate::css::{Patch, Sheet};
use crate::flow::{Content, Flow};
use crate::lines::floor;
use crate::{BlockKind, Style};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use shenyan_text::span::{Source, Span};
use std::collections::HashMap;

/// Deeper elements are taken for part of the one at this depth, as browsers do.
const MAX_DEPTH: usize = 512;

pub(crate) fn read(source: &str) -> Content {
    let mut flow = Flow::default();
    Html::default().feed(&mut flow, source, 0);
    flow.finish()
}

/// An open element, with everything it inherits.
#[derive(Debug, Clone)]
struct Element {
    name: String,
    style: Style,
    link: u32,
    kind: BlockKind,
    row: Option<u32>,
    /// Its text is not prose.
    skip: bool,
    /// White space counts.
    pre: bool,
}

impl Element {
    /// An element inside this one that changes nothing.
    fn child(&self, name: &str) -> Self {
        let Self { style, link, kind, row, skip, pre, .. } = *self;
        Self { name: name.to_owned(), style, link, kind, row, skip, pre }
    }
}

/// The state between pieces of HTML; Markdown feeds it several.
#[derive(Debug)]
pub(crate) struct Html {
    stack: Vec<Element>,
    /// Places in the stack of the open elements of each name.
    open: HashMap<String, Vec<usize>>,
    /// Elements open beyond the greatest depth.
    beyond: usize,
    sheet: Sheet,
    root: Element,
}

impl Default for Html {
    fn default() -> Self {
        let root = Element {
            name: String::new(),
            style: Style::default(),
            link: 0,
            kind: BlockKind::Paragraph,
            row: None,
            skip: false,
            pre: false,
        };
        let (stack, open, sheet) = (Vec::new(), HashMap::new(), Sheet::default());
        Self { stack, open, beyond: 0, sheet, root }
    }
}

/// A start tag in its place.
struct Tag<'a> {
    span: Span<Source>,
    /// Name, offset of the value in the tag, and the value as written.
    attributes: Vec<(String, usize, &'a str)>,
}

impl<'a> Tag<'a> {
    fn new(tag: &StartTag<usize>, text: &'a str, span: Span<Source>) -> Self {
        let attributes = tag.attributes.iter().filter_map(|(name, value)| {
            let name = String::from_utf8_lossy(name).into_owned();
            let at = value.span.start.checked_sub(tag.span.start)?;
            let (at, value) = attribute_value(text, at);
            Some((name, at, value))
        });
        Self { span, attributes: attributes.collect() }
    }

    fn raw(&self, name: &str) -> Option<(usize, &'a str)> {
        self.attributes.iter().find(|a| a.0 == name).map(|a| (a.1, a.2))
    }

    fn get(&self, name: &str) -> Option<String> {
        self.raw(name).map(|(_, value)| decoded(value))
    }

    fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }
}

/// The value of the attribute whose name starts at `at`, and where it is.
fn attribute_value(tag: &str, at: usize) -> (usize, &str) {
    let part = |at: usize| tag.get(at..).unwrap_or_default();
    let skip_space = |at: usize| at + part(at).len() - part(at).trim_ascii_start().len();
    let is_end = |c: char| c.is_ascii_whitespace() || c == '>';
    let name_end = at + part(at).find(|c| is_end(c) || c == '=').unwrap_or(part(at).len());
    let equals = skip_space(name_end);
    if !part(equals).starts_with('=') {
        return (name_end, "");
    }
    let value = skip_space(equals + 1);
    let quote = part(value).chars().next().filter(|c| matches!(c, '"' | '\''));
    let (start, end) = match quote {
        Some(quote) => (value + 1, part(value + 1).find(quote)),
        None => (value, part(value).find(is_end)),
    };
    (start, part(start).get(..end.unwrap_or(part(start).len())).unwrap_or_default())
}

impl Html {
    fn top(&self) -> &Element {
        self.stack.last().unwrap_or(&self.root)
    }

    /// Whether text is not prose here.
    pub(crate) fn skips(&self) -> bool {
        self.top().skip
    }

    /// The block text here belongs to.
    pub(crate) fn kind(&self) -> (BlockKind, Option<u32>) {
        (self.top().kind, self.top().row)
    }

    /// Sets the block that text outside of all elements belongs to.
    pub(crate) fn set_root(&mut self, kind: BlockKind, row: Option<u32>) {
        self.root.kind = kind;
        self.root.row = row;
    }

    /// Open elements, for [`Html::truncate`].
    pub(crate) fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Closes all elements beyond `depth`.
    pub(crate) fn truncate(&mut self, flow: &mut Flow, depth: usize) {
        self.beyond = 0;
        while self.stack.len() > depth {
            self.pop(flow);
        }
        self.sync(flow);
    }

    fn sync(&self, flow: &mut Flow) {
        flow.style = self.top().style;
        flow.link = self.top().link;
    }

    /// Opens an element that only changes the style.
    pub(crate) fn style(&mut self, flow: &mut Flow, name: &str, change: impl FnOnce(&mut Style)) {
        let mut style = Patch::of_tag(name).apply(self.top().style);
        change(&mut style);
        self.push(Element { style, ..self.top().child(name) });
        self.sync(flow);
    }

    /// Opens a link.
    pub(crate) fn link(&mut self, flow: &mut Flow, target: &str) {
        let link = flow.new_link(target);
        let style = Style { link: true, ..self.top().style };
        self.push(Element { style, link, ..self.top().child("a") });
        self.sync(flow);
    }

    fn push(&mut self, element: Element) {
        if self.stack.len() >= MAX_DEPTH {
            self.beyond += 1;
            return;
        }
        self.open.entry(element.name.clone()).or_default().push(self.stack.len());
        self.stack.push(element);
    }

    fn pop(&mut self, flow: &mut Flow) -> Option<Element> {
        let element = self.stack.pop()?;
        if let Some(places) = self.open.get_mut(&element.name) {
            places.pop();
        }
        if element.name == "label" {
            flow.label_end();
        }
        Some(element)
    }

    fn last(&self, names: &[&str]) -> Option<usize> {
        names.iter().filter_map(|n| self.open.get(*n)?.last().copied()).max()
    }

    /// Closes the last open element of the names, unless one of `within` is open inside it.
    fn close(&mut self, flow: &mut Flow, names: &[&str], within: &[&str]) {
        if let Some(place) = self.last(names)
            && self.last(within).is_none_or(|w| w < place)
        {
            self.beyond = 0;
            while self.stack.len() > place {
                self.pop(flow);
            }
        }
    }

    /// Reads HTML that stands at `base` in the source.
    pub(crate) fn feed(&mut self, flow: &mut Flow, text: &str, base: u32) {
        let masked = mask(text);
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        let place = |span: &html5gum::Span<usize>| {
            let start = floor(text, span.start as u32);
            start..floor(text, span.end as u32).max(start)
        };
        self.sync(flow);
        for token in Tokenizer::new_with_emitter(masked.as_str(), emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    let range = place(&tag.span);
                    let source = text.get(range.clone()).unwrap_or_default();
                    let here = Tag::new(&tag, source, Span::of(&range).shifted(base));
                    let name = String::from_utf8_lossy(&tag.name);
                    self.start(flow, &name, &here, tag.self_closing);
                }
                Token::EndTag(tag) => {
                    let span = Span::of(&place(&tag.span)).shifted(base);
                    self.end(flow, &String::from_utf8_lossy(&tag.name), span);
                }
                Token::String(string) => {
                    let range = place(&string.span);
                    let raw = text.get(range.clone()).unwrap_or_default();
                    let at = range.start as u32 + base;
                    if self.top().name == "style" {
                        self.sheet.read(raw);
                    } else if !self.top().skip {
                        put_text(flow, raw, at, self.top().pre);
                    }
                }
                Token::Comment(comment) => {
                    let range = place(&comment.span);
                    if text.get(range.clone()).is_some_and(|t| t.starts_with("<!--")) {
                        flow.comment(Span::of(&range).shifted(base));
                    }
                }
                Token::Doctype(_) | Token::Error(_) => {}
            }
            self.sync(flow);
        }
    }

    fn start(&mut self, flow: &mut Flow, name: &str, tag: &Tag<'_>, self_closing: bool) {
        const CELLS: &[&str] = &["td", "th"];
        match name {
            "br" if !self.skips() => return flow.line_break(tag.span),
            "img" if !self.skips() => return self.image(flow, tag),
            "input" if !self.skips() => return self.input(flow, tag),
            "meta" => return self.meta(flow, tag),
            "li" => self.close(flow, &["li"], &["ul", "ol", "table"]),
            "dt" | "dd" => self.close(flow, &["dt", "dd"], &["dl", "table"]),
            "option" | "optgroup" => self.close(flow, &["option"], &["select"]),
            "td" | "th" => self.close(flow, CELLS, &["table"]),
            "tr" | "tbody" | "thead" | "tfoot" => {
                self.close(flow, CELLS, &["table"]);
                self.close(flow, &["tr"], &["table"]);
            }
            _ => {}
        }
        let block = is_block(name);
        if block && name != "title" {
            self.close(flow, &["p"], &["td", "th", "caption", "table", "button", "svg"]);
        }
        let mut element = self.element(flow, name, tag, block);
        if block {
            flow.boundary(element.kind, element.row);
        }
        if name == "code" && !self.skips() {
            flow.gap(tag.span);
        }
        if is_void(name) {
            return;
        }
        // html5gum reads on in these as text, whatever the tag says.
        let raw = matches!(name, "title" | "textarea" | "script" | "style" | "iframe" | "xmp")
            || matches!(name, "noembed" | "noscript" | "plaintext");
        if self_closing && !raw {
            if block {
                let (kind, row) = self.kind();
                flow.boundary(kind, row);
            }
            return;
        }
        match name {
            "a" if !element.skip && tag.has("href") => {
                element.link = flow.new_link(&tag.get("href").unwrap_or_default());
                element.style.link = true;
            }
            "label" => flow.label_start(tag.get("for")),
            _ => {}
        }
        self.push(element);
    }

    /// The element a start tag opens.
    fn element(&mut self, flow: &mut Flow, name: &str, tag: &Tag<'_>, block: bool) -> Element {
        if matches!(name, "td" | "th") && self.top().row.is_none() {
            let row = Some(flow.new_row());
            self.stack.last_mut().unwrap_or(&mut self.root).row = row;
        }
        let outer = self.top();
        let id = tag.get("id").unwrap_or_default();
        let classes = tag.get("class").unwrap_or_default();
        let mut patch = Patch::of_tag(name);
        if name == "font" {
            let (size, color) = (tag.get("size"), tag.get("color"));
            patch = Patch::of_font(size.as_deref(), color.as_deref());
        }
        patch = patch.then(&self.sheet.of(name, &id, &classes));
        if let Some(style) = tag.get("style") {
            patch = patch.then(&Patch::parse(&style));
        }
        let mut style = patch.apply(outer.style);
        style.hidden |= tag.has("hidden");
        let in_picture = self.open.get("svg").is_some_and(|places| !places.is_empty());
        let kind = if block && is_small_print(&id, &classes, tag) {
            BlockKind::Footnote
        } else {
            match (name, outer.kind) {
                ("title", _) => BlockKind::Heading(1),
                ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", _) => {
                    BlockKind::Heading(name.as_bytes().get(1).map_or(1, |d| d - b'0'))
                }
                ("td" | "th", _) => BlockKind::Cell,
                ("caption" | "figcaption", _) => BlockKind::Caption,
                (_, BlockKind::Footnote) => BlockKind::Footnote,
                ("li", _) => BlockKind::Item,
                ("blockquote", _) => BlockKind::Quote,
                (_, kind) => kind,
            }
        };
        let row = match name {
            "tr" => Some(flow.new_row()),
            "table" => None,
            _ => outer.row,
        };
        let skip = is_skipped(name) || (name == "title" && in_picture);
        Element {
            style,
            kind,
            row,
            skip: outer.skip || skip,
            pre: outer.pre || name == "pre",
            ..outer.child(name)
        }
    }

    fn end(&mut self, flow: &mut Flow, name: &str, span: Span<Source>) {
        if name == "br" {
            return flow.line_break(span);
        }
        if is_void(name) {
            return;
        }
        if self.beyond > 0 {
            self.beyond -= 1;
        } else {
            let within: &[&str] = match name {
                "table" | "body" | "html" => &[],
                "td" | "th" | "tr" | "caption" | "tbody" | "thead" | "tfoot" => &["table"],
                _ => &["td", "th", "caption", "table"],
            };
            self.close(flow, &[name], within);
        }
        if is_block(name) {
            let (kind, row) = self.kind();
            flow.boundary(kind, row);
        }
    }

    fn image(&mut self, flow: &mut Flow, tag: &Tag<'_>) {
        if let Some((at, alt)) = tag.raw("alt")
            && !alt.trim().is_empty()
        {
            let style = Patch::parse(&tag.get("style").unwrap_or_default()).apply(flow.style);
            let start = tag.span.start;
            flow.gap(Span::new(start, start));
            flow.style = Style { alt_text: true, hidden: style.hidden, ..flow.style };
            put_text(flow, alt, start + at as u32, false);
            self.sync(flow);
            flow.gap(Span::new(tag.span.end, tag.span.end));
        }
    }

    fn input(&mut self, flow: &mut Flow, tag: &Tag<'_>) {
        match tag.get("type").unwrap_or_default().to_ascii_lowercase().as_str() {
            "checkbox" | "radio" => {
                let id = tag.get("id").filter(|id| !id.is_empty());
                flow.control(tag.span, tag.has("checked"), !tag.has("disabled"), id);
            }
            "submit" | "button" | "reset" => {
                if let Some((at, value)) = tag.raw("value") {
                    self.aside(flow, value, tag.span.start + at as u32);
                }
            }
            _ => {}
        }
    }

    fn meta(&mut self, flow: &mut Flow, tag: &Tag<'_>) {
        let is_description = tag.get("name").is_some_and(|n| n.eq_ignore_ascii_case("description"));
        if let (true, Some((at, content))) = (is_description, tag.raw("content")) {
            self.aside(flow, content, tag.span.start + at as u32);
        }
    }

    /// The value of an attribute that is a block of its own.
    fn aside(&mut self, flow: &mut Flow, text: &str, at: u32) {
        let (kind, row) = self.kind();
        flow.boundary(BlockKind::Paragraph, None);
        put_text(flow, text, at, false);
        flow.boundary(kind, row);
    }
}

/// The text with what would move positions in the tokenizer replaced by as many other bytes:
/// carriage returns, and the start of character references, which are decoded here.
fn mask(text: &str) -> String {
    text.replace("\r\n", " \n").replace('\r', "\n").replace('\0', " ").replace('&', "_")
}

/// Hands over text that stands at `at` in the source, with character references in it.
fn put_text(flow: &mut Flow, text: &str, at: u32, pre: bool) {
    let put = |flow: &mut Flow, from: usize, to: usize| {
        let part = text.get(from..to).unwrap_or_default();
        if pre {
            flow.text(at + from as u32, part);
        } else {
            flow.collapsed(at + from as u32, part);
        }
    };
    let mut from = 0; // what is not handed over yet
    for (i, byte) in text.bytes().enumerate() {
        let special = matches!((byte, pre), (b'&' | 0, _) | (b'\n' | b'\r', true));
        if i < from || !special {
            continue;
        }
        let rest = text.get(i..).unwrap_or_default();
        let found = if byte == b'&' { reference(rest) } else { None };
        let len = match &found {
            Some((len, _)) => *len,
            None if byte == b'&' => continue,
            None if rest.starts_with("\r\n") => 2,
            None => 1,
        };
        put(flow, from, i);
        from = i + len;
        let span = Span::of(&(i..from)).shifted(at);
        match found {
            Some((_, value)) => flow.replaced(span, &value),
            None if byte != 0 => flow.line_break(span),
            None => {}
        }
    }
    put(flow, from, text.len());
}

/// The character reference at the start of a text that starts with `&`: its length and value.
fn reference(text: &str) -> Option<(usize, String)> {
    let part = |b: &u8| b.is_ascii_alphanumeric() || *b == b'#';
    let mut end = 1 + text.bytes().skip(1).take(40).take_while(part).count();
    if text.as_bytes().get(end) == Some(&b';') {
        end += 1;
    }
    let written = text.get(..end).filter(|t| t.len() > 2)?;
    let value = match written {
        "&nbsp;" => "\u{A0}".to_owned(),
        "&amp;" => "&".to_owned(),
        "&lt;" => "<".to_owned(),
        "&gt;" => ">".to_owned(),
        "&quot;" => "\"".to_owned(),
        _ => Tokenizer::new(written)
            .filter_map(|token| match token {
                Ok(Token::String(string)) => Some(String::from_utf8_lossy(&string).into_owned()),
                Ok(_) => None,
            })
            .collect(),
    };
    let plain = |c| {
        if matches!(c, '\n' | '\r' | '\0' | '\t') { ' ' } else { c }
    };
    (value != written).then(|| (end, value.chars().map(plain).collect()))
}

fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(i) = rest.find('&') {
        let (before, from) = rest.split_at(i);
        out.push_str(before);
        let (len, value) = reference(from).unwrap_or((1, "&".to_owned()));
        out.push_str(&value);
        rest = from.get(len..).unwrap_or_default();
    }
    out + rest
}

fn is_small_print(id: &str, classes: &str, tag: &Tag<'_>) -> bool {
    const WORDS: [&str; 7] =
        ["footnote", "endnote", "disclaimer", "fineprint", "fine-print", "smallprint", "small-print"];
    let role = tag.get("role").unwrap_or_default();
    [id, classes, &role].into_iter().any(|text| {
        let text = text.to_ascii_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    })
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements whose text is not prose.
fn is_skipped(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "code"
            | "textarea"
            | "math"
            | "iframe"
            | "object"
            | "xmp"
            | "noembed"
            | "noframes"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "button"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "select"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlockKind::{Caption, Cell, Footnote, Heading, Item, Paragraph, Quote};
    use crate::{Document, Format};

    fn doc(source: &str) -> Document {
        Document::from_text(source.to_owned(), Format::Html)
    }

    fn blocks(doc: &Document) -> Vec<(BlockKind, &str)> {
        doc.blocks().iter().map(|b| (b.kind, b.span.text(doc.prose().text()))).collect()
    }

    fn style_of(doc: &Document, text: &str) -> Style {
        let at = doc.prose().text().find(text).unwrap() as u32;
        doc.styles().iter().find(|s| s.span.contains(at)).map_or(Style::default(), |s| s.style)
    }

    fn source_of<'a>(doc: &'a Document, text: &str) -> &'a str {
        let at = doc.prose().text().find(text).unwrap();
        doc.prose().to_original(Span::of(&(at..at + text.len()))).text(doc.source())
    }

    #[test]
    fn a_page_becomes_blocks() {
        let d = doc("<!doctype html><html><head><title>最好的店</title>\r\n\
            <meta name=\"description\" content='全国&quot;第一'><script>var a='<p>';</script>\
            <style>.n{font-size:10px;color:#999}</style></head><body>正文\r\n<h2>标题</h2>\
            <p>第一段<p>第二段<br>换行<ul><li>甲<li><p>乙</ul><blockquote><p>引</blockquote>\
            <table><caption>表</caption><tr><td>A<td>B<tr><th>C</table>\
            <figure><img alt=\"神&amp;奇\"><figcaption>图</figcaption></figure>\
            <div class=footnote-list><p>注</div><p class=n>小字</p><button>买</button>\
            <pre>一\n  二<code>x</code></pre></body>");
        assert_eq!(
            blocks(&d),
            [
                (Heading(1), "最好的店"),
                (Paragraph, "全国\"第一"),
                (Paragraph, "正文"),
                (Heading(2), "标题"),
                (Paragraph, "第一段"),
                (Paragraph, "第二段\n换行"),
                (Item, "甲"),
                (Item, "乙"),
                (Quote, "引"),
                (Caption, "表"),
                (Cell, "A"),
                (Cell, "B"),
                (Cell, "C"),
                (Paragraph, "神&奇"),
                (Caption, "图"),
                (Footnote, "注"),
                (Paragraph, "小字"),
                (Paragraph, "买"),
                (Paragraph, "一\n  二"),
            ]
        );
        let rows: Vec<_> = d.blocks().iter().filter_map(|b| b.table_row).collect();
        assert!(rows[0] == rows[1] && rows[1] != rows[2]);
        assert_eq!((style_of(&d, "小字").size, style_of(&d, "小字").color), (Some(10.0), Some([153; 3])));
        assert!(style_of(&d, "神&奇").alt_text);
        assert_eq!(source_of(&d, "第一段"), "第一段");
        assert_eq!(source_of(&d, "神&奇"), "神&amp;奇");
        assert_eq!(source_of(&d, "\"第"), "&quot;第");
        assert_eq!(d.position(d.source().find("标题").unwrap() as u32).line, 3);
    }

    #[test]
    fn white_space_collapses_and_han_lines_join() {
        let d =
            doc("<p>  全国\r\n   第一  品牌 <b> the\n best</b> <i>好</i> 见https://a.cn/?a=1&amp;b=2。 </p>");
        assert_eq!(d.prose().text(), "全国第一 品牌 the best 好 见 。");
        assert_eq!(source_of(&d, "国第"), "国\r\n   第");
        assert!(style_of(&d, "the").bold && !style_of(&d, "好").bold && style_of(&d, "好").italic);
    }

    #[test]
    fn styles_are_inherited() {
        let d = doc("<div style='color:#999;font-size:20px'>甲<small>乙<s>丙</s></small>\
            <span style='display:none'>丁</span></div><p hidden>戊</p><font size=1 color=red>己</font>");
        assert_eq!(style_of(&d, "丙").size, Some(20.0 * 0.83));
        assert!(style_of(&d, "丙").strike && style_of(&d, "丁").hidden);
        assert_eq!(style_of(&d, "己").color, Some([255, 0, 0]));
        assert_eq!(d.blocks().iter().map(|b| b.hidden).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn controls_have_labels() {
        let d = doc("<p><label>同意<input type=checkbox checked>协议</label> 其他</p>\
            <p><input type=checkbox>甲 <input type=radio disabled>乙</p>\
            <div><input type=checkbox checked></div><div>默认勾选</div>\
            <div><input id=x type=checkbox><p>无关</p><label for=x>标签</label></div>\
            <p>前文<input type=checkbox></p>");
        let labels: Vec<_> =
            d.controls().iter().map(|c| (c.label.text(d.prose().text()), c.checked, c.enabled)).collect();
        assert_eq!(
            labels,
            [
                ("同意协议", true, true),
                ("甲", false, true),
                ("乙", false, false),
                ("默认勾选", true, true),
                ("标签", false, true),
                ("前文", false, true),
            ]
        );
        assert!(d.controls()[0].span.text(d.source()).starts_with("<input type=checkbox checked>"));
    }

    #[test]
    fn links_and_comments() {
        let d = doc("<!-- 审言:忽略 --><a href='/a?b&amp;c'>点<b>击</b><p>这里</p></a><!doctype x>");
        let links: Vec<_> =
            d.links().iter().map(|l| (l.span.text(d.prose().text()), l.target.as_str())).collect();
        assert_eq!(links, [("点击", "/a?b&c"), ("这里", "/a?b&c")]);
        assert_eq!(
            d.comments().iter().map(|c| c.span.text(d.source())).collect::<Vec<_>>(),
            ["<!-- 审言:忽略 -->"]
        );
    }

    #[test]
    fn attribute_values_are_found() {
        for (tag, value) in
            [("<a b=c>", "c"), ("<a b = 'c d'>", "c d"), ("<a b>", ""), ("<a b=\"", ""), ("<a b='x", "x")]
        {
            assert_eq!(attribute_value(tag, 3).1, value, "{tag}");
        }
        assert_eq!(doc("<p>x<img title='alt=\"a\"' ALT = 甲>").prose().text(), "x 甲");
    }

    #[test]
    fn broken_and_deep_markup_is_read() {
        let deep = format!("{}字{}后", "<div><b>".repeat(100_000), "</b></div>".repeat(100_000));
        assert_eq!(doc(&deep).prose().text(), "字\n后");
        for part in [
            "<b>",
            "</b>",
            "<td>",
            "<li><p>",
            "<a href=x>",
            "&",
            "&a",
            "<",
            "<!--",
            "<input type=radio>",
            "</p>",
            "<label>x",
        ] {
            doc(&part.repeat(50_000));
        }
        assert_eq!(
            doc("a</div></p></b>b<b><i>c</b>d").prose().text(),
            "a\n\n\nb".replace("\n\n\n", "\n") + "cd"
        );
    }
}
