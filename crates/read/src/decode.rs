//! From bytes to text, and from offsets in the text back to offsets in the file.

use crate::lines::floor;
use encoding_rs::GB18030;
use thiserror::Error;

/// The most bytes a document may have.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// GB 18030, which GBK and GB 2312 are part of.
    Gb18030,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl Encoding {
    /// The usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 BOM",
            Self::Gb18030 => "GB18030",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }
}

/// Why bytes could not be read as a document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// More bytes than [`MAX_BYTES`].
    #[error("文件过大：{bytes} 字节，上限为 {limit} 字节")]
    TooLarge {
        /// Bytes in the file.
        bytes: u64,
        /// The most that is allowed.
        limit: u64,
    },
    /// Not text.
    #[error("不是文本文件：第 {at} 字节处是二进制内容")]
    Binary {
        /// Offset of the first byte that tells.
        at: u64,
    },
    /// Not text, but a kind of file that is known by its first bytes.
    #[error("不是文本文件：内容是{name}")]
    KnownBinary {
        /// What it is, in Chinese.
        name: &'static str,
        /// Whether it may hold text that can be exported.
        has_text: bool,
    },
    /// A part of the file, or all of it where `part` is empty, cannot be understood.
    #[error("文件损坏或不完整{}", place(part, *at))]
    Damaged {
        /// The name of the part.
        part: String,
        /// Offset in the part where that shows.
        at: Option<u64>,
    },
    /// Locked with a password.
    #[error("文件有密码保护，无法读取")]
    Encrypted,
    /// Grows beyond what a document can be when it is uncompressed.
    #[error("文件解压后过大{}，上限为 {limit}", place(part, None))]
    Expands {
        /// The name of the part.
        part: String,
        /// The most that is allowed, in bytes, or in parts for the package as a whole.
        limit: u64,
    },
    /// Nested deeper than any program writes.
    #[error("文件结构嵌套过深（{part}）")]
    TooDeep {
        /// The name of the part.
        part: String,
    },
    /// Declares entities, which no program writes and attacks need.
    #[error("文件含有 DTD 声明，出于安全不予读取（{part}）")]
    Entities {
        /// The name of the part.
        part: String,
    },
    /// A package without a document in it.
    #[error("不是 Word、Excel 或 PowerPoint 文档：压缩包里没有文档正文")]
    NoDocument,
    /// Pages that are pictures.
    #[error("PDF 没有可读的文字层：{pages} 页是图片（扫描件），或者字体没有文字编码")]
    NoText {
        /// The number of pages.
        pages: u32,
    },
    /// Written by a program whose files cannot be read.
    #[error("不支持的文件格式：{name}")]
    Legacy {
        /// What it is.
        name: &'static str,
        /// What the user can do.
        hint: &'static str,
    },
    /// In no encoding that is supported.
    #[error("无法识别文件编码：第 {at} 字节处不是有效的 UTF-8，也不像 GB18030 或 UTF-16")]
    InvalidEncoding {
        /// Offset of the first bad byte.
        at: u64,
    },
}

impl ReadError {
    /// What the user can do.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "请拆分文件后再检查",
            Self::Binary { .. } => "请确认文件是纯文本、Markdown 或 HTML",
            Self::KnownBinary { has_text: true, .. } => {
                "请先在原软件中另存为纯文本（.txt）、Markdown 或 HTML，再检查导出的文件"
            }
            Self::KnownBinary { .. } => "审言只检查文字；图片中的文字请先转成文本",
            Self::Damaged { .. } => "请在原软件中打开并另存一份；若是下载或拷贝的文件，请重新获取",
            Self::Encrypted => "请用密码打开，取消密码后另存一份再检查",
            Self::Expands { .. } => "正常文档不会这样大；若确是文档，请拆分或删去嵌入内容后另存",
            Self::TooDeep { .. } | Self::Entities { .. } => {
                "正常软件不会写出这样的文件，请核对来源；可在 Word 中打开后另存一份"
            }
            Self::NoDocument => "请确认扩展名与内容相符，或在原软件中另存为 .docx、.xlsx 或 .pptx",
            Self::NoText { .. } => "请先用文字识别（OCR）软件转成带文字层的 PDF 或 Word，再检查",
            Self::Legacy { hint, .. } => hint,
            Self::InvalidEncoding { .. } => "请把文件另存为 UTF-8 编码后重试",
        }
    }

    /// A stable name of the kind of error.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::Expands { .. } => "too_large",
            Self::Binary { .. } | Self::KnownBinary { .. } => "binary",
            Self::Damaged { .. } => "damaged",
            Self::Encrypted => "encrypted",
            Self::TooDeep { .. } => "too_deep",
            Self::Entities { .. } => "entities",
            Self::NoDocument => "no_document",
            Self::NoText { .. } => "no_text",
            Self::Legacy { .. } => "unsupported_format",
            Self::InvalidEncoding { .. } => "invalid_encoding",
        }
    }
}

/// The place of damage, in brackets, as far as it is known.
fn place(part: &str, at: Option<u64>) -> String {
    match at {
        _ if part.is_empty() => String::new(),
        Some(at) => format!("（{part} 第 {at} 字节处）"),
        None => format!("（{part}）"),
    }
}

/// First bytes, the name of the kind of file, and whether text can be exported from it.
const MAGIC: &[(&[u8], &str, bool)] = &[
    (b"PK\x03\x04", " Office 文档或 ZIP 压缩包", true),
    (b"PK\x05\x06", " Office 文档或 ZIP 压缩包", true),
    (b"%PDF-", " PDF 文档", true),
    (b"\xD0\xCF\x11\xE0", "旧版 Word、Excel 或 PowerPoint 文档", true),
    (b"\x89PNG", " PNG 图片", false),
    (b"\xFF\xD8\xFF", " JPEG 图片", false),
    (b"GIF87a", " GIF 图片", false),
    (b"GIF89a", " GIF 图片", false),
    (b"\x7FELF", "可执行程序", false),
    (b"\x1F\x8B\x08", " gzip 压缩包", true),
];

/// Characters between two places whose file offset is kept.
const STEP: usize = 512;

/// Where the characters of the decoded text stand in the file.
#[derive(Debug, Clone)]
pub(crate) struct Offsets {
    encoding: Encoding,
    /// Offsets in the text and in the file, in order; empty for UTF-8.
    marks: Vec<(u32, u32)>,
    /// The file itself, for GB 18030: the width of a character cannot be told from the character.
    bytes: Vec<u8>,
}

impl Offsets {
    pub(crate) fn utf8() -> Self {
        Self { encoding: Encoding::Utf8, marks: Vec::new(), bytes: Vec::new() }
    }

    fn marked(encoding: Encoding, text: &str, start: usize, bytes: &[u8]) -> Self {
        let bytes = if encoding == Encoding::Gb18030 { bytes.to_vec() } else { Vec::new() };
        let mut out = Self { encoding, marks: Vec::new(), bytes };
        let mut at = start;
        for (i, (place, c)) in text.char_indices().enumerate() {
            if i % STEP == 0 {
                out.marks.push((place as u32, at as u32));
            }
            at += out.width(c, at);
        }
        if out.marks.is_empty() {
            out.marks.push((0, start as u32));
        }
        out
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Bytes in the file of the character `c`, which starts at `at` there.
    fn width(&self, c: char, at: usize) -> usize {
        if self.encoding == Encoding::Gb18030 {
            gb_width(self.bytes.get(at..).unwrap_or_default())
        } else {
            c.len_utf16() * 2
        }
    }

    pub(crate) fn of(&self, text: &str, at: u32) -> u64 {
        match self.encoding {
            Encoding::Utf8 => u64::from(at),
            Encoding::Utf8Bom => u64::from(at) + 3,
            _ => {
                let at = floor(text, at);
                let i = self.marks.partition_point(|m| m.0 as usize <= at).saturating_sub(1);
                let Some(&(place, file)) = self.marks.get(i) else {
                    return 0;
                };
                let between = text.get(place as usize..at).unwrap_or_default();
                between.chars().fold(file as usize, |f, c| f + self.width(c, f)) as u64
            }
        }
    }
}

/// Bytes of the first character of valid GB 18030.
fn gb_width(bytes: &[u8]) -> usize {
    match bytes {
        [0x81..=0xFE, 0x30..=0x39, ..] => 4,
        [0x81..=0xFE, _, ..] => 2,
        _ => 1,
    }
}

pub(crate) fn decode(bytes: &[u8]) -> Result<(String, Offsets), ReadError> {
    let len = bytes.len() as u64;
    if len > MAX_BYTES {
        return Err(ReadError::TooLarge { bytes: len, limit: MAX_BYTES });
    }
    if let Some(&(_, name, has_text)) = MAGIC.iter().find(|m| bytes.starts_with(m.0)) {
        return Err(ReadError::KnownBinary { name, has_text });
    }
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        let text = utf8(rest, 3)?;
        return Ok((text, Offsets { encoding: Encoding::Utf8Bom, ..Offsets::utf8() }));
    }
    for (mark, encoding) in [(b"\xFF\xFE", Encoding::Utf16Le), (b"\xFE\xFF", Encoding::Utf16Be)] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            let text =
                utf16(rest, encoding).map_err(|at| ReadError::InvalidEncoding { at: at as u64 + 2 })?;
            let offsets = Offsets::marked(encoding, &text, 2, bytes);
            return Ok((text, offsets));
        }
    }
    if let Some(at) = bytes.iter().position(|&b| b == 0) {
        return unmarked_utf16(bytes).ok_or(ReadError::Binary { at: at as u64 });
    }
    utf8(bytes, 0).map(|text| (text, Offsets::utf8())).or_else(|error| {
        let text = GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .filter(|_| looks_like_gb(bytes))
            .ok_or(error)?
            .into_owned();
        let offsets = Offsets::marked(Encoding::Gb18030, &text, 0, bytes);
        Ok((text, offsets))
    })
}

fn utf8(bytes: &[u8], skipped: u64) -> Result<String, ReadError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => {
            Err(ReadError::Binary { at: text.find('\0').unwrap_or(0) as u64 + skipped })
        }
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(ReadError::InvalidEncoding { at: error.valid_up_to() as u64 + skipped }),
    }
}

/// The text, or the offset of the first bad byte.
fn utf16(bytes: &[u8], encoding: Encoding) -> Result<String, usize> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|&pair| {
        if encoding == Encoding::Utf16Le { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    });
    let mut text = String::with_capacity(bytes.len());
    let mut at = 0;
    for c in char::decode_utf16(units) {
        let c = c.map_err(|_| at)?;
        at += c.len_utf16() * 2;
        text.push(c);
    }
    if rest.is_empty() { Ok(text) } else { Err(at) }
}

/// UTF-16 without a mark: its ASCII characters have a zero byte at the same side.
fn unmarked_utf16(bytes: &[u8]) -> Option<(String, Offsets)> {
    let zeros = |side| bytes.iter().skip(side).step_by(2).filter(|&&b| b == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let encoding = if second > first { Encoding::Utf16Le } else { Encoding::Utf16Be };
    let text = utf16(bytes, encoding).ok()?;
    let usual = text.chars().filter(|&c| is_usual(c)).count();
    let all = text.chars().count();
    (first != second && usual * 10 >= all * 9)
        .then(|| (Offsets::marked(encoding, &text, 0, bytes), text))
        .map(|(offsets, text)| (text, offsets))
}

fn is_usual(c: char) -> bool {
    matches!(c,
        '\t' | '\n' | '\r' | ' '..='~' | '\u{2000}'..='\u{303F}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{1F000}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Whether most characters that are not ASCII are common ones, which those of other encodings
/// read as GB 18030 are not.
fn looks_like_gb(mut bytes: &[u8]) -> bool {
    let (mut all, mut common) = (0usize, 0usize);
    while let [lead, rest @ ..] = bytes {
        match lead {
            0x80.. => {
                all += 1;
                // Punctuation, and the first level of GB 2312.
                let second = rest.first().copied().unwrap_or(0);
                common += usize::from(matches!(lead, 0xA1..=0xA3 | 0xB0..=0xD7) && second >= 0xA1);
            }
            b'\t' | b'\n' | b'\r' | 0x0C | b' '..=b'~' => {}
            _ => all += 1,
        }
        bytes = bytes.get(gb_width(bytes)..).unwrap_or_default();
    }
    common * 2 >= all
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "本产品全国第一😀，年化收益€5%。\r\n𠮷野家\n一二三";

    fn all() -> Vec<(Encoding, Vec<u8>)> {
        let units = || SAMPLE.encode_utf16();
        vec![
            (Encoding::Utf8, SAMPLE.into()),
            (Encoding::Utf8Bom, [b"\xEF\xBB\xBF", SAMPLE.as_bytes()].concat()),
            (Encoding::Gb18030, GB18030.encode(SAMPLE).0.into_owned()),
            (Encoding::Utf16Le, units().flat_map(u16::to_le_bytes).collect()),
            (Encoding::Utf16Be, units().flat_map(u16::to_be_bytes).collect()),
            (
                Encoding::Utf16Le,
                "\u{FEFF}".encode_utf16().chain(units()).flat_map(u16::to_le_bytes).collect(),
            ),
            (
                Encoding::Utf16Be,
                "\u{FEFF}".encode_utf16().chain(units()).flat_map(u16::to_be_bytes).collect(),
            ),
        ]
    }

    #[test]
    fn every_encoding_gives_the_same_text_and_right_file_offsets() {
        for (encoding, bytes) in all() {
            let (text, offsets) = decode(&bytes).unwrap();
            assert_eq!((text.as_str(), offsets.encoding()), (SAMPLE, encoding));
            for (at, _) in SAMPLE.char_indices() {
                let file = offsets.of(&text, at as u32) as usize;
                // What follows in the file is what follows in the text.
                let tail = &bytes[file..];
                let tail = match encoding {
                    Encoding::Utf8 | Encoding::Utf8Bom => String::from_utf8(tail.into()).unwrap(),
                    Encoding::Gb18030 => GB18030.decode(tail).0.into_owned(),
                    _ => utf16(tail, encoding).unwrap(),
                };
                assert_eq!(tail, SAMPLE[at..], "{encoding:?}");
            }
            assert_eq!(offsets.of(&text, text.len() as u32), bytes.len() as u64);
        }
    }

    #[test]
    fn offsets_hold_over_many_marks_and_odd_widths() {
        let mut bytes = Vec::new();
        for _ in 0..2000 {
            bytes.extend_from_slice(b"\x80\xB5\xC4\xB5\xC4"); // € in one byte, 的的
        }
        let (text, offsets) = decode(&bytes).unwrap();
        assert_eq!(offsets.of(&text, 9 * 1500), 5 * 1500);
        assert_eq!(offsets.of(&text, 9 * 1500 + 6), 5 * 1500 + 3);
    }

    #[test]
    fn what_is_not_text_is_refused() {
        let kind = |bytes: &[u8]| decode(bytes).map(|d| d.0).map_err(|e| e.kind());
        assert_eq!(kind(b""), Ok(String::new()));
        assert_eq!(kind(b"%PDF-1.7"), Err("binary"));
        assert!(decode(b"PK\x03\x04..").unwrap_err().hint().contains("另存"));
        assert_eq!(decode(b"ab\0\x01\x02\0\0c"), Err(ReadError::Binary { at: 2 }));
        assert_eq!(decode(b"caf\xE9"), Err(ReadError::InvalidEncoding { at: 3 }));
        // UTF-8 with one bad byte is not taken for GB 18030.
        let broken = ["最好的产品，值得信赖".as_bytes(), b"\xFF", "更多优惠".as_bytes()].concat();
        assert_eq!(decode(&broken), Err(ReadError::InvalidEncoding { at: 30 }));
        let cut = &"最好的产品，值得信赖".as_bytes()[..29];
        assert_eq!(decode(cut), Err(ReadError::InvalidEncoding { at: 27 }));
        assert_eq!(kind(&vec![b'a'; 100 << 20]), Err("too_large"));
    }

    impl PartialEq for Offsets {
        fn eq(&self, other: &Self) -> bool {
            self.encoding == other.encoding
        }
    }
}
