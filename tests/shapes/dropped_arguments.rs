//! Arguments are dropped at the end of the call, before its caller goes on.

use super::prelude::*;

struct Tells(Rc<std::cell::Cell<u32>>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[measured]
fn shape(used: Tells, _unused: Tells, end: End) -> Result<u32, io::Error> {
    act(end)?;
    Ok(used.0.get())
}

pub fn drive(run: &mut Run) {
    let told = Rc::new(std::cell::Cell::new(0));
    let tells = || Tells(Rc::clone(&told));
    run.ok(|| shape(tells(), tells(), End::Ok).is_ok_and(|seen| seen == 0) && told.get() == 2);
    run.error(|| shape(tells(), tells(), End::Error).is_err() && told.get() == 4);
    run.panic(|| shape(tells(), tells(), End::Panic));
    assert_eq!(told.get(), 6);
}
