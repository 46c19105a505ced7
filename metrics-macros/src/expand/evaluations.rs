//! Expressions that several attributes of a function have as the value of a label: each is evaluated once a call.
//!
//! ```text
//! #[measured(labels(size: Size = Size::of(prompt)))]
//! #[timed(histogram = "draw_seconds")]
//! #[counted(counter = "drawn_total")]
//! ```
//! becomes
//! ```text
//! |function| {
//!     let label_0 = evaluated::<Size>(|| Size::of(prompt));
//!     [
//!         function.label(0, 0).evaluate_value(&label_0, |value| Size::index(value)),
//!         function.label(1, 0).evaluate_value(&label_0, |value| Size::index(value)),
//!     ]
//! }
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Ident};

use crate::plan::model::{LabelPlan, LabelPlanValue, Plan};
use crate::runtime::RuntimePath;
use crate::tokens::hygiene::{body_of_closure, local};

/// The expressions that are evaluated at one point of a call.
pub(crate) struct Evaluations {
    shared: Vec<Shared>,
}

struct Shared {
    /// The expression, and the type if one of the attributes has it.
    text: String,
    ty: Option<TokenStream>,
    code: TokenStream,
    uses: usize,
    place: Span,
}

impl Evaluations {
    /// Those that are evaluated before the body runs.
    pub(crate) fn at_start(plan: &Plan) -> Self {
        Self::collect(plan, |value| match value {
            LabelPlanValue::Expression(expression) if !cannot_panic(expression) => Some(quote!({ #expression })),
            _ => None,
        })
    }

    /// Those that are evaluated on the returned value.
    pub(crate) fn at_end(plan: &Plan, returned: &Ident) -> Self {
        Self::collect(plan, |value| match value {
            LabelPlanValue::Result { pattern, expression } => Some(quote!({ let #pattern = #returned; #expression })),
            _ => None,
        })
    }

    fn collect(plan: &Plan, code_of: impl Fn(&LabelPlanValue) -> Option<TokenStream>) -> Self {
        // Text takes time, and one label shares nothing.
        if plan.sites.iter().map(|site| site.labels.len()).sum::<usize>() < 2 {
            return Self { shared: Vec::new() };
        }
        let mut all: Vec<Shared> = Vec::new();
        for label in plan.sites.iter().flat_map(|site| &site.labels) {
            let Some(code) = code_of(&label.value) else { continue };
            let text = code.to_string();
            // A label of a declared metric takes the type that another attribute gives it.
            let is_same =
                |shared: &&mut Shared| shared.text == text && same_type(shared.ty.as_ref(), label.ty.as_ref());
            match all.iter_mut().find(is_same) {
                Some(shared) => {
                    shared.uses += 1;
                    shared.ty = shared.ty.take().or_else(|| label.ty.clone());
                }
                None => all.push(Shared { text, ty: label.ty.clone(), code, uses: 1, place: label.span }),
            }
        }
        all.retain(|shared| shared.uses > 1);
        Self { shared: all }
    }

    /// The statements that evaluate them.
    pub(crate) fn statements(&self, private: &RuntimePath) -> TokenStream {
        let statements = self.shared.iter().enumerate().map(|(at, shared)| {
            let (name, code, types) = (name_of(at), body_of_closure(&shared.code), shared.ty.iter());
            quote_spanned! {shared.place.resolved_at(Span::mixed_site())=>
                let #name = #private::evaluated #(::<#types>)* (|| #code);
            }
        });
        statements.collect()
    }

    /// The variable that has the value of a label, if several attributes have it.
    pub(crate) fn find(&self, label: &LabelPlan, code: &impl ToTokens) -> Option<Ident> {
        // Text takes time, and most functions share nothing.
        if self.shared.is_empty() {
            return None;
        }
        let text = code.to_token_stream().to_string();
        let is_it = |shared: &Shared| shared.text == text && same_type(shared.ty.as_ref(), label.ty.as_ref());
        self.shared.iter().position(is_it).map(name_of)
    }
}

fn same_type(one: Option<&TokenStream>, other: Option<&TokenStream>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.to_string() == other.to_string(),
        _ => true,
    }
}

fn name_of(at: usize) -> Ident {
    local(&format!("label_{at}"))
}

/// Whether an expression is a constant or a variable. Any other may run code, which may panic.
pub(crate) fn cannot_panic(expression: &Expr) -> bool {
    match expression {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Reference(reference) => cannot_panic(&reference.expr),
        Expr::Paren(paren) => cannot_panic(&paren.expr),
        Expr::Group(group) => cannot_panic(&group.expr),
        _ => false,
    }
}
