//! How the last good fleet is kept.

use std::time::Duration;

use super::START;
use crate::checksum::Algorithm;
use crate::position::Position;
use crate::server::{AdministratorWord, HostStatus, Server, ServiceState};
use crate::store::{FleetRecord, FleetStore, KeptServer};

fn server(name: &str) -> Server {
    Server::new(name, &format!("https://{name}.example.org/"), format!("secret of {name}")).unwrap()
}

/// Before any is saved there is none.
pub async fn a_new_store_has_no_fleet(store: &dyn FleetStore) {
    assert_eq!(store.load_fleet().await, Ok(None));
}

/// Every fact of every server comes back, with the administrator's word, in the order they were saved.
pub async fn a_fleet_comes_back_with_all_its_facts(store: &dyn FleetStore) {
    let full = |word, checksum| {
        let facts = Server {
            address: "192.0.2.7".to_owned(),
            position: Some(Position { latitude: -30.033_1, longitude: -51.2 }),
            capacity: Some(200),
            weight: Some(2.5),
            tags: vec!["gpu".to_owned(), "sala \"1\"".to_owned()],
            checksum,
            ..server(&format!("full-{word:?}").to_lowercase())
        };
        KeptServer {
            word,
            recording: word == AdministratorWord::Draining,
            host: HostStatus::Unreachable,
            services: [
                ("Disk \"Report\"".to_owned(), ServiceState::Critical),
                ("CPU".to_owned(), ServiceState::Unknown),
            ]
            .into(),
            ..KeptServer::new(facts)
        }
    };
    let record = FleetRecord {
        good_at: START,
        servers: vec![
            full(AdministratorWord::ForceEnabled, Algorithm::Sha1),
            full(AdministratorWord::ForceDisabled, Algorithm::Sha384),
            full(AdministratorWord::Draining, Algorithm::Sha512),
            KeptServer::new(server("bare")),
        ],
    };
    store.save_fleet(record.clone()).await.unwrap();
    assert_eq!(store.load_fleet().await, Ok(Some(record)));
}

/// The record saved last is the only one; one without servers is a record too.
pub async fn a_saved_fleet_replaces_the_one_before(store: &dyn FleetStore) {
    let record = |seconds, names: &[&str]| FleetRecord {
        good_at: START + Duration::from_secs(seconds),
        servers: names.iter().map(|name| KeptServer::new(server(name))).collect(),
    };
    store.save_fleet(record(0, &["a", "b", "c"])).await.unwrap();
    store.save_fleet(record(10, &["c", "d"])).await.unwrap();
    assert_eq!(store.load_fleet().await, Ok(Some(record(10, &["c", "d"]))));
    store.save_fleet(record(20, &[])).await.unwrap();
    assert_eq!(store.load_fleet().await, Ok(Some(record(20, &[]))));
}
