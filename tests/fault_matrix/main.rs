//! Every call through every trouble of a server, over real HTTP: what the website reads and when, how often the server got
//! the call, and what is stored afterwards. The tables of `docs/failure-behaviour.md` are made here.

#![cfg(target_os = "linux")]
#![allow(unreachable_pub, reason = "a test is nobody's library")]

#[path = "../harness/mod.rs"]
mod harness;
mod page;
mod rules;
mod stored;
mod trouble;
mod world;

use futures_util::future::join_all;

use self::trouble::{Call, Trouble};
use self::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn every_call_ends_in_every_trouble_as_the_rules_and_the_page_say() {
    // one of them builds it, before the clocks of all run
    harness::lb_binary();
    let worlds = join_all(Trouble::ALL.map(World::start)).await;
    let observed = join_all(worlds.into_iter().map(World::run)).await;
    let mut broken = String::new();
    for (trouble, cells) in &observed {
        assert_eq!(cells.iter().map(|(call, _)| *call).collect::<Vec<_>>(), Call::ALL, "no cell is forgotten");
        for (call, cell) in cells {
            let expected = rules::expected(*call, *trouble);
            if *cell != expected {
                broken += &format!("\n{trouble:?} {call:?}: {cell:?}, and not {expected:?}");
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
    page::compare(&page::tables(&observed));
}
