//! One expansion for each shape, for readers. `INSTA_UPDATE=always cargo test -p metrics-macros` writes them again.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use crate::parse::attribute::Attribute;
use crate::{declare, failure, label, measure, runtime};

/// The tokens as a formatted file, without the path of this repository and without the version.
///
/// Both are replaced before the text is formatted: where a line is broken depends on their lengths.
fn to_file(tokens: &TokenStream) -> String {
    let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in a workspace");
    let repository = repository.display().to_string().escape_debug().to_string();
    let tokens = tokens.to_string().replace(&runtime::private_module(), "private").replace(&repository, "/workspace");
    prettyplease::unparse(&syn::parse_str(&tokens).expect("an expansion is a sequence of items"))
}

/// An expression in a function, which a file can have.
fn in_a_function(expression: &TokenStream) -> TokenStream {
    quote!(async fn example() { #expression })
}

macro_rules! snapshots {
    ($($name:ident: $tokens:expr;)*) => {
        $(
            #[test]
            fn $name() {
                insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                    insta::assert_snapshot!(to_file(&$tokens));
                });
            }
        )*
    };
}

fn timed(options: TokenStream, item: TokenStream) -> TokenStream {
    measure::measure(Attribute::Timed, options, item)
}

snapshots! {
    plain_function: timed(
        quote!(histogram = "draw_seconds"),
        quote! {
            /// Draws.
            fn draw(step: Step) -> u32 {
                let drawn = start(step);
                drawn.finish()
            }
        },
    );
    plain_function_by_outcome: timed(
        quote!(histogram = "draw_seconds", labels(step, large: bool = size > 3, outcome)),
        quote! {
            fn draw(step: Step, size: u32) -> Result<u32, Error> {
                Ok(start(step)?.finish())
            }
        },
    );
    failures_except_cancelled: measure::measure(
        Attribute::CountedFailure,
        quote!(counter = "requests_failed_total", reason: Why, except(cancelled), error_if = Answer::is_bad),
        quote! {
            async fn request() -> Result<Answer, Error> {
                send().await
            }
        },
    );
    conditions_of_a_value: timed(
        quote!(histogram = "fetch_seconds", labels(outcome), ok_if = Answer::is_missing, error_if = |answer| answer.is_bad()),
        quote! {
            fn fetch() -> Answer {
                send()
            }
        },
    );
    returned_reference_by_outcome: timed(
        quote!(histogram = "draw_seconds", labels(outcome)),
        quote! {
            fn index(&self, step: Step) -> &u32 {
                &self.drawn[step]
            }
        },
    );
    parameter_named_by_a_keyword: timed(
        quote!(histogram = "draw_seconds", labels(r#type)),
        quote! {
            fn draw(r#type: Type) {}
        },
    );
    async_function: timed(
        quote!(histogram = "draw_seconds", buckets(0.5, 10)),
        quote! {
            async fn draw<'a>(&'a mut self, prompts: &'a [Prompt]) -> Result<&'a Image, Error> {
                self.draw_all(prompts).await
            }
        },
    );
    async_function_with_all_four: timed(
        quote!(histogram = "draw_seconds", labels(step)),
        quote! {
            #[counted(counter = "drawn_total", on = ok)]
            #[counted_failure(counter = "draw_failures_total", reason: Why)]
            #[in_flight(gauge = "drawing")]
            async fn draw(step: Step) -> Result<Image, Error> {
                start(step).await
            }
        },
    );
    objectives: timed(
        quote!(histogram = "draw_seconds", buckets(1, 10), objective(percent = 99, under = 10)),
        quote! {
            #[counted(counter = "draws_failed_total", on = failure, objective(percent = 99.5))]
            fn draw() -> u32 {
                start()
            }
        },
    );
    age_of_the_oldest_call: measure::measure(
        Attribute::InFlight,
        quote!(gauge = "drawing", oldest = "drawing_oldest_seconds", labels(step)),
        quote! {
            async fn draw(step: Step) -> Result<Image, Error> {
                start(step).await
            }
        },
    );
    label_of_the_result: measure::measure(
        Attribute::Counted,
        quote!(counter = "requests_total", on = end, labels(status: Status = |answer| Status::of(answer))),
        quote! {
            fn request() -> Answer {
                send()
            }
        },
    );
    observed_values: measure::measure(
        Attribute::Observed,
        quote!(histogram = "response_bytes", value = |answer| answer.as_ref().ok().map(|answer| answer.len())),
        quote! {
            #[observed(histogram = "batch_rows", value = rows.len(), buckets(1, 10))]
            async fn write(rows: Vec<Row>) -> Result<Answer, Error> {
                send(rows).await
            }
        },
    );
    shared_labels: measure::measure(
        Attribute::Measured,
        quote!(labels(size: Size = Size::of(prompt)), buckets(1, 10)),
        quote! {
            #[timed(histogram = "draw_seconds")]
            #[counted(counter = "drawn_total")]
            fn draw(prompt: &str) -> u32 {
                start(prompt)
            }
        },
    );
    methods_of_an_impl: timed(
        quote!(histogram = "store_seconds", labels(method)),
        quote! {
            impl Store {
                fn get(&self) -> Row {
                    self.row
                }
                async fn put(&self, row: Row) {
                    self.send(row).await;
                }
                #[skip]
                fn len(&self) -> usize {
                    1
                }
            }
        },
    );
    measured_future: in_a_function(&measure::measure_block(quote! {
        #[timed(histogram = "draw_seconds", labels(step: Step = step, outcome))]
        #[counted_failure(counter = "draw_failures_total")]
        async move { start(step).await?.finish() }
    }));
    measured_closure: in_a_function(&measure::measure_block(quote! {
        #[timed(histogram = "draw_seconds", labels(step, outcome))]
        move |step: Step, size| -> u32 { start(step, size) }
    }));
    measured_code: in_a_function(&measure::measure_block(quote! {
        #[timed(histogram = "draw_seconds", labels(outcome))]
        {
            let drawn = start();
            drawn.finish().await
        }
    }));
    measured_expression: in_a_function(&measure::measure_block(quote! {
        #[timed(histogram = "draw_seconds")]
        start(step)
    }));
    measured_stream: in_a_function(&measure::measure_stream(quote! {
        #[timed(histogram = "read_seconds")]
        #[counted(counter = "rows_total", on = item)]
        rows()
    }));
    boxed_future: timed(
        quote!(histogram = "draw_seconds", labels(outcome)),
        quote! {
            fn draw(&self) -> Pin<Box<dyn Future<Output = Result<u32, Error>> + Send + '_>> {
                let size = self.size;
                Box::pin(async move { self.start(size).await })
            }
        },
    );
    async_function_below_instrument: timed(
        quote!(histogram = "draw_seconds", labels(step, outcome)),
        quote! {
            async fn draw(step: Step) -> Result<Image, Error> {
                {}
                let __tracing_attr_span = ::tracing::span!(
                    target: module_path!(), tracing::Level::INFO, "draw", step = ::tracing::field::debug(&step),
                );
                let __tracing_instrument_future = async move {
                    match async move {
                        #[allow(
                            unknown_lints,
                            unreachable_code,
                            clippy::diverging_sub_expression,
                            clippy::empty_loop,
                            clippy::let_unit_value,
                            clippy::let_with_type_underscore,
                            clippy::needless_return,
                            clippy::unreachable
                        )]
                        if false {
                            let __tracing_attr_fake_return: Result<Image, Error> = loop {};
                            return __tracing_attr_fake_return;
                        }
                        { start(step).await }
                    }.await {
                        #[allow(clippy::unit_arg)]
                        Ok(x) => Ok(x),
                        Err(e) => {
                            ::tracing::event!(target: module_path!(), tracing::Level::ERROR, error = %e);
                            Err(e)
                        }
                    }
                };
                if !__tracing_attr_span.is_disabled() {
                    for cause in causes {
                        __tracing_attr_span.follows_from(cause);
                    }
                    ::tracing::Instrument::instrument(__tracing_instrument_future, __tracing_attr_span).await
                } else {
                    __tracing_instrument_future.await
                }
            }
        },
    );
    plain_function_below_instrument: timed(
        quote!(histogram = "draw_seconds"),
        quote! {
            fn draw(step: Step) -> u32 {
                {}
                #[allow(clippy::suspicious_else_formatting)]
                {
                    let __tracing_attr_span;
                    let __tracing_attr_guard;
                    if ::tracing::level_enabled!(tracing::Level::INFO)
                        || ::tracing::if_log_enabled!(tracing::Level::INFO, { true } else { false })
                    {
                        __tracing_attr_span = ::tracing::span!(
                            target: module_path!(), tracing::Level::INFO, "draw", step = ::tracing::field::debug(&step),
                        );
                        __tracing_attr_guard = __tracing_attr_span.enter();
                    }
                    #[warn(clippy::suspicious_else_formatting)]
                    {
                        #[allow(
                            unknown_lints,
                            unreachable_code,
                            clippy::diverging_sub_expression,
                            clippy::empty_loop,
                            clippy::let_unit_value,
                            clippy::let_with_type_underscore,
                            clippy::needless_return,
                            clippy::unreachable
                        )]
                        if false {
                            let __tracing_attr_fake_return: u32 = loop {};
                            return __tracing_attr_fake_return;
                        }
                        {
                            let drawn = start(step);
                            drawn.finish()
                        }
                    }
                }
            }
        },
    );
    unknown_form_of_instrument: timed(
        quote!(histogram = "draw_seconds"),
        quote! {
            async fn draw(step: Step) -> u32 {
                let __tracing_attr_span = ::tracing::span!(tracing::Level::INFO, "draw");
                ::tracing::Instrument::instrument(async move { start(step) }, __tracing_attr_span).await
            }
        },
    );
    never: measure::measure(
        Attribute::CountedFailure,
        quote!(counter = "exits_total"),
        quote! {
            fn exit() -> ! {
                loop {}
            }
        },
    );
    track_caller: timed(
        quote!(histogram = "draw_seconds", labels(outcome)),
        quote! {
            #[track_caller]
            fn draw<T: Into<u32>>(size: T) -> Option<u32> {
                size.into().checked_add(1)
            }
        },
    );
    with_a_mistake: timed(
        quote!(histogram = "draw_seconds", labels(job_id), bukets(1)),
        quote! {
            async fn draw(job_id: u64) -> u64 {
                job_id
            }
        },
    );
    derived_label: label::derive(&parse_quote! {
        enum Status {
            #[label(rename = "2xx")]
            Success,
            None,
        }
    });
    derived_label_with_texts: label::derive(&parse_quote! {
        #[label(rename_all = "kebab-case", as_str, display, from_str)]
        pub(crate) enum Format {
            PlainText,
            #[label(rename = "HTML")]
            Html,
        }
    });
    derived_label_of_an_enum_with_fields: label::derive(&parse_quote! {
        #[label(ignore_fields, as_str)]
        enum Event<'a, T: Iterator> {
            Ping,
            Text(&'a str),
            Many { items: T },
        }
    });
    derived_capped_label: label::derive(&parse_quote! {
        #[label(max_values = 32)]
        pub struct Workflow(Interned);
    });
    derived_failure: failure::derive(&parse_quote! {
        #[failure(reason: Why)]
        enum DrawError<E> {
            #[failure(timeout, reason = Slow)]
            TooLong,
            #[failure(ok, reason = Missing)]
            NotFound,
            #[failure(source)]
            Io { path: String, #[source] source: E },
        }
    });
    derived_failure_of_a_known_type: failure::derive(&parse_quote! {
        #[failure(source)]
        struct ReadError(std::io::Error);
    });
    declared: declare::declare(quote! {
        /// Jobs waiting.
        pub gauge QUEUE_DEPTH = "queue_depth", labels(queue: Queue);
    });
    declared_fractions: declare::declare(quote! {
        /// The energy that was used.
        counter ENERGY = "energy_joules_total", fractional;
    });
}
