//! A server is tried before it is kept, and who calls as a website is in the audit log first.

use super::*;
use crate::balancer::{Actor, TryServerError};
use crate::event::{Administered, Subject};
use crate::gateway::{Fault, GatewayError};

#[test]
fn a_server_that_the_fleet_does_not_have_is_tried_and_leaves_no_trace() {
    let network = Network::of(1);
    let new = network.servers.add("bbb2", "its-own-secret");
    let tried = |server: &Server| block_on(network.balancer.try_server(server));
    assert_eq!(tried(&new), Ok(0));
    let wrong = Server { secret: "another-secret".into(), ..new };
    assert_eq!(tried(&wrong), Err(TryServerError::Signature));
    assert_eq!(network.balancer.fleet().servers().len(), 1);
}

#[test]
fn trying_a_server_says_what_is_wrong_and_counts_for_nothing() {
    let network = Network::of(1);
    let known = network.balancer.fleet().servers()[0].clone();
    for (fault, is_so) in [
        (Fault::Refuse, (|error| matches!(error, GatewayError::Unreachable(_))) as fn(&GatewayError) -> bool),
        (Fault::Html502, |error| matches!(error, GatewayError::BadAnswer(_))),
    ] {
        network.servers.fault("bbb1", Some(fault));
        match block_on(network.balancer.try_server(&known.server)) {
            Err(TryServerError::Gateway(error)) => assert!(is_so(&error), "{error}"),
            other => panic!("{other:?}"),
        }
    }
    let now = network.balancer.fleet().servers()[0].clone();
    assert_eq!((now.state(), now.reachability.is_spotless()), (known.state(), true));
}

#[test]
fn a_call_in_the_name_of_a_website_is_told_before_it_is_made() {
    let network = Network::of(1);
    let by = Actor::new("ana", None);
    for (sent, how) in [(true, Administered::Called), (false, Administered::Signed)] {
        block_on(network.balancer.tell_called(&by, &"moodle".into(), "end", sent)).unwrap();
        let told = network.witness.0.lock().unwrap().last().cloned();
        let Some(EventKind::Administered { by, how: told, subject, changes, .. }) = told else { panic!("{told:?}") };
        assert_eq!((by.as_str(), told, subject), ("ana", how, Subject::new("integration", "moodle")));
        assert_eq!(changes[0].to_string(), "call: – → end");
    }
}
