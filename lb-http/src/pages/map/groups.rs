//! Servers that stand so close that their marks would cover each other.

use std::collections::HashMap;

use super::projection::Spot;

/// Closer than so many dots, and marks cover each other.
const CLOSE: f64 = 24.0;

/// Closer than so many dots, and the mark of many covers another.
const COVERED: f64 = 40.0;

/// So many stand around their place; more become one mark with their number.
const AROUND: usize = 6;

/// What is drawn at one place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Group {
    /// One server, where it is or a little aside.
    One(usize, Spot),
    /// Many servers, by their numbers.
    Many(Vec<usize>, Spot),
}

/// Groups what is close. `spots` are in their order; `dot` is how much one dot is.
pub(super) fn groups(spots: &[Spot], dot: f64) -> Vec<Group> {
    let mut gathered: Vec<(Spot, Vec<usize>)> = Vec::new();
    let mut grid: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    let cell = |spot: Spot| ((spot.0 / dot / CLOSE).floor() as i64, (spot.1 / dot / CLOSE).floor() as i64);
    for (number, spot) in spots.iter().enumerate() {
        let (column, row) = cell(*spot);
        let around = (-1..=1).flat_map(|x| (-1..=1).map(move |y| (column + x, row + y)));
        let near =
            around.filter_map(|cell| grid.get(&cell)).flatten().copied().find(|group| {
                gathered.get(*group).is_some_and(|((x, y), _)| (x - spot.0).hypot(y - spot.1) / dot < CLOSE)
            });
        match near.and_then(|group| gathered.get_mut(group)) {
            Some((_, numbers)) => numbers.push(number),
            None => {
                grid.entry((column, row)).or_default().push(gathered.len());
                gathered.push((*spot, vec![number]));
            }
        }
    }
    let gathered = joined(gathered, dot);
    gathered.into_iter().flat_map(|(spot, numbers)| apart(spots, spot, numbers, dot)).collect()
}

/// The mark of many is larger: what it would cover is of it.
fn joined(gathered: Vec<(Spot, Vec<usize>)>, dot: f64) -> Vec<(Spot, Vec<usize>)> {
    let (mut many, few): (Vec<_>, Vec<_>) = gathered.into_iter().partition(|(_, numbers)| numbers.len() > AROUND);
    many.sort_by_key(|(_, numbers)| std::cmp::Reverse(numbers.len()));
    let mut joined: Vec<(Spot, Vec<usize>)> = Vec::new();
    for (spot, numbers) in many.into_iter().chain(few) {
        let covers = |(of, there): &&mut (Spot, Vec<usize>)| {
            there.len() > AROUND && (of.0 - spot.0).hypot(of.1 - spot.1) / dot < COVERED
        };
        match joined.iter_mut().find(covers) {
            Some((_, there)) => there.extend(numbers),
            None => joined.push((spot, numbers)),
        }
    }
    joined
}

fn apart(spots: &[Spot], first: Spot, numbers: Vec<usize>, dot: f64) -> Vec<Group> {
    let count = numbers.len() as f64;
    let of = |number: &usize| spots.get(*number).copied().unwrap_or(first);
    let sum = numbers.iter().map(of).fold((0.0, 0.0), |sum, spot| (sum.0 + spot.0, sum.1 + spot.1));
    let middle = (sum.0 / count, sum.1 / count);
    match numbers.len() {
        1 => numbers.into_iter().map(|number| Group::One(number, middle)).collect(),
        2..=AROUND => {
            let radius = (CLOSE * 0.5 / (std::f64::consts::PI / count).sin()) * dot;
            let place = |(place, number): (usize, usize)| {
                let angle = std::f64::consts::TAU * place as f64 / count;
                Group::One(number, (middle.0 - radius * angle.cos(), middle.1 - radius * angle.sin()))
            };
            numbers.into_iter().enumerate().map(place).collect()
        }
        _ => vec![Group::Many(numbers, middle)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_ones_stand_where_they_are_near_ones_around_and_many_are_one() {
        let far = groups(&[(0.0, 0.0), (100.0, 0.0)], 1.0);
        assert_eq!(far, [Group::One(0, (0.0, 0.0)), Group::One(1, (100.0, 0.0))]);
        let two = groups(&[(0.0, 0.0), (0.0, 0.0)], 2.0);
        assert_eq!(two.len(), 2);
        let [Group::One(0, a), Group::One(1, b)] = &two[..] else { panic!("{two:?}") };
        assert!(((a.0 - b.0).hypot(a.1 - b.1) - 48.0).abs() < 1e-9, "{two:?}");
        let many = groups(&vec![(5.0, 5.0); 3000], 1.0);
        assert_eq!(many, [Group::Many((0..3000).collect(), (5.0, 5.0))]);
    }

    #[test]
    fn every_server_is_drawn_once() {
        let spots: Vec<Spot> = (0..3000).map(|i| (f64::from(i * 37 % 997), f64::from(i * 61 % 499))).collect();
        let mut seen: Vec<usize> = groups(&spots, 1.0)
            .into_iter()
            .flat_map(|group| match group {
                Group::One(number, _) => vec![number],
                Group::Many(numbers, _) => numbers,
            })
            .collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..3000).collect::<Vec<_>>());
    }
}
