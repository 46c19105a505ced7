//! Functions that wait.

use std::future::Future;
use std::pin::Pin;

use tracing::Span;

use crate::support::{Answer, End, Probe, Set, check_async};

mod plain {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod skips {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(skip_all, level = "info", fields(end = ?end))]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod err {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(err)]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod ret {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(ret)]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod err_and_ret {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(err(Debug), ret(level = "info"))]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

/// Its span is off: the call starts in the span around it.
mod disabled {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(level = "trace")]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(false), |probe, end| draw(probe, end));
}

mod parent {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(parent = None, name = "draw")]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod follows {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(follows_from = [Span::current().id(), None])]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod twice {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(err)] #[tracing::instrument(name = "outside")]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

/// A macro hides whether it returns: the body gets a block of its own.
mod hidden_ends {
    use super::*;

    macro_rules! result {
        ($result:expr) => {
            match $result {
                Ok(value) => value,
                Err(error) => return Err(error),
            }
        };
    }

    both_orders! {
        probe, [#[tracing::instrument(ret)]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                probe.check();
                let answer = result!(end.act_later().await);
                Ok(answer)
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod early_return {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument]] {
            pub async fn draw(probe: Probe, end: End) -> Answer {
                const LATE: u32 = 2;
                probe.check();
                if end == End::Timeout {
                    return end.act();
                }
                let drawn = end.act_later().await?;
                Ok(drawn + LATE)
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod boxed {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(skip(probe))]] {
            pub fn draw(probe: Probe, end: End) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
                let end = std::convert::identity(end);
                Box::pin(async move {
                    probe.check();
                    end.act_later().await
                })
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod boxed_err_and_ret {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(err, ret)]] {
            pub fn draw(probe: Probe, end: End) -> Pin<Box<dyn Future<Output = Answer> + Send>> {
                Box::pin(async move {
                    probe.check();
                    Ok(end.act_later().await? + 1)
                })
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod returned {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(err)]] {
            pub fn draw(probe: Probe, end: End) -> impl Future<Output = Answer> + Send {
                async move {
                    probe.check();
                    end.act_later().await
                }
            }
        }
    }
    check_orders!(check_async(), |probe, end| draw(probe, end));
}

mod method {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(skip(self, probe), fields(size = self.size), err)]]
        around [
            pub struct Scene { pub size: u32 }
            impl Scene
        ] {
            pub async fn draw(&mut self, probe: &Probe, end: End) -> Answer {
                probe.check();
                self.size += 1;
                Ok(end.act_later().await? + self.size)
            }
        }
    }
    check_orders!(check_async(), |probe, end| async move { Scene { size: 1 }.draw(&probe, end).await });
}

/// Methods that `#[async_trait]` rewrites before all of these attributes.
mod async_trait_method {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(skip(self), ret)]]
        around [
            pub struct Scene;
            #[async_trait::async_trait]
            pub trait Draws {
                async fn draw(&self, probe: Probe, end: End) -> Answer;
            }
            #[async_trait::async_trait]
            impl Draws for Scene
        ] {
            async fn draw(&self, probe: Probe, end: End) -> Answer {
                probe.check();
                end.act_later().await
            }
        }
    }
    check_orders!(check_async(), |probe, end| async move { Scene.draw(probe, end).await });
}

mod generic {
    use super::*;

    both_orders! {
        probe, [#[tracing::instrument(skip_all)]] {
            pub async fn draw<'a, T: Into<u32> + Clone + Send + Sync>(
                probe: &'a Probe,
                end: End,
                sizes: &'a mut [T],
            ) -> std::io::Result<&'a T> {
                probe.check();
                let drawn = end.act_later().await?;
                sizes.swap(0, 1);
                Ok(&sizes[drawn as usize])
            }
        }
    }
    check_orders!(check_async(), |probe, end| async move {
        draw(&probe, end, &mut [1_u8, 2]).await.map(|size| u32::from(*size))
    });
}
