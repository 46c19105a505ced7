//! The instructions of each form of the attributes, beside the form that it must not cost more than.

use crate::instructions;
use crate::report::{head, row};
use crate::subjects::forms::FORMS;

pub struct Forms {
    counts: Vec<(f64, f64)>,
}

pub fn measure() -> Result<Forms, String> {
    let counts = FORMS.iter().map(|form| Ok((instructions::of_form(form.key)?, instructions::of_form(form.than)?)));
    Ok(Forms { counts: counts.collect::<Result<_, String>>()? })
}

impl Forms {
    pub fn table(&self) -> String {
        let mut table = head(&["", "beside", "instructions", "beside it", "more", "at most"]);
        for (form, (count, than)) in FORMS.iter().zip(&self.counts) {
            let more = count - than;
            let verdict = match form.most {
                most if most.is_infinite() => String::new(),
                most if more.round() <= most => format!("{most}: yes"),
                most => format!("{most}: **no**"),
            };
            table += &row(&[
                form.name.to_owned(),
                form.than_name.to_owned(),
                format!("{count:.0}"),
                format!("{than:.0}"),
                format!("{more:+.0}"),
                verdict,
            ]);
        }
        table
    }
}
