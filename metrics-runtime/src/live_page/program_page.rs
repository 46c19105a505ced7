//! What the endpoint serves for the live page.

use super::catalog_json;
use crate::catalog::catalog;
use crate::recorder::Options;
use crate::util::json::push_object;

/// The live page of a program.
#[derive(Debug)]
pub(crate) struct LivePage {
    /// The program's name.
    program: String,
    options: Options,
}

impl LivePage {
    pub(crate) fn new(program: String, options: Options) -> Self {
        Self { program, options }
    }

    /// The catalog in JSON. It is made anew each time, because capped labels get values.
    pub(crate) fn catalog_json(&self) -> String {
        let mut json = String::new();
        push_object(&mut json, |object| {
            object.text("program", &self.program);
            catalog_json::write(object, &catalog(), &self.options);
        });
        json.push('\n');
        json
    }
}
