//! The list of targets that `/sd` gives.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::http::Response;

/// The list as each address with its labels; `None` while it is not known: then the answer is 503, and never an empty list.
///
/// # Panics
///
/// If the answer is another one.
#[must_use]
pub fn targets(response: &Response) -> Option<BTreeMap<String, Value>> {
    if response.status == 503 {
        assert!(response.body.starts_with("the list of workers is not known: "), "{}", response.body);
        return None;
    }
    assert_eq!(response.status, 200, "{}", response.body);
    let groups: Vec<Value> = serde_json::from_str(&response.body).expect("it is JSON");
    let mut list = BTreeMap::new();
    for group in &groups {
        for target in group["targets"].as_array().expect("it is a list") {
            let before = list.insert(target.as_str().expect("it is text").to_owned(), group["labels"].clone());
            assert_eq!(before, None, "{}", response.body);
        }
    }
    assert!(!list.is_empty(), "{}", response.body);
    Some(list)
}
