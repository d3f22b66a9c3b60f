//! `styles.xml`: how text looks that says nothing of itself.

use super::xml::{Element, Node, Xml};
use crate::Style;
use crate::decode::ReadError;
use std::collections::HashMap;
use std::io::BufRead;

/// Size of text where nothing sets one, in half-points.
const USUAL: f32 = 20.0;

/// A half-point in CSS pixels.
const HALF_POINT: f32 = 2.0 / 3.0;

/// A colour; none is the usual one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paint(pub(super) Option<[u8; 3]>);

/// What an `rPr` sets.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Patch {
    pub(super) bold: Option<bool>,
    pub(super) italic: Option<bool>,
    pub(super) underline: Option<bool>,
    pub(super) strike: Option<bool>,
    pub(super) hidden: Option<bool>,
    pub(super) superscript: Option<bool>,
    /// In half-points.
    pub(super) size: Option<f32>,
    pub(super) color: Option<Paint>,
    pub(super) background: Option<Paint>,
}

impl Patch {
    /// Takes in a child of an `rPr`.
    pub(super) fn child(&mut self, e: &Element) {
        match e.name() {
            "b" => self.bold = Some(e.on()),
            "i" => self.italic = Some(e.on()),
            "u" => self.underline = Some(e.on()),
            "strike" | "dstrike" => self.strike = Some(e.on()),
            "vanish" | "webHidden" => self.hidden = Some(e.on()),
            "vertAlign" => self.superscript = Some(e.val().as_deref() == Some("superscript")),
            "sz" => self.size = e.val().and_then(|v| v.parse().ok()).filter(|s| (1.0..=3276.0).contains(s)),
            "color" => self.color = Some(Paint(e.val().and_then(|v| color(&v)).filter(|c| *c != [0; 3]))),
            "highlight" => self.background = Some(Paint(e.val().and_then(|v| highlight(&v)))),
            "shd" => self.background = Some(Paint(shading(e))),
            _ => {}
        }
    }

    /// This patch with another over it.
    pub(super) fn over(self, top: Self) -> Self {
        Self {
            bold: top.bold.or(self.bold),
            italic: top.italic.or(self.italic),
            underline: top.underline.or(self.underline),
            strike: top.strike.or(self.strike),
            hidden: top.hidden.or(self.hidden),
            superscript: top.superscript.or(self.superscript),
            size: top.size.or(self.size),
            color: top.color.or(self.color),
            background: top.background.or(self.background),
        }
    }
}

/// The background that a `shd` gives.
pub(super) fn shading(e: &Element) -> Option<[u8; 3]> {
    e.get("fill").and_then(|f| color(&f)).filter(|c| *c != [0xFF; 3])
}

pub(super) fn color(hex: &str) -> Option<[u8; 3]> {
    let n = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6)?;
    let [_, rgb @ ..] = n.to_be_bytes();
    Some(rgb)
}

fn highlight(name: &str) -> Option<[u8; 3]> {
    Some(match name {
        "black" => [0; 3],
        "blue" => [0, 0, 0xFF],
        "cyan" => [0, 0xFF, 0xFF],
        "green" => [0, 0xFF, 0],
        "magenta" => [0xFF, 0, 0xFF],
        "red" => [0xFF, 0, 0],
        "yellow" => [0xFF, 0xFF, 0],
        "darkBlue" => [0, 0, 0x80],
        "darkCyan" => [0, 0x80, 0x80],
        "darkGreen" => [0, 0x80, 0],
        "darkMagenta" => [0x80, 0, 0x80],
        "darkRed" => [0x80, 0, 0],
        "darkYellow" => [0x80, 0x80, 0],
        "darkGray" => [0x80; 3],
        "lightGray" => [0xC0; 3],
        _ => return None,
    })
}

/// The numbering that a paragraph or a style asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct NumPr {
    pub(super) num: Option<u32>,
    pub(super) level: Option<u8>,
}

impl NumPr {
    /// Takes in a child of a `numPr`.
    pub(super) fn child(&mut self, e: &Element) {
        match e.name() {
            "ilvl" => self.level = e.number().and_then(|n| u8::try_from(n).ok()).filter(|n| *n < 9),
            "numId" => self.num = e.number().and_then(|n| u32::try_from(n).ok()),
            _ => {}
        }
    }
}

/// What a style sets, what it is based on included.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    name: String,
    based_on: Option<String>,
    patch: Patch,
    pub(super) num: NumPr,
    /// From 0; 9 is body text.
    outline: Option<u8>,
}

impl Rules {
    /// The level of a heading, from 1.
    pub(super) fn heading(&self) -> Option<u8> {
        let title = matches!(self.name.as_str(), "title").then_some(1);
        self.outline.filter(|l| *l < 9).map(|l| l + 1).or(title)
    }

    pub(super) fn is_caption(&self) -> bool {
        self.name == "caption"
    }
}

/// All styles.
#[derive(Debug, Default)]
pub(super) struct Styles {
    defaults: Patch,
    default_paragraph: Option<String>,
    all: HashMap<String, Rules>,
}

impl Styles {
    pub(super) fn read<R: BufRead>(xml: &mut Xml<R>) -> Result<Self, ReadError> {
        let mut out = Self::default();
        let mut current: Option<(String, Rules)> = None;
        // Depth of the open rPr, pPr and numPr, 0 for none.
        let (mut in_run, mut in_paragraph, mut in_num, mut in_defaults) = (0, 0, 0, 0);
        while let Some(node) = xml.next()? {
            match node {
                Node::Open(e) => {
                    let name = e.name();
                    match name {
                        "docDefaults" => in_defaults = usize::MAX,
                        "style" => {
                            let rules = Rules::default();
                            let id = e.get("styleId").unwrap_or_default();
                            if e.get("type").as_deref() == Some("paragraph")
                                && matches!(e.get("default").as_deref(), Some("1" | "true" | "on"))
                            {
                                out.default_paragraph = Some(id.clone());
                            }
                            current = Some((id, rules));
                        }
                        "rPrChange" | "pPrChange" | "tblStylePr" | "tcPr" | "tblPr" | "trPr" => {
                            drop(e);
                            xml.skip()?;
                            continue;
                        }
                        "rPr" => in_run = usize::MAX,
                        "pPr" => in_paragraph = usize::MAX,
                        "numPr" => in_num = usize::MAX,
                        _ if in_run > 0 => match &mut current {
                            Some((_, rules)) => rules.patch.child(&e),
                            None if in_defaults > 0 => out.defaults.child(&e),
                            None => {}
                        },
                        _ => {
                            if let Some((_, rules)) = &mut current {
                                match name {
                                    "name" => rules.name = e.val().unwrap_or_default().to_lowercase(),
                                    "basedOn" => rules.based_on = e.val(),
                                    "outlineLvl" if in_paragraph > 0 => {
                                        rules.outline = e.number().and_then(|n| u8::try_from(n).ok());
                                    }
                                    "shd" if in_paragraph > 0 => {
                                        rules.patch.background = Some(Paint(shading(&e)));
                                    }
                                    _ if in_num > 0 => rules.num.child(&e),
                                    _ => {}
                                }
                            }
                        }
                    }
                    for open in [&mut in_run, &mut in_paragraph, &mut in_num, &mut in_defaults] {
                        if *open == usize::MAX {
                            *open = e.depth;
                        }
                    }
                }
                Node::Close => {
                    let depth = xml.depth();
                    for open in [&mut in_run, &mut in_paragraph, &mut in_num, &mut in_defaults] {
                        if depth < *open {
                            *open = 0;
                        }
                    }
                    // styles/style
                    if depth == 1
                        && let Some((id, rules)) = current.take()
                    {
                        out.all.entry(id).or_insert(rules);
                    }
                }
                _ => {}
            }
        }
        out.inherit();
        Ok(out)
    }

    /// Puts into every style what it is based on.
    fn inherit(&mut self) {
        let mut whole: HashMap<String, Rules> = HashMap::new();
        for id in self.all.keys() {
            // From the style down to its root, or to one that is done, or to a cycle.
            let mut chain: Vec<&str> = Vec::new();
            let mut next = Some(id.as_str());
            let mut base = Rules::default();
            while let Some(id) = next {
                if let Some(done) = whole.get(id) {
                    base = done.clone();
                    break;
                }
                if chain.contains(&id) || chain.len() > 64 {
                    break;
                }
                let Some(rules) = self.all.get(id) else { break };
                chain.push(id);
                next = rules.based_on.as_deref();
            }
            for id in chain.into_iter().rev() {
                let Some(own) = self.all.get(id) else { continue };
                base = Rules {
                    name: own.name.clone(),
                    based_on: own.based_on.clone(),
                    patch: base.patch.over(own.patch),
                    num: NumPr { num: own.num.num.or(base.num.num), level: own.num.level.or(base.num.level) },
                    outline: own.outline.or(base.outline),
                };
                whole.insert(id.to_owned(), base.clone());
            }
        }
        self.all = whole;
    }

    /// The style of a paragraph.
    pub(super) fn paragraph(&self, id: Option<&str>) -> Option<&Rules> {
        let known = id.and_then(|id| self.all.get(id));
        known.or_else(|| self.all.get(self.default_paragraph.as_deref()?))
    }

    /// The style of a style's id, such as that of a list.
    pub(super) fn get(&self, id: &str) -> Option<&Rules> {
        self.all.get(id)
    }

    /// How text looks: the paragraph's style, the character style's, and what stands on the text.
    pub(super) fn look(&self, paragraph: Option<&Rules>, character: Option<&str>, direct: Patch) -> Style {
        let low = paragraph.map(|p| p.patch).unwrap_or_default();
        let high = character.and_then(|id| self.all.get(id)).map(|c| c.patch).unwrap_or_default();
        let all = self.defaults.over(low).over(high).over(direct);
        // Switches set by both kinds of style undo each other; set on the text itself they hold.
        let switch = |of: fn(&Patch) -> Option<bool>| {
            of(&direct).unwrap_or_else(|| {
                let styles = of(&low).unwrap_or(false) != of(&high).unwrap_or(false);
                styles || of(&low).or(of(&high)).is_none() && of(&self.defaults).unwrap_or(false)
            })
        };
        Style {
            bold: switch(|p| p.bold),
            italic: switch(|p| p.italic),
            underline: all.underline.unwrap_or(false),
            strike: switch(|p| p.strike),
            size: Some(all.size.unwrap_or(USUAL) * HALF_POINT),
            color: all.color.and_then(|c| c.0),
            background: all.background.and_then(|c| c.0),
            hidden: switch(|p| p.hidden),
            superscript: all.superscript.unwrap_or(false),
            alt_text: false,
            link: false,
        }
    }
}
