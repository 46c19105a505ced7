use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[test]
fn jobs_come_out() {
    let mut queue = sample::Queue::default();
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(pin!(queue.push(1)).poll(&mut context), Poll::Ready(1));
    assert_eq!(pin!(queue.pop()).poll(&mut context), Poll::Ready(Some(1)));
    assert_eq!(pin!(queue.pop()).poll(&mut context), Poll::Ready(None));
}
