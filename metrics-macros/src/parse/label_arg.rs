//! The items of `labels(…)`: each is a name, and where the value comes from.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, ExprClosure, Ident, Lit, Pat, Result, ReturnType, Token, Type};

use crate::names::{snake_case, unraw};
use crate::parse::grammar::parse_type_of;
use crate::tokens::search::find_ident;
use crate::tokens::text::to_source;

/// One item of `labels(…)`.
pub(crate) struct LabelArg {
    pub(crate) name: Ident,
    pub(crate) value: LabelValue,
}

/// Where a label's value comes from.
pub(crate) enum LabelValue {
    /// `step`.
    Parameter,
    /// `step: Step`, without the value, which is an error.
    Missing { ty: Type },
    /// `status: StatusClass = expression`; `status = expression` for a declared metric.
    Expression { ty: Option<Type>, expression: Expr },
    /// `status: StatusClass = |result| expression`; without the type for a declared metric.
    Result { ty: Option<Type>, pattern: Pat, expression: Expr },
}

impl Parse for LabelArg {
    fn parse(input: ParseStream) -> Result<Self> {
        if let Some(error) = find_missing_name(input) {
            return Err(error);
        }
        let name = input.call(Ident::parse_any)?;
        let ty = if input.peek(Token![:]) {
            Some(parse_type_of(&name, input, &missing_value_message(&unraw(&name)))?)
        } else {
            None
        };
        if !input.peek(Token![=]) || input.peek(Token![==]) {
            let value = ty.map_or(LabelValue::Parameter, |ty| LabelValue::Missing { ty });
            return Ok(Self { name, value });
        }
        let equals: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(Error::new(equals.span, missing_value_message(&unraw(&name))));
        }
        let expression: Expr = input.parse()?;
        if let Some(keyword) = find_ident(&expression, &["return"]) {
            return Err(Error::new(
                keyword.span(),
                "`return` would leave the function, not only the expression of this label: write \
                 `if … { … } else { … }`",
            ));
        }
        let value = match expression {
            Expr::Closure(ExprClosure { asyncness: Some(asyncness), .. }) => {
                return Err(Error::new(
                    asyncness.span,
                    "a label's closure reads the returned value and cannot wait: remove `async`",
                ));
            }
            Expr::Closure(ExprClosure { output: output @ ReturnType::Type(..), .. }) => {
                return Err(Error::new_spanned(
                    output,
                    "the type of a label stands after its name: write `name: Type = |result| …`",
                ));
            }
            Expr::Closure(closure) => {
                let bars = (closure.inputs_begin, closure.inputs_end);
                let mut patterns: Punctuated<Pat, Token![,]> = closure.inputs;
                match (patterns.pop(), patterns.is_empty()) {
                    (Some(pattern), true) => LabelValue::Result { ty, pattern, expression: *closure.body },
                    (last, _) => {
                        patterns.extend(last);
                        let message = if patterns.is_empty() {
                            "a label's closure takes the returned value: write `|result| …`, or the expression without \
                             `||`"
                        } else {
                            "a label's closure takes one parameter, a reference to the returned value: write \
                             `|result| …`"
                        };
                        return Err(Error::new_spanned(between_bars(bars, &patterns), message));
                    }
                }
            }
            expression => LabelValue::Expression { ty, expression },
        };
        Ok(Self { name, value })
    }
}

/// The message for a label without a value, whose type or `=` is written.
pub(crate) fn missing_value_message(name: &str) -> String {
    format!(
        "the value of the label `{name}` is missing: write `{name}: Type = expression`, or only `{name}` for the \
         parameter with that name"
    )
}

/// The parameters of a closure as they were written.
fn between_bars((first, last): (Token![|], Token![|]), patterns: &Punctuated<Pat, Token![,]>) -> TokenStream {
    quote!(#first #patterns #last)
}

/// The error for a label that does not begin with its name.
fn find_missing_name(input: ParseStream) -> Option<Error> {
    let named = input.fork();
    let first = named.call(Ident::parse_any);
    let ends = named.is_empty()
        || named.peek(Token![,])
        || (named.peek(Token![:]) && !named.peek(Token![::]))
        || (named.peek(Token![=]) && !named.peek(Token![==]) && !named.peek(Token![=>]));
    if first.as_ref().is_ok_and(|name| name != "self") && ends {
        return None;
    }
    // A keyword like `if` is not a name.
    if let (Ok(name), Ok(ty)) = (input.fork().parse::<Ident>(), named.parse::<Type>())
        && named.peek(Token![=])
        && !named.peek(Token![==])
    {
        let message = format!("a colon is missing before the type: write `{name}: {} = …`", to_source(&ty));
        return Some(Error::new_spanned(ty, message));
    }
    let whole = input.fork();
    match whole.parse::<Expr>() {
        Ok(expression) if whole.is_empty() || whole.peek(Token![,]) => Some(missing_name(&expression)),
        // A name, after which a comma is missing.
        _ if first.is_ok_and(|name| name != "self") && is_followed_by_item(input) => None,
        _ => Some(input.error("a label is expected here: write the name of a parameter, or `name: Type = expression`")),
    }
}

/// Whether the tokens after the first word may be the beginning of another label or of a value.
fn is_followed_by_item(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && (ahead.peek(Ident::peek_any) || ahead.peek(Lit))
}

/// The error for a value without a name.
fn missing_name(expression: &Expr) -> Error {
    let parameter = match expression {
        Expr::Reference(reference) => Some(&*reference.expr),
        Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) => Some(&**expr),
        _ => None,
    };
    let parameter = match parameter {
        Some(Expr::Path(path)) => path.path.get_ident().filter(|name| *name != "self"),
        _ => None,
    };
    let message = match (expression, parameter) {
        (Expr::Lit(_), _) => {
            "a label's name has no quotes: write the name of a parameter, or `name: Type = expression`".to_owned()
        }
        (_, Some(name)) => {
            format!("a label has the name of its parameter, whose type may be a reference: write only `{name}`")
        }
        (Expr::Path(this), _) if this.path.is_ident("self") => {
            "a label needs a name and a type here: write `name: Type = self.field`".to_owned()
        }
        _ => {
            let (name, value) = likely_name(expression)
                .map_or_else(|| ("name".to_owned(), "…".to_owned()), |name| (name, to_source(expression)));
            format!("a label needs a name and a type here: write `{name}: Type = {value}`")
        }
    };
    Error::new_spanned(expression, message)
}

/// A name for the value of an expression, taken from the expression.
fn likely_name(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Path(path) => {
            // Both `Kind::Large` and `job::kind` become `kind`.
            let is_lower = |name: &Ident| unraw(name).starts_with(char::is_lowercase);
            let mut segments = path.path.segments.iter().rev().map(|segment| &segment.ident);
            let last = segments.next()?;
            let name = if is_lower(last) { last } else { segments.next().unwrap_or(last) };
            (name != "self" && name != "Self").then(|| snake_case(&unraw(name)))
        }
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => Some(unraw(name)),
            syn::Member::Unnamed(_) => likely_name(&field.base),
        },
        Expr::MethodCall(call) => likely_name(&call.receiver).or_else(|| Some(unraw(&call.method))),
        Expr::Call(call) => likely_name(&call.func),
        Expr::Cast(cast) => likely_name(&cast.expr),
        Expr::Index(index) => likely_name(&index.expr),
        Expr::Paren(paren) => likely_name(&paren.expr),
        Expr::Reference(reference) => likely_name(&reference.expr),
        Expr::Try(question) => likely_name(&question.expr),
        Expr::Unary(unary) => likely_name(&unary.expr),
        _ => None,
    }
}
