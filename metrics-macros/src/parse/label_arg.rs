//! The items of `labels(…)`: each is a name, and where the value comes from.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Lit, Result, Token, Type};

use crate::names::{snake_case, unraw};
use crate::parse::grammar::parse_type_of;
use crate::parse::read::{Read, ReadFor};
use crate::tokens::text::to_source;

/// One item of `labels(…)`.
#[derive(Clone)]
pub(crate) struct LabelArg {
    pub(crate) name: Ident,
    pub(crate) value: LabelValue,
    /// Whether it stands in `#[measured]`, for all attributes of the function.
    pub(crate) is_shared: bool,
}

impl LabelArg {
    fn new(name: Ident, value: LabelValue) -> Self {
        Self { name, value, is_shared: false }
    }

    /// The label of `#[measured]`, for one attribute.
    pub(crate) fn shared(self) -> Self {
        Self { is_shared: true, ..self }
    }
}

/// Where a label's value comes from.
#[derive(Clone)]
pub(crate) enum LabelValue {
    /// `step`.
    Parameter,
    /// `step: Step`, without the value, which is an error.
    Missing { ty: Type },
    /// `status: StatusClass = expression` or `status: StatusClass = |result| expression`; without the type for a declared metric.
    Read { ty: Option<Type>, read: Box<Read> },
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
            return Ok(Self::new(name, value));
        }
        let equals: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(Error::new(equals.span, missing_value_message(&unraw(&name))));
        }
        let value = LabelValue::Read { ty, read: Box::new(Read::parse(input, ReadFor::Label)?) };
        Ok(Self::new(name, value))
    }
}

/// The message for a label without a value, whose type or `=` is written.
pub(crate) fn missing_value_message(name: &str) -> String {
    format!(
        "the value of the label `{name}` is missing: write `{name}: Type = expression`, or only `{name}` for the \
         parameter with that name"
    )
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
