//! [`Source`]: what is lived through.

use std::sync::Arc;

use lb_core::simulation::Scenario;
use lb_core::simulation::workload::{Size, Workload};

use super::otherwise::Otherwise;
use crate::outcome::Failure;

/// What is to be lived through.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A workload of a size, and what is otherwise in it.
    Made(Workload, Size, Otherwise),
    /// What a real network lived through.
    Replayed(Arc<Scenario>),
}

impl Source {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Made(workload, ..) => workload.name().to_owned(),
            Self::Replayed(scenario) => scenario.name.clone(),
        }
    }

    /// Whether it can be: said before anything is played, and not when its turn has come.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match self {
            Self::Made(workload, size, _) => workload.check(size).map_err(|error| Failure::Usage(error.to_string())),
            Self::Replayed(_) => Ok(()),
        }
    }

    /// The scenario by this seed. What a real network lived through is the same by each; which polls are lost is not.
    pub(super) fn scenario(&self, seed: u64) -> Result<Arc<Scenario>, Failure> {
        match self {
            Self::Made(workload, size, otherwise) => {
                let usual = workload.scenario(seed, size).map_err(|error| Failure::Usage(error.to_string()))?;
                Ok(Arc::new(otherwise.made_of(usual)))
            }
            Self::Replayed(scenario) => Ok(Arc::clone(scenario)),
        }
    }
}
