//! What must hold of every answer of a Nagios, and of every check's performance data.

use std::time::Duration;

use lb_core::server::Load;
use lb_core::source::SourceError;

use super::core4::Answer;
use super::figures::{CpuFigure, load};
use super::objects::Objects;
use super::perfdata::{Item, parse};

/// Performance data: no text panics, every number is finite, every share is one, and what was read is read again as it was
/// when it is printed.
///
/// # Panics
/// Where one of that does not hold.
pub fn perfdata(bytes: &[u8]) {
    let items = parse(&String::from_utf8_lossy(bytes));
    for item in &items {
        assert!(!item.label.is_empty(), "{item:?}");
        assert!([item.value, item.min, item.max].into_iter().flatten().all(f64::is_finite), "{item:?}");
        assert!(item.per_cent().is_none_or(|share| (0.0..=100.0).contains(&share)), "{item:?}");
        let _ = item.count();
    }
    let printed = items.iter().map(print).collect::<Vec<_>>().join(" ");
    assert_eq!(parse(&printed), items, "{printed}");
}

fn print(item: &Item) -> String {
    let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    let value = if item.value.is_some() { number(item.value) } else { "U".to_owned() };
    let label = item.label.replace('\'', "''");
    format!("'{label}'={value}{};;;{};{}", item.unit, number(item.min), number(item.max))
}

/// An answer of Nagios Core 4, whichever list it is taken for: none panics, no load has a number that is none, and the
/// operator is told what is wrong in one short line.
///
/// # Panics
/// Where one of that does not hold.
pub fn nagios(bytes: &[u8]) {
    let list =
        |name: &str| told_shortly(Answer::parse(bytes, name).and_then(|answer| answer.fresh(Duration::from_secs(60))));
    if let Ok(answer) = list("servicelist") {
        let cpu = CpuFigure { service: "Processor Report".to_owned(), label: "cpu_avg".to_owned() };
        for services in answer.services().values() {
            let Load { cpu, memory, disk, .. } = load(services, &cpu, |moment| moment);
            assert!([cpu, memory, disk].into_iter().flatten().all(|share| (0.0..=100.0).contains(&share)));
        }
    }
    let _ = list("hostlist").map(Answer::host_states);
    let _ = list("hostgrouplist").map(Answer::groups);
    if let Ok(hosts) = list("hostlist") {
        let selected = Objects::select(hosts, list("hostgrouplist").ok(), None, Some("recordings"), Default::default());
        let _ = told_shortly(selected);
    }
}

fn told_shortly<T>(result: Result<T, SourceError>) -> Result<T, SourceError> {
    if let Err(error) = &result {
        let text = error.to_string();
        assert!(text.chars().count() < 1000 && !text.contains(char::is_control), "{text:?}");
    }
    result
}
