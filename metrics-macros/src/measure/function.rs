//! One function: its code is analysed, and its attributes are planned.

use proc_macro2::TokenStream;

use crate::analyse::returned_stream::check_returned_stream;
use crate::analyse::shape::Shape;
use crate::analyse::track_caller::check_track_caller;
use crate::diagnostic::Diagnostics;
use crate::expand::expectations::without_hidden;
use crate::expand::function::{expand, keeps_its_block};
use crate::parse::args::Args;
use crate::parse::function::Function;
use crate::plan::conditions::check_never_asked;
use crate::plan::model::{Plan, Subject};
use crate::plan::planner::plan;

/// What is known of a function before it is expanded.
pub(super) struct Planned {
    pub(super) plan: Plan,
    shape: Shape,
}

/// Plans a function. Every mistake is reported; there may be no plan if there is one.
pub(super) fn plan_function(
    all: Vec<Args>,
    mentions: TokenStream,
    function: &Function,
    subject: Subject<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Planned> {
    let shape = Shape::of(function, diagnostics);
    let plan = plan(all, mentions, function, subject, diagnostics);
    let (plan, shape) = (plan?, shape?);
    if shape.returns.is_none() {
        check_never_asked(&plan, diagnostics);
    }
    if plan.needs_outcome() && function.has_track_caller() && !keeps_its_block(&plan, &shape) {
        check_track_caller(function, &shape, diagnostics);
    }
    if !plan.only_starts() {
        check_returned_stream(function, &shape, diagnostics);
    }
    Some(Planned { plan, shape })
}

impl Planned {
    /// The function, measured.
    pub(super) fn expand(self, mut function: Function) -> TokenStream {
        function.attributes = without_hidden(&function.attributes, &self.plan);
        expand(&self.plan, &function, &self.shape)
    }
}
