//! Arguments are dropped at the end of the call, before its caller goes on.

use super::prelude::*;

struct NotifyOnDrop(Rc<std::cell::Cell<u32>>);

impl Drop for NotifyOnDrop {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[measured]
fn shape(used: NotifyOnDrop, _unused: NotifyOnDrop, end: End) -> Result<u32, io::Error> {
    act(end)?;
    Ok(used.0.get())
}

pub fn drive(run: &mut Run) {
    let dropped = Rc::new(std::cell::Cell::new(0));
    let notify = || NotifyOnDrop(Rc::clone(&dropped));
    run.ok(|| shape(notify(), notify(), End::Ok).is_ok_and(|seen| seen == 0) && dropped.get() == 2);
    run.error(|| shape(notify(), notify(), End::Error).is_err() && dropped.get() == 4);
    run.panic(|| shape(notify(), notify(), End::Panic));
    assert_eq!(dropped.get(), 6);
}
