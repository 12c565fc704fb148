//! [`MmdbLocator`]: where addresses are, from a GeoIP database file in MaxMind's format.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use lb_core::{Locator, Place, Position};
use maxminddb::Reader;
use serde::Deserialize;

/// Looks addresses up in a database of the City shape (GeoLite2-City, DB-IP City Lite, and others like them).
///
/// The file is read whole into memory and never looked at again: it may be replaced while the balancer runs. A database
/// that knows only countries works too, and gives no positions.
pub struct MmdbLocator {
    path: PathBuf,
    reader: Reader<Vec<u8>>,
}

impl MmdbLocator {
    /// Reads the database at `path`.
    ///
    /// # Errors
    /// [`GeoError`] if the file cannot be read or is no such database.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, GeoError> {
        let path = path.as_ref().to_owned();
        let bytes = std::fs::read(&path).map_err(|error| GeoError::Unreadable { path: path.clone(), error })?;
        match Reader::from_source(bytes) {
            Ok(reader) => Ok(Self { path, reader }),
            Err(error) => Err(GeoError::NoDatabase { path, why: error.to_string() }),
        }
    }
}

impl Locator for MmdbLocator {
    fn locate(&self, address: IpAddr) -> Option<Place> {
        // whatever is wrong with a record, the address is then in no known place
        let found = self.reader.lookup(address.to_canonical()).ok()?;
        found.decode::<Record>().ok().flatten().map(Place::from)
    }
}

impl fmt::Debug for MmdbLocator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MmdbLocator").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Why a GeoIP database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GeoError {
    /// The file cannot be read.
    #[error("the GeoIP database {} cannot be read: {error}", path.display())]
    Unreadable {
        /// Where it was looked for.
        path: PathBuf,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// The file is no database.
    #[error("{} is not a GeoIP database in MaxMind's format: {why}", path.display())]
    NoDatabase {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// The parts of a record that are used. Databases leave any of them out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record {
    city: Named,
    country: Country,
    continent: Continent,
    location: Location,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    names: Names,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Names {
    en: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Country {
    iso_code: Option<String>,
    names: Names,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Continent {
    code: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Location {
    latitude: Option<f64>,
    longitude: Option<f64>,
}

impl From<Record> for Place {
    fn from(record: Record) -> Self {
        let (latitude, longitude) = (record.location.latitude, record.location.longitude);
        Place {
            position: latitude.zip(longitude).and_then(|(north, east)| Position::try_new(north, east)),
            city: record.city.names.en,
            country_code: record.country.iso_code,
            country_name: record.country.names.en,
            continent_code: record.continent.code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cities() -> MmdbLocator {
        MmdbLocator::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/geo/test-city.mmdb")).unwrap()
    }

    fn place(address: &str) -> Option<Place> {
        cities().locate(address.parse().unwrap())
    }

    #[test]
    fn an_address_is_found_with_all_that_is_known_of_it() {
        let expected = Place {
            position: Position::try_new(-29.1678, -51.1794),
            city: Some("Caxias do Sul".into()),
            country_code: Some("BR".into()),
            country_name: Some("Brazil".into()),
            continent_code: Some("SA".into()),
        };
        assert_eq!(place("192.0.2.48"), Some(expected.clone()));
        assert_eq!(place("192.0.2.63"), Some(expected));
        assert_eq!(place("2001:db8:2::1").and_then(|place| place.city).as_deref(), Some("Paris"));
    }

    #[test]
    fn a_mapped_address_is_found_as_its_ipv4_self() {
        assert_eq!(place("::ffff:198.51.100.200").and_then(|place| place.city).as_deref(), Some("Berlin"));
    }

    #[test]
    fn a_record_without_a_location_has_a_country_and_no_position() {
        let portugal = place("203.0.113.1").unwrap();
        assert_eq!(
            (portugal.country_code.as_deref(), portugal.country_name.as_deref()),
            (Some("PT"), Some("Portugal"))
        );
        assert_eq!((portugal.position, portugal.city), (None, None));
    }

    #[test]
    fn an_address_in_no_range_is_nowhere() {
        for address in ["127.0.0.1", "203.0.113.200", "10.0.0.1", "::1", "2001:db8:9::1"] {
            assert_eq!(place(address), None, "{address}");
        }
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("city.mmdb");
        let refused = || MmdbLocator::open(&file).unwrap_err();
        let missing = refused();
        assert!(matches!(missing, GeoError::Unreadable { .. }), "{missing}");
        assert!(missing.to_string().contains("city.mmdb cannot be read"), "{missing}");
        for content in [&b""[..], b"not a database", &[0xAB; 5_000]] {
            std::fs::write(&file, content).unwrap();
            let error = refused();
            assert!(matches!(error, GeoError::NoDatabase { .. }), "{error}");
            assert!(error.to_string().contains("city.mmdb is not a GeoIP database"), "{error}");
        }
    }

    #[test]
    fn a_damaged_database_makes_no_panic() {
        let whole = std::fs::read(cities().path).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("city.mmdb");
        for position in (0..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[position] ^= 0xFF;
            std::fs::write(&file, &damaged).unwrap();
            if let Ok(locator) = MmdbLocator::open(&file) {
                for address in ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8:1::1"] {
                    locator.locate(address.parse().unwrap());
                }
            }
        }
    }
}
