//! The Markdown reader.

use crate::BlockKind;
use crate::flow::{Content, Flow};
use crate::html::Html;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use shenyan_text::span::Span;
use std::ops::Range;

pub(crate) fn read(source: &str) -> Content {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut reader = Reader {
        source,
        flow: Flow::default(),
        html: Html::default(),
        kinds: Vec::new(),
        footnotes: 0,
        row: None,
        depths: Vec::new(),
        quiet: 0,
        pieces: None,
    };
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        reader.event(event, range);
    }
    reader.flow.finish()
}

struct Reader<'a> {
    source: &'a str,
    flow: Flow,
    html: Html,
    /// The kinds of the open blocks, innermost last.
    kinds: Vec<BlockKind>,
    /// Open footnotes.
    footnotes: usize,
    row: Option<u32>,
    /// Depths of the HTML where the open inline elements and blocks of Markdown began.
    depths: Vec<usize>,
    /// Open code and metadata blocks.
    quiet: usize,
    /// The lines of an HTML block.
    pieces: Option<Vec<Range<usize>>>,
}

impl Reader<'_> {
    fn text_at(&self, range: Range<usize>) -> &str {
        self.source.get(range).unwrap_or_default()
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        let span = Span::of(&range);
        match event {
            Event::Start(tag) => self.start(tag, &range),
            Event::End(tag) => self.end(tag, &range),
            Event::Html(_) | Event::Text(_) if self.pieces.is_some() => {
                self.pieces.get_or_insert_default().push(range);
            }
            Event::InlineHtml(_) | Event::Html(_) => {
                let text = self.source.get(range.clone()).unwrap_or_default();
                self.html.feed(&mut self.flow, text, range.start as u32);
            }
            _ if self.quiet > 0 || self.html.skips() => {}
            Event::Text(text) => {
                if self.text_at(range) == &*text {
                    self.flow.collapsed(span.start, &text);
                } else {
                    self.flow.replaced(span, &text);
                }
            }
            Event::Code(_) => self.flow.gap(span),
            Event::InlineMath(text) | Event::DisplayMath(text) => {
                // Prices written with dollar signs look like formulas.
                if text.chars().any(|c| matches!(c, '\u{4E00}'..='\u{9FFF}')) {
                    let text = self.source.get(range).unwrap_or_default();
                    self.flow.text(span.start, text);
                } else {
                    self.flow.gap(span);
                }
            }
            Event::SoftBreak => self.flow.space(span, true),
            Event::HardBreak => self.flow.line_break(span),
            Event::Rule => self.boundary(),
            Event::FootnoteReference(label) => {
                let style = self.flow.style;
                self.flow.style.superscript = true;
                self.flow.replaced(span, &format!("[{label}]"));
                self.flow.style = style;
            }
            Event::TaskListMarker(checked) => self.flow.control(span, checked, true, None),
        }
    }

    /// The kind of what follows, that of HTML around it included.
    fn kind(&self) -> (BlockKind, Option<u32>) {
        let (html, html_row) = self.html.kind();
        let inner = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
        let footnote = self.footnotes > 0;
        let kind = match inner {
            BlockKind::Paragraph => html,
            BlockKind::Item | BlockKind::Quote if footnote => BlockKind::Footnote,
            kind => kind,
        };
        (kind, self.row.or(html_row))
    }

    fn boundary(&mut self) {
        let (kind, row) = self.kind();
        self.flow.boundary(kind, row);
    }

    fn open(&mut self, kind: BlockKind) {
        self.depths.push(self.html.depth());
        self.footnotes += usize::from(kind == BlockKind::Footnote);
        self.kinds.push(kind);
        self.boundary();
    }

    fn close(&mut self) {
        let kind = self.kinds.pop();
        self.footnotes -= usize::from(kind == Some(BlockKind::Footnote));
        self.close_inline();
        self.boundary();
    }

    fn close_inline(&mut self) {
        if let Some(depth) = self.depths.pop() {
            self.html.truncate(&mut self.flow, depth);
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        let flow = &mut self.flow;
        match tag {
            Tag::Paragraph => {
                let kind = self.kinds.last().copied().unwrap_or(BlockKind::Paragraph);
                self.open(kind);
            }
            Tag::Heading { level, .. } => self.open(BlockKind::Heading(number(level))),
            Tag::BlockQuote(_) => self.open(BlockKind::Quote),
            Tag::Item => self.open(BlockKind::Item),
            Tag::FootnoteDefinition(_) => self.open(BlockKind::Footnote),
            Tag::TableHead | Tag::TableRow => self.row = Some(flow.new_row()),
            Tag::TableCell => self.open(BlockKind::Cell),
            Tag::CodeBlock(_) | Tag::MetadataBlock(_) => {
                self.quiet += 1;
                self.boundary();
            }
            Tag::HtmlBlock => {
                self.boundary();
                self.pieces = Some(Vec::new());
            }
            Tag::Emphasis => self.inline("em"),
            Tag::Strong => self.inline("strong"),
            Tag::Strikethrough => {
                self.depths.push(self.html.depth());
                if self.is_tilde(range) {
                    self.flow.text(range.start as u32, "~");
                } else {
                    self.html.style(&mut self.flow, "del", |_| {});
                }
            }
            Tag::Link { dest_url, .. } => {
                self.depths.push(self.html.depth());
                self.html.link(flow, &dest_url);
            }
            Tag::Image { .. } => {
                self.depths.push(self.html.depth());
                flow.gap(Span::new(range.start as u32, range.start as u32));
                self.html.style(flow, "img", |style| style.alt_text = true);
            }
            _ => self.boundary(),
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::Item
            | TagEnd::FootnoteDefinition
            | TagEnd::TableCell => self.close(),
            TagEnd::TableHead | TagEnd::TableRow => {
                self.row = None;
                self.boundary();
            }
            TagEnd::CodeBlock | TagEnd::MetadataBlock(_) => {
                self.quiet = self.quiet.saturating_sub(1);
            }
            TagEnd::HtmlBlock => {
                if let Some(pieces) = self.pieces.take() {
                    self.html_block(&pieces);
                }
                self.boundary();
            }
            TagEnd::Strikethrough => {
                self.close_inline();
                if self.is_tilde(range) {
                    self.flow.text(range.end as u32 - 1, "~");
                }
            }
            TagEnd::Image => {
                self.close_inline();
                let end = range.end as u32;
                self.flow.gap(Span::new(end, end));
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link => self.close_inline(),
            _ => self.boundary(),
        }
    }

    fn inline(&mut self, name: &str) {
        self.depths.push(self.html.depth());
        self.html.style(&mut self.flow, name, |_| {});
    }

    /// A single `~` is for ranges, such as 100~200元, and not for striking out.
    fn is_tilde(&self, range: &Range<usize>) -> bool {
        let text = self.text_at(range.clone());
        text.starts_with('~') && !text.starts_with("~~")
    }

    /// The lines of an HTML block, with what stands between them (marks of quotes and lists)
    /// made blank so that all positions stay.
    fn html_block(&mut self, pieces: &[Range<usize>]) {
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
            return;
        };
        let mut text = String::with_capacity(last.end.saturating_sub(first.start));
        let mut at = first.start;
        for piece in pieces {
            text.extend(std::iter::repeat_n(' ', piece.start.saturating_sub(at)));
            text.push_str(self.text_at(piece.start.max(at)..piece.end));
            at = at.max(piece.end);
        }
        let (kind, row) = self.kind();
        self.html.set_root(kind, row);
        self.html.feed(&mut self.flow, &text, first.start as u32);
        self.html.set_root(BlockKind::Paragraph, None);
    }
}

fn number(level: HeadingLevel) -> u8 {
    level as u8
}

#[cfg(test)]
mod tests {
    use crate::BlockKind::{Cell, Footnote, Heading, Item, Paragraph, Quote};
    use crate::{BlockKind, Document, Format, Style};
    use shenyan_text::span::Span;

    fn doc(source: &str) -> Document {
        Document::from_text(source.to_owned(), Format::Markdown)
    }

    fn blocks(doc: &Document) -> Vec<(BlockKind, &str)> {
        doc.blocks().iter().map(|b| (b.kind, b.span.text(doc.prose().text()))).collect()
    }

    fn style_of(doc: &Document, text: &str) -> Style {
        let at = doc.prose().text().find(text).unwrap() as u32;
        doc.styles().iter().find(|s| s.span.contains(at)).map_or(Style::default(), |s| s.style)
    }

    #[test]
    fn a_page_becomes_blocks() {
        let d = doc("---\ntitle: 无\n---\n# 标题\n\n第一\n第二 and\nthree  \n硬换行`code`后\n\n\
            - 甲\n  - 乙\n\n    丙\n- [x] 丁\n\n> 引\n> 用\n\n```\n代码\n```\n\n\
            |A|B|\n|-|-|\n|C|D|\n\n句[^1]末\n\n[^1]: 脚注\n\n    - 续\n");
        assert_eq!(
            blocks(&d),
            [
                (Heading(1), "标题"),
                (Paragraph, "第一第二 and three\n硬换行 后"),
                (Item, "甲"),
                (Item, "乙"),
                (Item, "丙"),
                (Item, "丁"),
                (Quote, "引用"),
                (Cell, "A"),
                (Cell, "B"),
                (Cell, "C"),
                (Cell, "D"),
                (Paragraph, "句[1]末"),
                (Footnote, "脚注"),
                (Footnote, "续"),
            ]
        );
        let rows: Vec<_> = d.blocks().iter().filter_map(|b| b.table_row).collect();
        assert!(rows.len() == 4 && rows[0] == rows[1] && rows[1] != rows[2] && rows[2] == rows[3]);
        assert!(style_of(&d, "[1]").superscript);
        let [control] = d.controls() else { panic!() };
        assert!(control.checked && control.span.text(d.source()) == "[x]");
        assert_eq!(control.label.text(d.prose().text()), "丁");
    }

    #[test]
    fn inline_markup() {
        let d = doc("**粗*斜***\\*星 &amp; ~~删~~ [链](http://a.cn)![图](b.png) 乙<https://c.cn> \
            <b>甲<span style=\"display:none\">隐</span></b><!-- 注 -->丁 100~200元，300~400元 \
            $100起，$200止 $x^2$ ☑ 同意");
        assert_eq!(
            d.prose().text(),
            "粗斜*星 & 删 链 图 乙 甲隐丁 100~200元，300~400元 $100起，$200止 ☑ 同意"
        );
        assert!(style_of(&d, "粗").bold && style_of(&d, "斜").italic && style_of(&d, "斜").bold);
        assert!(style_of(&d, "删").strike && style_of(&d, "图").alt_text);
        assert!(style_of(&d, "隐").hidden && style_of(&d, "甲").bold);
        assert_eq!(style_of(&d, "丁"), Style::default());
        assert_eq!(style_of(&d, "200"), Style::default());
        let links: Vec<_> =
            d.links().iter().map(|l| (l.span.text(d.prose().text()), l.target.as_str())).collect();
        assert_eq!(links, [("链", "http://a.cn"), (" ", "https://c.cn")]);
        assert_eq!(d.comments()[0].span.text(d.source()), "<!-- 注 -->");
        let at = d.prose().text().find("*星 &").unwrap();
        let source = d.prose().to_original(Span::of(&(at..at + 6))).text(d.source());
        assert_eq!(source, "*星 &amp;");
    }

    #[test]
    fn html_blocks_keep_their_places() {
        let source = "> <div hidden\n> class=\"x\">藏\n> 字</div>\n\n<table><tr><td>\n\n**格**\n\n</td></tr></table>\n\n<!-- 令 -->\n\n尾";
        let d = doc(source);
        assert_eq!(blocks(&d), [(Quote, "藏字"), (Cell, "格"), (Paragraph, "尾")]);
        assert!(d.blocks()[0].hidden && !d.blocks()[1].hidden);
        for (i, text) in ["藏\n> 字", "格", "尾"].into_iter().enumerate() {
            let span = d.prose().to_original(d.blocks()[i].span);
            assert_eq!(span.text(source), text);
        }
        assert_eq!(d.comments()[0].span.text(source), "<!-- 令 -->");
    }

    #[test]
    fn unclosed_inline_html_ends_with_its_paragraph() {
        let d = doc("甲<span style='display:none'>乙\n\n丙");
        assert!(style_of(&d, "乙").hidden && !style_of(&d, "丙").hidden);
    }
}
