//! From the globe to the plane of `assets/world.svg`: Miller's cylindrical projection.

use std::f64::consts::PI;

use lb_core::Position;

/// One degree of longitude.
const DEGREE: f64 = 20.0;

/// Once around the world.
pub(super) const ROUND: f64 = 360.0 * DEGREE;

/// Degrees; nearer to a pole nothing is drawn.
const HIGHEST: f64 = 85.0;

/// A point of the plane: to the right, and down from the equator.
pub(super) type Spot = (f64, f64);

/// Where a position is on the plane.
pub(super) fn project(position: Position) -> Spot {
    let latitude = position.latitude.clamp(-HIGHEST, HIGHEST).to_radians();
    let radius = ROUND / (2.0 * PI);
    let up = 1.25 * radius * (PI / 4.0 + 0.4 * latitude).tan().ln();
    (position.longitude * DEGREE, -up)
}

/// `x`, or the same meridian one turn on, as near to `near` as can be.
pub(super) fn nearest(x: f64, near: f64) -> f64 {
    x - ((x - near) / ROUND).round() * ROUND
}

/// The points that are `km` from `centre`, as a closed path around `spot`, where that is drawn.
pub(super) fn ring(centre: Position, km: f64, spot: Spot) -> String {
    let mut path = String::new();
    for bearing in (0..360).step_by(6) {
        let (x, y) = project(centre.going(f64::from(bearing), km));
        let letter = if bearing == 0 { 'M' } else { 'L' };
        path += &format!("{letter}{:.1} {y:.1}", nearest(x, spot.0));
    }
    path + "z"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64, longitude: f64) -> Position {
        Position { latitude, longitude }
    }

    #[test]
    fn the_coastline_has_the_same_projection() {
        assert!(project(at(0.0, 0.0)).1.abs() < 1e-9);
        // the southern end of Africa, Cape Agulhas, is a point of the coastline
        let (x, y) = project(at(-34.83, 20.0));
        let world = include_str!("../../../assets/world.svg");
        let land = world.split(" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let (mut nearest, mut here) = (f64::MAX, (0.0, 0.0));
        for ring in land.split('M').skip(1) {
            let (start, rest) = ring.split_once('l').unwrap();
            let mut numbers = start.split(' ').map(|number| number.parse::<f64>().unwrap());
            here = (numbers.next().unwrap(), numbers.next().unwrap());
            let spaced = rest.trim_end_matches('z').replace('-', " -");
            let steps: Vec<f64> = spaced.split_whitespace().map(|number| number.parse().unwrap()).collect();
            for step in steps.chunks(2) {
                here = (here.0 + step[0], here.1 + step[1]);
                nearest = nearest.min((here.0 - x).hypot(here.1 - y));
            }
        }
        assert!(nearest < 8.0, "{nearest} units away; {here:?}");
        assert!(world.len() < 60_000);
    }

    #[test]
    fn poles_and_the_edge_of_the_day_stay_in_the_picture() {
        assert!(project(at(90.0, 0.0)).1 > -2400.0);
        assert_eq!(nearest(3590.0, -3590.0), -3610.0);
        assert_eq!(nearest(-100.0, 200.0), -100.0);
        let suva = at(-18.1, 179.0);
        let spot = project(suva);
        let ring = ring(suva, 300.0, spot);
        let xs: Vec<f64> = ring
            .trim_end_matches('z')
            .split(['M', 'L'])
            .skip(1)
            .map(|pair| pair.split(' ').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(xs.len(), 60);
        assert!(xs.iter().all(|x| (x - spot.0).abs() < 60.0), "{ring}");
    }
}
