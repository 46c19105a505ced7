//! Which names labels may have: those in `snake_case` that neither the default list nor `metrics.toml` refuses.

use crate::names::snake_case;
use crate::policy::builtin::{RefusalReason, refused};
use crate::policy::file::Policy;
use crate::policy::pattern::describe;

/// What is wrong with a label's name, why, and where the value belongs.
pub(crate) fn check_label_name(policy: &Policy, name: &str) -> Result<(), String> {
    check_policy(policy, name)?;
    let proper = snake_case(name);
    if name == proper {
        return Ok(());
    }
    Err(format!("the label `{name}` is not in snake_case: write `{proper}: Type = expression`"))
}

fn check_policy(policy: &Policy, name: &str) -> Result<(), String> {
    if let Some(pattern) = policy.denied_by(name) {
        return Err(format!(
            "the label `{name}` is refused: `metrics.toml` denies {}\n\
             each value of a label is a separate time series, and the policy of this workspace says that these labels \
             have too many values\n{}",
            describe(pattern, name),
            use_the_trace(name)
        ));
    }
    let Some((pattern, reason)) = refused(name) else { return Ok(()) };
    let reason = match reason {
        RefusalReason::Reserved => {
            return Err(format!(
                "the label `{name}` is refused: Prometheus reserves {}\n\
                 it would misread a series with this label, or remove the label\n\
                 give the label another name: `name: Type = {name}`",
                describe(pattern, name)
            ));
        }
        // A refusal would be wrong if the file allows the name once it is corrected.
        _ if policy.may_allow(name) => return Ok(()),
        RefusalReason::Identity => "nearly every call has a different value",
        RefusalReason::Open => "its values cannot be listed",
        RefusalReason::Person => "it identifies a person, and has as many values as there are people",
        RefusalReason::Moment => "every sample has its time already, and each moment is a new value",
    };
    Err(format!(
        "the label `{name}` is refused: {reason} ({})\n\
         each value of a label is a separate time series, which Prometheus keeps as long as its data\n{}; \
         if its values are few and known, allow the name in `metrics.toml`, with the reason: \
         `[labels]` `allow = [{{ name = \"{name}\", reason = \"…\" }}]`",
        describe(pattern, name),
        use_the_trace(name)
    ))
}

fn use_the_trace(name: &str) -> String {
    format!("put the value on the trace, which is made for such values: `#[tracing::instrument(fields({name}))]`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::builtin::REFUSED;

    fn policy(text: &str) -> Policy {
        Policy::parse(text).unwrap_or_else(|_| panic!("the policy has no mistake"))
    }

    #[test]
    fn every_name_of_the_default_list_is_refused() {
        for (pattern, _) in REFUSED {
            let name = pattern.replace('*', "x");
            assert!(check_label_name(&Policy::builtin(), &name).is_err(), "{name} is not refused");
        }
        for name in ["step", "workflow", "status", "reason", "identity", "monkey", "width", "model"] {
            assert!(check_label_name(&Policy::builtin(), name).is_ok(), "{name} is refused");
        }
    }

    #[test]
    fn a_policy_denies_and_allows() {
        let policy = policy(
            "[labels]\ndeny = [\"scene*\"]\nallow = [{ name = \"model_id\", reason = \"12 models\" }]\n\
             [limits]\nseries-per-metric = 50\n",
        );
        assert!(check_label_name(&policy, "scene_name").is_err());
        assert!(check_label_name(&policy, "model_id").is_ok());
        assert!(check_label_name(&policy, "job_id").is_err());
        assert_eq!(policy.series_per_metric, 50);
    }

    #[test]
    fn a_policy_with_a_mistake_refuses_only_reserved_names() {
        let policy = Policy::with_mistake(None);
        assert!(check_label_name(&policy, "model_id").is_ok());
        assert!(check_label_name(&policy, "le").is_err());
    }
}
