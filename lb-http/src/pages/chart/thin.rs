//! Courses of many points: as many as can be seen, and none of their peaks is lost.

/// A point of a course: where, and how much; nothing where it is not known.
pub(super) type Point = (f64, Option<f64>);

/// At most some `2 * places` of `points`: of what falls in one place the lowest and the highest, and a gap where there is one.
pub(super) fn thin(points: &[Point], places: usize) -> Vec<Point> {
    if points.len() <= places * 2 {
        return points.to_vec();
    }
    let of_one = points.len().div_ceil(places);
    points.chunks(of_one).flat_map(ends).collect()
}

fn ends(points: &[Point]) -> Vec<Point> {
    let known = || points.iter().enumerate().filter_map(|(place, (_, figure))| Some((place, (*figure)?)));
    let lowest = known().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| place);
    let highest = known().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| place);
    let gap = points.iter().position(|(_, figure)| figure.is_none());
    let mut places: Vec<usize> = [lowest, highest, gap].into_iter().flatten().collect();
    places.sort_unstable();
    places.dedup();
    places.into_iter().filter_map(|place| points.get(place).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_course_keeps_its_peaks_and_its_gaps() {
        let mut points: Vec<Point> = (0..10_000).map(|i| (f64::from(i), Some(f64::from(i % 7)))).collect();
        points[5_001].1 = Some(900.0);
        points[7_000].1 = None;
        let thinned = thin(&points, 300);
        assert!(thinned.len() <= 900, "{}", thinned.len());
        assert!(thinned.contains(&(5_001.0, Some(900.0))));
        assert!(thinned.contains(&(7_000.0, None)));
        assert!(thinned.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(thin(&points[..500], 300), points[..500]);
    }
}
