//! What creates say of their meetings: few say anything, and some of what is said is wrong.

use std::time::Duration;

use super::draw::Draw;
use crate::placement::MeetingHints;

/// How many say how many users may come at most.
const SAY_MOST: f64 = 0.12;
/// How many say how many are expected.
const SAY_SIZE: f64 = 0.12;
/// Of those, how many say what has nothing to do with it.
const LIE: f64 = 0.2;
/// How many say when it ends at the latest.
const SAY_LENGTH: f64 = 0.1;

/// What is said of a room for `users` whose meetings take so many `minutes` at the most.
pub(super) fn hints(users: u32, minutes: f64, draw: &mut Draw) -> MeetingHints {
    // BBB lets nobody in beyond it: a website that lies here lies upwards
    let most = draw.happens(SAY_MOST).then(|| match draw.happens(LIE) {
        true => [100, 200, 500].get(draw.index(3)).copied().unwrap_or(100).max(users),
        false => users.div_ceil(5) * 5 + 5,
    });
    let size = draw.happens(SAY_SIZE).then(|| match draw.happens(LIE) {
        true => (f64::from(users) * draw.log_normal(1.0, 1.2)).round() as u32,
        false => (f64::from(users) * draw.normal(1.0, 0.1).clamp(0.7, 1.3)).round() as u32,
    });
    let half_hours = (minutes / 30.0).ceil() as u64;
    let duration = draw.happens(SAY_LENGTH).then(|| Duration::from_secs(half_hours * 1800));
    MeetingHints { max_participants: most, size: size.map(|size| size.max(1)), duration }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_say_anything_and_nobody_says_what_would_keep_people_out() {
        let mut draw = Draw::new(1, "test");
        let all: Vec<_> = (0..10_000).map(|_| hints(23, 59.0, &mut draw)).collect();
        let sizes: Vec<_> = all.iter().filter_map(|said| said.size).collect();
        let right = sizes.iter().filter(|size| (16..=30).contains(*size)).count();
        assert!((1000..1400).contains(&sizes.len()), "{}", sizes.len());
        assert!((0.78..0.92).contains(&(right as f64 / sizes.len() as f64)), "{right} of {}", sizes.len());
        assert!(all.iter().filter_map(|said| said.max_participants).all(|most| most >= 23));
        assert!(all.iter().filter_map(|said| said.duration).all(|length| length == Duration::from_secs(3600)));
    }
}
