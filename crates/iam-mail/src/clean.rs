//! Texts that other people wrote, made harmless before they stand in a letter: one line, of bounded
//! length, with nothing in it that hides, turns or breaks what is around it.

/// What may stand in a letter: characters that are seen, and single spaces. `length_max` counts
/// characters.
pub(crate) fn line(text: &str, length_max: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for letter in text.chars() {
        let letter = if letter.is_whitespace() || letter.is_control() { ' ' } else { letter };
        if is_unseen(letter) || (letter == ' ' && (out.is_empty() || out.ends_with(' '))) {
            continue;
        }
        if length == length_max {
            out.push('…');
            break;
        }
        out.push(letter);
        length += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether a mail program would make a link of a part of the text: names that do are an old way to
/// have somebody else's server send one's advertisement.
pub(crate) fn looks_like_a_link(text: &str) -> bool {
    let text = text.to_lowercase();
    ["://", "www.", "mailto:"].iter().any(|sign| text.contains(sign))
}

/// What changes the direction of writing, joins, or takes no room.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_one_line_of_what_is_seen() {
        for (text, cleaned) in [
            ("Zoë 李 <b>&", "Zoë 李 <b>&"),
            ("Ann\r\nBcc: eve@example.com", "Ann Bcc: eve@example.com"),
            ("\u{202e}nnA\u{2066}\u{feff}\0", "nnA"),
            ("  a \u{2028}\t b  ", "a b"),
            ("", ""),
        ] {
            assert_eq!(line(text, 100), cleaned);
        }
        assert_eq!(line("abcdef", 3), "abc…");
        assert_eq!(line("abc", 3), "abc");
    }

    #[test]
    fn a_name_with_an_address_in_it_is_known() {
        for text in ["hTTps://evil.example", "go to WWW.evil.example", "mailto:eve"] {
            assert!(looks_like_a_link(text), "{text}");
        }
        assert!(!looks_like_a_link("Ann B. Smith (sales)"));
    }
}
