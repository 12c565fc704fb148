//! x
/// x
#[derive(Debug)]
pub struct ScriptedServers;
/// x
#[derive(Debug)]
pub enum Fault {}
