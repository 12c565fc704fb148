//! [`View`]: which part of the world is shown.

use super::projection::{ROUND, Spot, nearest};

/// How many dots a map is wide where there is room for it. Marks are so many dots large, whatever part of the world is shown.
const DOTS: f64 = 1000.0;

/// Width by height, of the world and of what is as wide.
const ASPECT: f64 = 2.0;

/// The same of what is high.
const HIGH_ASPECT: f64 = 1.5;

/// The narrowest part of the world that is shown: 18 degrees.
const NARROWEST: f64 = 360.0;

/// What stays free around the servers, as a share of their extent.
const MARGIN: f64 = 0.16;

/// The northern edge of the world.
const TOP: f64 = -2310.0;

/// The part of the plane that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct View {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl View {
    /// All of the world, from 60° south.
    pub(super) const WORLD: Self = Self { left: -ROUND / 2.0, top: TOP, width: ROUND, height: ROUND / ASPECT };

    /// The part that has all `spots` in it, with a margin. Spots on both sides of the edge of the day are shown side by side.
    pub(super) fn of(spots: &[Spot]) -> Self {
        let Some((left, right)) = extent(spots) else { return Self::WORLD };
        let north = spots.iter().map(|spot| spot.1).fold(f64::INFINITY, f64::min);
        let south = spots.iter().map(|spot| spot.1).fold(f64::NEG_INFINITY, f64::max);
        let wide = (right - left) * (1.0 + 2.0 * MARGIN);
        let high = (south - north) * (1.0 + 2.0 * MARGIN);
        let aspect = (wide / high.max(1.0)).clamp(HIGH_ASPECT, ASPECT);
        let width = wide.max(high * aspect).max(NARROWEST);
        let height = width / aspect;
        if width >= ROUND * 0.7 || height >= Self::WORLD.height {
            return Self::WORLD;
        }
        let lowest = TOP + ROUND / ASPECT - height;
        let top = ((north + south - height) / 2.0).clamp(TOP, lowest);
        Self { left: (left + right - width) / 2.0, top, width, height }
    }

    /// How many units of the plane are one dot.
    pub(super) fn dot(&self) -> f64 {
        self.width / DOTS
    }

    /// Where a spot is shown.
    pub(super) fn spot(&self, (x, y): Spot) -> Spot {
        (nearest(x, self.left + self.width / 2.0), y)
    }

    /// The turns by which the world has to be drawn to fill the view.
    pub(super) fn turns(&self) -> impl Iterator<Item = f64> {
        let (left, right) = (self.left, self.left + self.width);
        [-ROUND, 0.0, ROUND].into_iter().filter(move |turn| turn - ROUND / 2.0 < right && turn + ROUND / 2.0 > left)
    }
}

/// From the western to the eastern end: what is left of the world without the widest gap.
fn extent(spots: &[Spot]) -> Option<(f64, f64)> {
    let mut xs: Vec<f64> = spots.iter().map(|spot| spot.0).filter(|x| x.is_finite()).collect();
    xs.sort_by(f64::total_cmp);
    let (first, last) = (*xs.first()?, *xs.last()?);
    let around = (first + ROUND - last, first, last);
    let gaps = xs.windows(2).filter_map(|pair| match pair {
        [west, east] => Some((east - west, *east, west + ROUND)),
        _ => None,
    });
    let (_, left, right) = gaps.fold(around, |widest, gap| if gap.0 > widest.0 { gap } else { widest });
    Some((left, right))
}

#[cfg(test)]
mod tests {
    use lb_core::Position;

    use super::super::projection::project;
    use super::*;

    fn view(places: &[(f64, f64)]) -> (View, Vec<Spot>) {
        let spots: Vec<_> = places
            .iter()
            .map(|(latitude, longitude)| project(Position { latitude: *latitude, longitude: *longitude }))
            .collect();
        (View::of(&spots), spots)
    }

    #[test]
    fn all_servers_are_in_the_view_wherever_they_are() {
        for places in [
            vec![(-30.0, -51.2)],
            vec![(-30.0, -51.2), (-23.5, -46.6), (-3.1, -60.0)],
            vec![(-18.1, 178.4), (-13.8, -171.8), (-36.8, 174.8)],
            vec![(69.6, 18.9), (-54.8, -68.3)],
            vec![(52.5, 13.4), (40.7, -74.0), (35.7, 139.7), (-33.9, 151.2)],
        ] {
            let (view, spots) = view(&places);
            for (x, y) in spots.into_iter().map(|spot| view.spot(spot)) {
                let inside = x > view.left && x < view.left + view.width && y > view.top && y < view.top + view.height;
                assert!(inside, "{places:?}: {x} {y} is not in {view:?}");
            }
            assert!((HIGH_ASPECT..=ASPECT + 1e-9).contains(&(view.width / view.height)), "{view:?}");
        }
    }

    #[test]
    fn a_view_is_no_wider_than_it_has_to_be() {
        assert_eq!(view(&[]).0, View::WORLD);
        assert_eq!(view(&[(10.0, 20.0)]).0.width, NARROWEST);
        let pacific = view(&[(-18.1, 178.4), (-13.8, -171.8)]).0;
        assert!(pacific.width < 400.0 && pacific.turns().count() == 2, "{pacific:?}");
        assert_eq!(view(&[(60.0, -150.0), (-40.0, 170.0), (50.0, 10.0)]).0, View::WORLD);
        assert_eq!(View::WORLD.turns().collect::<Vec<_>>(), [0.0]);
    }
}
