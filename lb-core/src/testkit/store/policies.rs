//! How what placement policies have learnt is kept.

use crate::placement::LEARNED_BYTES;
use crate::store::PolicyStore;

/// Before anything is kept there is nothing.
pub async fn a_new_store_has_learnt_nothing(store: &dyn PolicyStore) {
    assert_eq!(store.learned(&"default".into(), "predictive").await, Ok(None));
}

/// Every byte comes back, for its router and policy alone, and what is kept later takes its place.
pub async fn what_was_learnt_comes_back_for_its_router_and_policy(store: &dyn PolicyStore) {
    let large: Vec<u8> = (0..LEARNED_BYTES).map(|place| (place % 251) as u8).collect();
    for learned in [b"\0first\xff".to_vec(), large.clone()] {
        store.keep_learned(&"default".into(), "predictive", learned.clone()).await.unwrap();
        assert_eq!(store.learned(&"default".into(), "predictive").await, Ok(Some(learned)));
    }
    store.keep_learned(&"default".into(), "geo-predictive", Vec::new()).await.unwrap();
    store.keep_learned(&"schools".into(), "predictive", vec![7]).await.unwrap();
    assert_eq!(store.learned(&"default".into(), "predictive").await, Ok(Some(large)));
    assert_eq!(store.learned(&"default".into(), "geo-predictive").await, Ok(Some(Vec::new())));
    assert_eq!(store.learned(&"schools".into(), "predictive").await, Ok(Some(vec![7])));
    assert_eq!(store.learned(&"schools".into(), "geo-predictive").await, Ok(None));
}

/// What routers that are gone had learnt is forgotten, and nothing else.
pub async fn what_routers_that_are_gone_had_learnt_is_forgotten(store: &dyn PolicyStore) {
    for (router, policy) in [("default", "predictive"), ("gone", "predictive"), ("gone", "other"), ("schools", "other")]
    {
        store.keep_learned(&router.into(), policy, vec![1]).await.unwrap();
    }
    store.forget_learned_but(["default".into(), "schools".into(), "new".into()].into()).await.unwrap();
    let known = async |router: &str, policy| store.learned(&router.into(), policy).await.unwrap().is_some();
    assert!(known("default", "predictive").await && known("schools", "other").await);
    assert!(!known("gone", "predictive").await && !known("gone", "other").await);
}
