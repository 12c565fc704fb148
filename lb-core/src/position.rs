//! Places on the globe: [`Position`], their distance, and [`Locator`], which knows where an address is.

mod vector;

use std::fmt;
use std::net::IpAddr;

use geo::{Destination, Distance, Haversine, Point};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub(crate) use self::vector::{UnitVector, chord_of_km};

/// A point on the globe in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

impl Position {
    /// A position, if both numbers are within their range.
    pub fn try_new(latitude: f64, longitude: f64) -> Option<Self> {
        let valid = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        valid.then_some(Self { latitude, longitude })
    }

    /// The great-circle distance in kilometres (haversine, mean earth radius).
    ///
    /// ```
    /// use lb_core::Position;
    /// let porto_alegre = Position { latitude: -30.0331, longitude: -51.2000 };
    /// let caxias_do_sul = Position { latitude: -29.1678, longitude: -51.1794 };
    /// assert_eq!(porto_alegre.km_to(caxias_do_sul).round(), 96.0);
    /// ```
    pub fn km_to(self, other: Position) -> f64 {
        let point = |position: Position| Point::new(position.longitude, position.latitude);
        Haversine.distance(point(self), point(other)) / 1000.0
    }

    /// Where one comes to who goes `km` along a great circle, beginning towards `bearing`: degrees from north over east.
    pub fn going(self, bearing: f64, km: f64) -> Self {
        let there = Haversine.destination(Point::new(self.longitude, self.latitude), bearing, km * 1000.0);
        Self { latitude: there.y(), longitude: there.x() }
    }
}

/// What is known of the place of an address. Every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Where it is.
    pub position: Option<Position>,
    /// The city's English name.
    pub city: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    pub country_code: Option<String>,
    /// The country's English name.
    pub country_name: Option<String>,
    /// Two letters: AF, AN, AS, EU, NA, OC, SA.
    pub continent_code: Option<String>,
}

/// Knows where addresses are: a GeoIP database, or a table.
pub trait Locator: fmt::Debug + Send + Sync + 'static {
    /// What is known of `address`; `None` if it is in no range that the locator knows.
    fn locate(&self, address: IpAddr) -> Option<Place>;
}

/// A locator over a list of networks: none at all, an embedder's few known ones, or a test's.
#[derive(Debug, Default)]
pub struct KnownNetworks(Vec<(IpNet, Place)>);

impl KnownNetworks {
    /// A locator that knows `networks`; where two contain an address, the narrower one counts.
    pub fn new(networks: impl IntoIterator<Item = (IpNet, Place)>) -> Self {
        let mut networks: Vec<_> = networks.into_iter().collect();
        networks.sort_by_key(|(network, _)| std::cmp::Reverse(network.prefix_len()));
        Self(networks)
    }
}

impl Locator for KnownNetworks {
    fn locate(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        self.0.iter().find(|(network, _)| network.contains(&address)).map(|(_, place)| place.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_between_cities_are_those_of_the_map() {
        let at = |latitude, longitude| Position { latitude, longitude };
        let (porto_alegre, sao_paulo) = (at(-30.0331, -51.2), at(-23.5505, -46.6333));
        for (name, from, to, km) in [
            ("Pelotas", porto_alegre, at(-31.7719, -52.3425), 222.0),
            ("Santa Maria", porto_alegre, at(-29.6842, -53.8069), 254.0),
            ("Florianopolis", porto_alegre, at(-27.5954, -48.5480), 374.0),
            ("Campinas", sao_paulo, at(-22.9056, -47.0608), 84.0),
            ("Rio de Janeiro", sao_paulo, at(-22.9068, -43.1729), 361.0),
            ("Brussels-Paris", at(50.8503, 4.3517), at(48.8566, 2.3522), 264.0),
        ] {
            let distance = from.km_to(to);
            assert!((distance - km).abs() < 2.0, "{name}: {distance}");
        }
    }

    #[test]
    fn who_goes_so_far_is_so_far_away_whatever_the_direction() {
        for from in [(-30.0, -51.2), (0.0, 179.9), (78.2, 15.6), (-45.0, 170.5)] {
            let from = Position { latitude: from.0, longitude: from.1 };
            for bearing in 0..36 {
                let there = from.going(f64::from(bearing * 10), 300.0);
                assert!((from.km_to(there) - 300.0).abs() < 0.01, "{there:?}");
                assert!(Position::try_new(there.latitude, there.longitude).is_some(), "{there:?}");
            }
        }
        let north = Position { latitude: 10.0, longitude: 20.0 }.going(0.0, 111.195);
        assert!((north.latitude - 11.0).abs() < 1e-3 && (north.longitude - 20.0).abs() < 1e-9, "{north:?}");
    }

    #[test]
    fn a_mapped_address_is_found_as_its_ipv4_self_and_the_narrower_network_counts() {
        let place = |city: &str| Place { city: Some(city.into()), ..Place::default() };
        let known = KnownNetworks::new([
            ("192.0.2.0/24".parse().unwrap(), place("wide")),
            ("192.0.2.16/28".parse().unwrap(), place("narrow")),
        ]);
        let city = |address: &str| known.locate(address.parse().unwrap()).and_then(|place| place.city);
        assert_eq!(city("::ffff:192.0.2.1").as_deref(), Some("wide"));
        assert_eq!(city("192.0.2.17").as_deref(), Some("narrow"));
        assert_eq!(city("198.51.100.1"), None);
    }
}
