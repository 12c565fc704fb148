//! The cities of the regional workload.

use super::draw::Draw;
use crate::position::Position;

/// A city, its people and its servers.
#[derive(Debug)]
pub(super) struct City {
    /// What its website is called.
    pub(super) website: &'static str,
    /// Its centre.
    pub(super) position: Position,
    /// Hours that its clocks are ahead of UTC in March, before clocks change.
    pub(super) zone: i64,
    /// Its share of the users.
    pub(super) users: f64,
    /// Its share of the servers.
    pub(super) servers: f64,
}

const fn city(website: &'static str, at: (f64, f64), zone: i64, users: f64, servers: f64) -> City {
    City { website, position: Position { latitude: at.0, longitude: at.1 }, zone, users, servers }
}

/// The south of Brazil has many users in smaller cities, and its servers in one; Europe has about as many servers as it needs.
pub(super) static CITIES: [City; 14] = [
    city("porto-alegre", (-30.0331, -51.2300), -3, 14.0, 22.0),
    city("caxias", (-29.1678, -51.1794), -3, 5.0, 0.0),
    city("pelotas", (-31.7719, -52.3425), -3, 5.0, 0.0),
    city("santa-maria", (-29.6842, -53.8069), -3, 5.0, 4.0),
    city("florianopolis", (-27.5954, -48.5480), -3, 6.0, 6.0),
    city("sao-paulo", (-23.5505, -46.6333), -3, 16.0, 20.0),
    city("campinas", (-22.9056, -47.0608), -3, 6.0, 0.0),
    city("rio", (-22.9068, -43.1729), -3, 8.0, 10.0),
    city("brasilia", (-15.7939, -47.8828), -3, 6.0, 4.0),
    city("manaus", (-3.1190, -60.0217), -4, 2.0, 0.0),
    city("lisbon", (38.7223, -9.1393), 0, 7.0, 8.0),
    city("brussels", (50.8503, 4.3517), 1, 7.0, 14.0),
    city("paris", (48.8566, 2.3522), 1, 9.0, 12.0),
    city("lyon", (45.7640, 4.8357), 1, 4.0, 0.0),
];

impl City {
    /// Where somebody is who belongs to a website of this city: in or around it, mostly; one of ten in another city whose day
    /// is about the same.
    pub(super) fn somebody(&self, draw: &mut Draw) -> Position {
        let abroad = draw.happens(0.1);
        let near = CITIES.iter().filter(|city| city.zone.abs_diff(self.zone) <= 1);
        let city = if abroad { near.clone().nth(draw.index(near.count())).unwrap_or(self) } else { self };
        city.position.going(draw.between(0.0, 360.0), draw.exponential(8.0).min(60.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_of_ten_are_around_their_city_and_nobody_is_on_another_continent() {
        let mut draw = Draw::new(1, "test");
        let home = &CITIES[0];
        let km: Vec<_> = (0..5000).map(|_| home.somebody(&mut draw).km_to(home.position)).collect();
        let around = km.iter().filter(|km| **km < 61.0).count();
        assert!((4480..4680).contains(&around), "{around}");
        assert!(km.iter().all(|km| *km < 3500.0));
    }

    #[test]
    fn cities_have_different_websites_and_valid_positions() {
        let websites: std::collections::HashSet<_> = CITIES.iter().map(|city| city.website).collect();
        assert_eq!(websites.len(), CITIES.len());
        assert!(CITIES.iter().all(|city| Position::try_new(city.position.latitude, city.position.longitude).is_some()));
    }
}
