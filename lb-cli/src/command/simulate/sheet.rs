//! Every run as CSV (RFC 4180), a line for each, with all its measures.

use std::io;

use csv::{Terminator, WriterBuilder};

use super::play::Played;

/// All of it, with a heading.
pub(super) fn csv(played: &Played, output: &mut dyn io::Write) -> io::Result<()> {
    let mut writer = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(output);
    let mut has_heading = false;
    for workload in &played.workloads {
        for run in &workload.runs {
            let measures = serde_json::to_value(&run.measures).unwrap_or_default();
            let measures: Vec<_> = measures.as_object().into_iter().flatten().collect();
            if !has_heading {
                let first = ["workload", "policy", "seed", "bound", "suffered_user_minutes"].into_iter();
                writer.write_record(first.chain(measures.iter().map(|(name, _)| name.as_str())))?;
                has_heading = true;
            }
            let suffered = run.measures.suffered_user_minutes();
            let first = [workload.name.clone(), run.policy.clone()];
            let figures = [run.seed.to_string(), run.bound.to_string(), suffered.to_string()];
            let measures = measures.iter().map(|(_, value)| match value {
                serde_json::Value::Null => String::new(),
                value => value.to_string(),
            });
            writer.write_record(first.into_iter().chain(figures).chain(measures))?;
        }
    }
    writer.flush()
}

#[cfg(test)]
mod tests {
    use super::super::play::{PlayedWorkload, Run};
    use super::*;

    #[test]
    fn names_that_would_end_their_field_are_quoted() {
        let run = |policy: &str| Run {
            policy: policy.to_owned(),
            seed: 7,
            bound: 0.5,
            measures: lb_core::simulation::Measures { lost_user_minutes: 2.25, ..Default::default() },
            course: None,
        };
        let workload = |name: &str, runs| PlayedWorkload {
            name: name.to_owned(),
            servers: 1,
            seeds: 1,
            history: Default::default(),
            begins: Default::default(),
            runs,
        };
        let workloads = vec![workload("monday, \"wet\".jsonl", vec![run("plain"), run("a\nb")])];
        let csv = |workloads| {
            let mut text = Vec::new();
            super::csv(&Played { workloads }, &mut text).unwrap();
            String::from_utf8(text).unwrap()
        };
        let none = csv(Vec::new());
        let csv = csv(workloads);
        assert!(csv.starts_with("workload,policy,seed,bound,suffered_user_minutes,"), "{csv}");
        assert!(csv.contains("\n\"monday, \"\"wet\"\".jsonl\",plain,7,0.5,2.25,"), "{csv}");
        assert!(csv.contains(".jsonl\",\"a\nb\",7,"), "{csv}");
        assert_eq!(none, "");
    }
}
