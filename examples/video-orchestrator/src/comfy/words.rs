//! The first words of a text from the server.

/// How much of a text is kept: an error page may be long, and its start identifies it.
const KEPT_BYTES: usize = 4 << 10;
/// How much of a page is shown.
const SHOWN_CHARACTERS: usize = 200;

/// A text, cut after 4 KB.
pub(super) fn kept(text: &str) -> String {
    let end = (0..=KEPT_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[..end].to_owned()
}

/// The first words of a page. The tags of HTML are left out: the words may come after many of them.
pub(super) fn first_words(page: &[u8]) -> String {
    let page = String::from_utf8_lossy(&page[..page.len().min(KEPT_BYTES)]);
    let page = page.trim();
    let text = if page.starts_with('<') { without_tags(page) } else { page.to_owned() };
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [] => "(no text)".to_owned(),
        words => words.join(" ").chars().take(SHOWN_CHARACTERS).collect(),
    }
}

fn without_tags(page: &str) -> String {
    let mut text = String::new();
    for part in page.split('<') {
        // The name of the tag, and what comes behind it.
        if let Some((_, behind)) = part.split_once('>') {
            text.push_str(behind);
            text.push(' ');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_page_are_found() {
        let page = b"<html>\r\n<head><title>400</title></head>\r\n<body><h1>Plain HTTP  to HTTPS</h1></body></html>";
        assert_eq!(first_words(page), "400 Plain HTTP to HTTPS");
        assert_eq!(first_words(b" out of\nmemory"), "out of memory");
        assert_eq!(first_words(b""), "(no text)");
        assert_eq!(first_words(b"<"), "(no text)");
        assert_eq!(first_words(&vec![b'x'; 100_000]).len(), 200);
        assert!(first_words(&[0xff; 10]).starts_with('\u{fffd}'));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(kept(&"é".repeat(4000)).len(), 4096);
        assert_eq!(kept(&format!("x{}", "é".repeat(4000))).len(), 4095);
    }
}
