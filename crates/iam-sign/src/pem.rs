//! PEM, the text form of key files: finds a block, decodes it, writes one.
//!
//! It does not know which labels are wanted nor what stands inside. Text around a block is handed
//! back rather than judged, since a private key file may carry a label line after its block and an
//! uploaded key may not.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// How many base64 characters a line holds.
const LINE_CHARS: usize = 64;

/// What stands between a BEGIN and an END line, and their label.
pub(crate) struct Block<'text> {
    pub(crate) label: &'text str,
    pub(crate) body: &'text str,
}

/// The first block of the text, between what comes before it and what comes after it.
pub(crate) fn first(text: &str) -> Option<(&str, Block<'_>, &str)> {
    let (before, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, after) = rest.split_once(&format!("-----END {label}-----"))?;
    Some((before, Block { label, body }, after))
}

/// The bytes that a block's body stands for, however its lines are broken.
pub(crate) fn decode(body: &str) -> Option<Zeroizing<Vec<u8>>> {
    // Both buffers are made large enough at once: growing would leave copies of a key behind.
    let mut text = Zeroizing::new(Vec::with_capacity(body.len()));
    text.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(body.len() + 3));
    STANDARD.decode_vec(text.as_slice(), &mut bytes).ok()?;
    Some(bytes)
}

/// Writes a block.
pub(crate) fn encode(label: &str, bytes: &[u8]) -> Zeroizing<String> {
    let body = Zeroizing::new(STANDARD.encode(bytes));
    let length = body.len() + body.len() / LINE_CHARS + 2 * label.len() + 40;
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----");
    for (index, character) in body.chars().enumerate() {
        if index % LINE_CHARS == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str("\n-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}
