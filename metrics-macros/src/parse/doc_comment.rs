//! The first sentence of a doc comment, which is the help text of a metric.

use syn::Attribute;

/// The first sentence, on one line, without links and headings.
pub(crate) fn first_sentence(attributes: &[Attribute]) -> Option<String> {
    let paragraph = without_links(&first_paragraph(attributes));
    let end =
        paragraph.match_indices(['.', '!', '?']).map(|(at, _)| at + 1).find(|at| is_end_of_sentence(&paragraph, *at));
    let sentence = &paragraph[..end.unwrap_or(paragraph.len())];
    (!sentence.is_empty()).then(|| sentence.to_owned())
}

/// The lines before the first empty line, without headings.
fn first_paragraph(attributes: &[Attribute]) -> String {
    let mut paragraph = String::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let syn::Meta::NameValue(pair) = &attribute.meta else { continue };
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else { continue };
        let text = text.value();
        // An empty line of the comment has no lines, as `str::lines` counts them.
        let lines = text.lines().chain(text.is_empty().then_some(""));
        for line in lines.map(|line| line.trim().trim_start_matches("* ")) {
            match (line.is_empty() || line.starts_with("# "), paragraph.is_empty()) {
                (true, true) => {}
                (true, false) => return paragraph,
                (false, is_first) => {
                    paragraph.push_str(if is_first { "" } else { " " });
                    paragraph.push_str(line);
                }
            }
        }
    }
    paragraph
}

/// A new sentence does not begin with a small letter: so neither `approx. ten` nor `cf. the docs` ends one. Nor does
/// `e.g. Redis`.
fn is_end_of_sentence(text: &str, at: usize) -> bool {
    let Some(rest) = text[at..].strip_prefix(' ') else { return false };
    let abbreviations = ["e.g.", "i.e."];
    !rest.starts_with(char::is_lowercase) && !abbreviations.iter().any(|short| text[..at].ends_with(short))
}

/// Replaces `[text](target)`, `[text][target]` and `[text]` by `text`: a page shows no links.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        plain.push_str(before);
        let Some((shown, after)) = link.split_once(']') else {
            plain.push('[');
            rest = link;
            break;
        };
        plain.push_str(shown);
        let target = [('(', ')'), ('[', ']')].into_iter().find_map(|(open, close)| {
            let (_, after) = after.strip_prefix(open)?.split_once(close)?;
            Some(after)
        });
        rest = target.unwrap_or(after);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn sentence(item: &syn::ItemFn) -> Option<String> {
        first_sentence(&item.attrs)
    }

    #[test]
    fn the_first_sentence_ends_at_its_full_stop_or_with_the_paragraph() {
        let two: syn::ItemFn = parse_quote! {
            /// Generates one image: submits the workflow
            /// and polls. Then it rests.
            fn f() {}
        };
        assert_eq!(sentence(&two).as_deref(), Some("Generates one image: submits the workflow and polls."));
        let paragraph: syn::ItemFn = parse_quote! {
            /// Draws v1.5 images, e.g. faces
            ///
            /// # Errors
            fn f() {}
        };
        assert_eq!(sentence(&paragraph).as_deref(), Some("Draws v1.5 images, e.g. faces"));
        let none: syn::ItemFn = parse_quote! { fn f() {} };
        assert_eq!(sentence(&none), None);
    }

    #[test]
    fn an_abbreviation_does_not_end_a_sentence() {
        let short: syn::ItemFn = parse_quote! {
            /// Calls approx. ten servers (cf. the docs), e.g. Redis. `None` is none.
            fn f() {}
        };
        assert_eq!(sentence(&short).as_deref(), Some("Calls approx. ten servers (cf. the docs), e.g. Redis."));
    }

    #[test]
    fn links_and_headings_are_left_out() {
        let linked: syn::ItemFn = parse_quote! {
            /// # Images
            ///
            /// Draws [`Image`]s as [this](crate::Docs) or [that][Docs] says, [sic
            fn f() {}
        };
        assert_eq!(sentence(&linked).as_deref(), Some("Draws `Image`s as this or that says, [sic"));
    }
}
