//! Patterns of parameters.

use syn::{Ident, Pat};

/// The variables of a pattern that always matches, in their order.
pub(crate) fn variables(pattern: &Pat) -> Vec<&Ident> {
    match pattern {
        Pat::Ident(pattern) => {
            let inner = pattern.subpat.as_ref().map(|(_, inner)| variables(inner)).unwrap_or_default();
            std::iter::once(&pattern.ident).chain(inner).collect()
        }
        Pat::Paren(pattern) => variables(&pattern.pat),
        Pat::Reference(pattern) => variables(&pattern.pat),
        Pat::Slice(pattern) => pattern.elems.iter().flat_map(variables).collect(),
        Pat::Struct(pattern) => pattern.fields.iter().flat_map(|field| variables(&field.pat)).collect(),
        Pat::Tuple(pattern) => pattern.elems.iter().flat_map(variables).collect(),
        Pat::TupleStruct(pattern) => pattern.elems.iter().flat_map(variables).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::{FnArg, parse_quote};

    #[test]
    fn all_variables_are_found() {
        let argument: FnArg = parse_quote!((a, Foo { b, c: [d, _, mut e], .. }, (ref f, Bar(g @ (h, i)))): T);
        let FnArg::Typed(argument) = argument else { panic!("it is a pattern") };
        let names: Vec<String> = variables(&argument.pat).into_iter().map(ToString::to_string).collect();
        assert_eq!(names, ["a", "b", "d", "e", "f", "g", "h", "i"]);
    }
}
