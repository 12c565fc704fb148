//! [`UnitVector`]: a place as the direction to it from the middle of the earth, so that distances are compared without a
//! sine.

use std::f64::consts::PI;

use geo::HaversineMeasure;

use super::Position;

/// A place on a globe of radius 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct UnitVector(pub(crate) [f64; 3]);

impl UnitVector {
    /// The direction to `position`; `None` where its numbers are none.
    pub(crate) fn of(position: Position) -> Option<Self> {
        let (north, east) = (position.latitude.to_radians(), position.longitude.to_radians());
        let vector = [north.cos() * east.cos(), north.cos() * east.sin(), north.sin()];
        vector.iter().all(|number| number.is_finite()).then_some(Self(vector))
    }

    /// The square of the straight way between two places, in earth radii: the longer the great circle, the larger.
    ///
    /// The angle's cosine is 1 minus half of it, and loses the digits that tell neighbours apart.
    pub(crate) fn chord_squared(self, other: Self) -> f64 {
        let [x, y, z] = [0, 1, 2].map(|axis| self.0[axis] - other.0[axis]);
        x * x + y * y + z * z
    }
}

/// The straight way between two places that are so many kilometres apart on the globe, in earth radii. Infinite where no
/// two places are so far apart, and 0 where the kilometres are no such number.
pub(crate) fn chord_of_km(km: f64) -> f64 {
    let angle = (km * 1000.0 / HaversineMeasure::GRS80_MEAN_RADIUS.radius()).max(0.0);
    if angle < PI { 2.0 * (angle / 2.0).sin() } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_chord_of_no_length_is_0_and_of_more_than_half_the_globe_has_no_end() {
        assert_eq!([0.0, -1.0, f64::NAN].map(chord_of_km), [0.0; 3]);
        assert_eq!([20_016.0, f64::INFINITY].map(chord_of_km), [f64::INFINITY; 2]);
        assert!((chord_of_km(10_007.557) - 2.0_f64.sqrt()).abs() < 1e-6, "a quarter of the globe");
    }

    #[test]
    fn a_place_that_is_none_has_no_direction() {
        for (latitude, longitude) in [(f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(UnitVector::of(Position { latitude, longitude }), None);
        }
    }

    proptest! {
        #[test]
        fn chords_are_as_long_as_the_haversine_says(
            (north, east) in (-90.0..=90.0, -180.0..=180.0), (bearing, km) in (0.0..360.0, 0.0..19_900.0_f64),
        ) {
            let from = Position { latitude: north, longitude: east };
            let to = from.going(bearing, km);
            let chord = UnitVector::of(from).unwrap().chord_squared(UnitVector::of(to).unwrap()).sqrt();
            let haversine = from.km_to(to);
            prop_assert!(chord_of_km(haversine - 0.001) <= chord && chord <= chord_of_km(haversine + 0.001));
        }
    }
}
