//! The simulator against a closed form.

use super::*;

/// Poisson arrivals with mean 1 in 30 s, each staying for an exponential time of 600 s: an M/G/∞ queue, in which 20 are
/// there in the mean, and whose number is Poisson.
#[test]
fn people_who_come_by_chance_and_stay_are_as_many_as_the_closed_form_says() {
    let (rate, stay, hours) = (1.0 / 30.0, 600.0, 400);
    let mut chance = fastrand::Rng::with_seed(4);
    let mut exponential = |mean: f64| -(1.0 - chance.f64()).ln() * mean;
    let length = f64::from(hours) * 3600.0;
    let (mut time, mut meetings) = (0.0, Vec::new());
    loop {
        time += exponential(1.0 / rate);
        if time >= length {
            break;
        }
        let stays = (exponential(stay) * 1000.0) as u32 + 1;
        let mut meeting = meeting(&format!("user{}", meetings.len()), 0, 0, 0);
        meeting.at = BEGINS + Duration::from_secs_f64(time);
        meeting.length = Duration::from_millis(u64::from(stays));
        meeting.people = vec![SimulatedPerson { comes: 0, goes: stays, ..person(0, 0) }];
        meetings.push(meeting);
    }
    let mut scenario = scenario(meetings);
    scenario.servers = vec![server("one")];
    scenario.length = Duration::from_secs_f64(length);
    // there is one server: who looks once in an hour misses nothing, and is done sooner
    let hour = Duration::from_secs(3600);
    let seldom = player().seeing(Sight { loss: 0.0, list: hour, monitor: hour });
    let outcome = simulate(&scenario, &seldom.with_course()).unwrap();
    assert_eq!((outcome.measures.refused, outcome.measures.placements), (0, scenario.meetings.len() as u64));
    // after ten mean stays nothing of the empty begin is left
    let course: Vec<f64> =
        outcome.course.unwrap().utilisation[0].iter().skip(100).map(|mean| f64::from(mean.unwrap())).collect();
    let count = course.len() as f64;
    let mean = course.iter().sum::<f64>() / count;
    let expected = rate * stay;
    // the number's autocorrelation is exp(-t/stay): the mean over T has the variance 2 λ stay² / T
    let deviation = (2.0 * expected * stay / (count * 60.0)).sqrt();
    assert!((mean - expected).abs() < 3.0 * deviation, "{mean} is not {expected} ± {deviation}");
    // minute means vary a little less than the moments do, which are Poisson
    let variance = course.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    assert!((0.8..1.15).contains(&(variance / expected)), "the variance is {variance}");
    assert_eq!(outcome.measures.overloaded_user_minutes, 0.0);
}
