//! Words: the segmenter, and whether a piece of text is made of whole words.

use crate::fold::is_han;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Characters looked at on each side of a hit: enough to fix the words around it.
const CONTEXT: usize = 24;

/// A word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// The word as it stands in the text.
    pub text: &'a str,
    /// Byte offset of the word in the text.
    pub start: u32,
    /// Part of speech in jieba's notation ("n", "v", "m" …), empty if unknown.
    pub tag: &'a str,
}

impl Token<'_> {
    /// Byte offset one past the word.
    pub fn end(&self) -> u32 {
        self.start + self.text.len() as u32
    }
}

/// Cuts text into words.
pub trait Segmenter: Send + Sync {
    /// The words of `text`, in order and without gaps.
    fn tokens<'a>(&'a self, text: &'a str) -> Vec<Token<'a>>;
}

/// Segmentation by jieba's dictionary, without guessing at unknown words; the dictionary loads
/// on first use.
#[derive(Debug)]
pub struct Jieba {
    words: Vec<(String, Option<String>)>,
    loaded: OnceLock<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    jieba: jieba_rs::Jieba,
    /// Tags of our own words, which jieba does not take over for words it already has.
    tags: HashMap<String, String>,
}

impl Jieba {
    /// A segmenter that also knows `words`, each with its part of speech. Loads nothing yet.
    pub fn new(words: Vec<(String, Option<String>)>) -> Self {
        Self { words, loaded: OnceLock::new() }
    }

    /// Whether the dictionary is in memory.
    pub fn is_loaded(&self) -> bool {
        self.loaded.get().is_some()
    }

    fn load(&self) -> Loaded {
        let mut jieba = jieba_rs::Jieba::new();
        for (word, tag) in &self.words {
            jieba.add_word(word, None, tag.as_deref());
        }
        let tags = self.words.iter().filter_map(|(w, tag)| Some((w.clone(), tag.clone()?))).collect();
        Loaded { jieba, tags }
    }
}

impl Segmenter for Jieba {
    fn tokens<'a>(&'a self, text: &'a str) -> Vec<Token<'a>> {
        let loaded = self.loaded.get_or_init(|| self.load());
        let mut start = 0;
        loaded
            .jieba
            .tag(text, false)
            .into_iter()
            .map(|t| {
                let tag = loaded.tags.get(t.word).map_or(t.tag, String::as_str);
                let token = Token { text: t.word, start, tag };
                start = token.end();
                token
            })
            .collect()
    }
}

/// Whether both ends of `hit`, a byte range of `text`, fall between words.
///
/// Looks only at the stretch of Han characters, letters and digits around the hit, at most 24
/// characters on each side; asks `seg` nothing if the hit is that whole stretch. A range that is
/// not one of `text` is on no boundary.
pub fn on_boundaries(seg: &dyn Segmenter, text: &str, hit: Range<usize>) -> bool {
    let (Some(before), Some(_), Some(after)) =
        (text.get(..hit.start), text.get(hit.clone()), text.get(hit.end..))
    else {
        return false;
    };
    let in_word = |c: &char| is_han(*c) || c.is_alphanumeric();
    let left: usize = before.chars().rev().take(CONTEXT).take_while(in_word).map(char::len_utf8).sum();
    let right: usize = after.chars().take(CONTEXT).take_while(in_word).map(char::len_utf8).sum();
    if left == 0 && right == 0 {
        return true;
    }
    let window = &text[hit.start - left..hit.end + right];
    let tokens = seg.tokens(window);
    let boundary = |at: usize| at == 0 || at == window.len() || tokens.iter().any(|t| t.start as usize == at);
    boundary(left) && boundary(window.len() - right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(text: &str, word: &str) -> Range<usize> {
        let at = text.find(word).unwrap();
        at..at + word.len()
    }

    #[test]
    fn the_dictionary_loads_only_when_asked() {
        let seg = Jieba::new(vec![("稳赚不赔".to_owned(), Some("vx".to_owned()))]);
        let alone = "好！稳赚不赔，来";
        assert!(on_boundaries(&seg, alone, hit(alone, "稳赚不赔")));
        assert!(!seg.is_loaded());

        for (text, word, expected) in [
            ("本品最安全", "最", true),
            ("最高人民法院认为", "最高", false),
            ("他的第一反应", "第一", true),
            ("产品性价比高", "价比", false),
        ] {
            assert_eq!(on_boundaries(&seg, text, hit(text, word)), expected, "{text}");
        }
        assert!(seg.is_loaded());

        let text = "😀买到就是稳赚不赔 2个";
        let tokens = seg.tokens(text);
        assert!(tokens.iter().all(|t| text[t.start as usize..].starts_with(t.text)));
        assert_eq!(tokens.iter().map(|t| t.text).collect::<String>(), text);
        assert!(tokens.iter().any(|t| t.text == "稳赚不赔" && t.tag == "vx"));
    }

    #[test]
    fn odd_ranges_are_on_no_boundary() {
        let seg = Jieba::new(Vec::new());
        assert!(!on_boundaries(&seg, "最好", 1..3));
        assert!(!on_boundaries(&seg, "最好", 0..60));
        assert!(on_boundaries(&seg, "", 0..0));
        assert!(!seg.is_loaded());
    }
}
