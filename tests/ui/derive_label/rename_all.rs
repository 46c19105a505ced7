use metrics_runtime::{Interned, Label};

#[derive(Label)]
#[label(rename_all = "kebab_case")]
enum Near {
    One,
}

#[derive(Label)]
#[label(rename_all = "Title")]
enum Far {
    One,
}

#[derive(Label)]
#[label(rename_all = kebab)]
enum Unquoted {
    One,
}

#[derive(Label)]
#[label(rename_all)]
enum Alone {
    One,
}

#[derive(Label)]
#[label(renameall = "lowercase")]
enum Misspelt {
    One,
}

#[derive(Label)]
#[label(rename_all = "lowercase")]
enum OneValueTwice {
    ReUse,
    Reuse,
}

#[derive(Clone, Copy, Label)]
#[label(max_values = 3, rename_all = "lowercase")]
struct Tenant(Interned);

#[derive(Label)]
enum AtAVariant {
    #[label(rename_all = "lowercase")]
    One,
}

fn main() {}
