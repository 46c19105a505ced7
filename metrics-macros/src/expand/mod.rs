//! From the plan to tokens. This stage cannot fail: every mistake was reported before.
//!
//! ```text
//! #[timed(histogram = "image_generation_seconds", labels(step))]
//! #[counted_failure(counter = "image_generation_failures_total")]
//! async fn generate(step: Step, prompt: &Prompt) -> Result<Image, Error> { body }
//! ```
//! becomes
//! ```text
//! async fn generate(step: Step, prompt: &Prompt) -> Result<Image, Error> {
//!     let call = {
//!         const LABELS_0: &[LabelSpec] = &labels([LabelSpec::new("step", <Step as Label>::DATA)]);
//!         // The counter's label is built in: the runtime has its spec, its offsets and the type of its slots.
//!         static SLOTS: (Slots<[Slot; series(LABELS_0)]>, ReasonSlots) = (Slots::new(), Slots::new());
//!         static FUNCTION: Function<2> = Function {
//!             place,
//!             sites: [
//!                 Site {
//!                     event: Event::Duration,
//!                     family: &Family { name: "image_generation_seconds", labels: LABELS_0, slots: &SLOTS.0, … },
//!                     offsets: Offsets::NONE,
//!                 },
//!                 // The site of the counter.
//!             ],
//!             timed: true,
//!             starts: false,
//!         };
//!         #[distributed_slice(DEFINITIONS)]
//!         static DEFINITION: Definition = FUNCTION.__metrics_definition();
//!         Call::start(|| &FUNCTION, |function| [function.label(0, 0).evaluate(|| step.index()), 0])
//!     };
//!     let value: Result<Image, Error> = 'body: { body };
//!     return call.finish(value, |_, value| outcome of value);
//! }
//! ```
//! where the `.await`, `?` and `return` of the body are replaced, see `exits.rs`. If a macro could hide one of them, the body becomes
//! an `async` block of its own: `call.measure(async move { body }, …).await`.

pub(crate) mod metric;
pub(crate) mod endless;
pub(crate) mod evaluations;
pub(crate) mod label;
pub(crate) mod observed;
pub(crate) mod objective;
pub(crate) mod description;
pub(crate) mod oldest;
pub(crate) mod call;
pub(crate) mod shared_family;
pub(crate) mod parameters;
pub(crate) mod track_caller;
pub(crate) mod plain_macros;
pub(crate) mod exits;
pub(crate) mod expectations;
pub(crate) mod function;
pub(crate) mod closures;
pub(crate) mod block;
