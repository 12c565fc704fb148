//! `lb key`: the file with the keys that secrets in the database are sealed with.

use lb_http::rng::SystemRng;
use lb_http::store::key_file::{new_key_file, rotate_key_file};
use serde_json::json;

use crate::args::Key;
use crate::outcome::{Failure, Outcome};
use crate::world::World;

pub(crate) fn run(args: &Key, world: &mut World<'_>) -> Result<Outcome, Failure> {
    let Key::New { file, rotate, json } = args;
    let made = if *rotate { rotate_key_file(file, &SystemRng) } else { new_key_file(file, &SystemRng) };
    let id = made.map_err(|error| Failure::Failed(error.to_string()))?;
    if *json {
        writeln!(world.output, "{:#}", json!({ "file": file, "key": id }))?;
    } else {
        let what = if *rotate { "is on top now: secrets are sealed with it at the next start" } else { "is in it" };
        writeln!(world.output, "{}: the key {id} {what}", file.display())?;
        writeln!(world.output, "keep a copy of the file, apart from backups: without it they open no more")?;
    }
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use crate::command::admin::fake::lb;

    #[test]
    fn a_key_file_is_made_once_and_gets_a_new_key_on_top() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.key");
        let path = path.to_str().unwrap();
        assert!(lb(&["key", "new", path, "--rotate"], &[], "").failed().contains("cannot be read"));
        let made = lb(&["key", "new", path], &[], "").output();
        assert!(made.contains("is in it") && made.contains("keep a copy"), "{made}");
        assert!(lb(&["key", "new", path], &[], "").failed().contains("is there already"));
        let rotated = lb(&["key", "new", path, "--rotate", "--json"], &[], "").output();
        let rotated: serde_json::Value = serde_json::from_str(&rotated).unwrap();
        let file = std::fs::read_to_string(path).unwrap();
        let first = file.lines().find(|line| !line.starts_with('#')).unwrap();
        assert_eq!(first.split(' ').next(), rotated["key"].as_str());
        let secrets = file.lines().filter_map(|line| line.split(' ').nth(1)).filter(|text| text.len() > 40);
        assert!(secrets.clone().count() == 2 && secrets.into_iter().all(|key| !made.contains(key)));
    }
}
