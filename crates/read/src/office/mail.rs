//! Mails and saved pages (MIME): the subject and the text of the body. Attachments are not read.

use super::{Area, Extract};
use crate::decode::ReadError;
use crate::{BlockKind, Style};
use mail_parser::{MessageParser, MimeHeaders as _, PartType};

pub(super) fn read(bytes: &[u8]) -> Result<Extract, ReadError> {
    let damaged = || ReadError::Damaged { part: String::new(), at: None };
    let message = MessageParser::default().parse(bytes).ok_or_else(damaged)?;
    let mut out = Extract::default();
    let mut put = |kind: BlockKind, text: &str| {
        for line in text.lines().map(str::trim_end).filter(|l| !l.trim().is_empty()) {
            out.line(kind, None, Area::Body, None);
            out.text(line, Style::default(), None);
        }
    };
    if let Some(subject) = message.subject() {
        put(BlockKind::Heading(1), subject);
    }
    // The richest form of each body; a text beside an HTML of the same words is not read twice.
    let mut bodies = message.html_body.clone();
    bodies.extend(
        message
            .text_body
            .iter()
            .filter(|i| !message.html_body.contains(i))
            .filter(|_| message.html_body.is_empty()),
    );
    for part in bodies.iter().filter_map(|i| message.parts.get(*i as usize)) {
        if part.attachment_name().is_some() {
            continue;
        }
        match &part.body {
            PartType::Text(text) => put(BlockKind::Paragraph, text),
            PartType::Html(html) => {
                let html = crate::html::read(html);
                for block in &html.blocks {
                    put(block.kind, block.span.text(html.prose.text()));
                }
            }
            _ => {}
        }
    }
    if out.source.is_empty() {
        return Err(ReadError::NoDocument);
    }
    Ok(out)
}
