//! Roll-ups: what reports need of each quarter of an hour, so that a year is read without its events.
//!
//! ```text
//! events ──▶ Fold: meetings and stays ──▶ Making: quarters ──▶ pages of a day ──▶ Answer: the Table
//! ```
//!
//! | | |
//! |---|---|
//! | [`Quarter`] | a quarter of an hour (of UTC) by its number |
//! | [`Cell`](cell::Cell) | what was in one quarter, or one day, at one [`Place`](places::Place): an integration, partner, router and server |
//! | [`Course`](course::Course) | how many meetings and users there were in a quarter, at every moment: what peaks are made of |
//! | [`Quarters`] | cells and courses of some time, and how they are packed into [pages](crate::store::RollupPage) |
//! | [`Summary`](summary::Summary) | a whole day of UTC, with the unique names and the peaks that are asked for most |
//! | [`Making`] | makes them of meetings and stays |
//! | [`Answer`] | makes a report of them |
//! | [`Matching`](matching::Matching) | which of the names and peaks of a summary answer it, so that no names and courses are read |
//! | [`Names`](names::Names) | how many different names there were |
//! | [`RollupState`] | how far they are made |
//!
//! Every figure stays exact. What can be added up is. A person of a meeting is counted in the quarter that they come in, with the
//! time since they were last there ([`People`](people::People)): so people of any period can be counted. Names are kept as
//! hashes under a key that only the database has; and when names age, these become others that nobody can find out.

mod answer;
mod cell;
mod course;
mod making;
mod matching;
mod most;
mod names;
mod once;
mod people;
mod places;
mod quarter;
mod quarters;
mod state;
mod summary;

pub(crate) use self::answer::{Answer, NoAnswer, Taken};
pub(crate) use self::making::{Made, Making, Open};
pub(crate) use self::places::Places;
pub(crate) use self::quarter::{DAY, Quarter, begin, day_of, first_of, quarter_of};
pub(crate) use self::quarters::Quarters;
pub(crate) use self::state::{NameKey, RollupState};
