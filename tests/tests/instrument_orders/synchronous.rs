//! Functions that do not wait.

use tracing::Span;

use crate::support::{Answer, End, Probe, Set, check_plain};

mod plain {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument]] {
            pub fn draw(probe: &Probe, end: End) -> Answer {
                probe.check();
                end.act()
            }
        }
    }
    check_orders!(check_plain(), |probe, end| draw(&probe, end));
}

mod err {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(err, skip(probe))]] {
            pub fn draw(probe: &Probe, end: End) -> Answer {
                probe.check();
                Ok(end.act()? + 1)
            }
        }
    }
    check_orders!(check_plain(), |probe, end| draw(&probe, end));
}

mod ret {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(ret)]] {
            pub fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                if end == End::Timeout {
                    return end.act();
                }
                end.act()
            }
        }
    }
    check_orders!(check_plain(), |probe, end| draw(probe, end));
}

mod err_and_ret {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(err, ret)]] {
            pub fn draw(probe: &Probe, end: End) -> Answer {
                const MORE: u32 = 1;
                probe.check();
                Ok(end.act()? + MORE)
            }
        }
    }
    check_orders!(check_plain(), |probe, end| draw(&probe, end));
}

/// Its span is off: the call starts in the span around it.
mod disabled {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(level = "trace")]] {
            pub fn draw(probe: &Probe, end: End) -> Answer {
                probe.check();
                end.act()
            }
        }
    }
    check_orders!(check_plain(false), |probe, end| draw(&probe, end));
}

mod parent_and_follows {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(parent = None, follows_from = [Span::current().id(), None])]] {
            pub fn draw(probe: &Probe, end: End) -> Answer {
                probe.check();
                end.act()
            }
        }
    }
    check_orders!(check_plain(), |probe, end| draw(&probe, end));
}

mod method {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(skip(self), fields(size = self.size))]]
        around [
            pub struct Scene { pub size: u32 }
            impl Scene
        ] {
            pub fn draw(&mut self, probe: &Probe, end: End) -> std::io::Result<&mut u32> {
                probe.check();
                self.size += end.act()?;
                Ok(&mut self.size)
            }
        }
    }
    check_orders!(check_plain(), |probe, end| Scene { size: 1 }.draw(&probe, end).copied());
}

mod track_caller {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument]] {
            #[track_caller]
            pub fn draw(probe: &Probe, end: End, line: u32) -> Answer {
                assert_eq!(std::panic::Location::caller().line(), line);
                probe.check();
                end.act()
            }
        }
    }
    check_orders!(check_plain(), |probe, end| draw(&probe, end, line!()));
}

mod track_caller_and_pattern {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument]] {
            #[track_caller]
            pub fn draw(probe: &Probe, (end, line): (End, u32)) -> Answer {
                assert_eq!(std::panic::Location::caller().line(), line);
                probe.check();
                Ok(end.act()? + 1)
            }
        }
    }
    check_orders!(check_plain(), |probe, end| draw(&probe, (end, line!())));
}
