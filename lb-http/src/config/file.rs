//! The configuration as it was said: every table and key that exists, each key optional. This is the only list of keys.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use lb_core::Secret;
use lb_core::checksum::Algorithm;
use lb_core::report::Zone;
use serde::Deserialize;

use super::admin_socket::AdminSocket;
use super::choice::{DashboardAccess, LogFormat, MonitorFormat, MonitorKind, ReportFormat, VoiceUnique};
use super::duration::Age;
use super::entity::{KnownSecret, ParameterValue, PolicyName, TieBreakName};
use super::scalar::{
    ApiUrl, HttpUrl, Kilometres, Latitude, LogLevel, Longitude, Margin, MostCpu, MostUsers, Percent, Share, Users,
    Weight,
};
use super::value::{At, Entries, List, OneOrMore, Table, Tables};
use crate::store::StoreUrl;

macro_rules! tables {
    ($($name:ident { $($key:ident: $type:ty,)* })*) => {
        $(#[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct $name {
            $(pub(super) $key: $type,)*
        })*
    };
}

tables! {
    File {
        listen: Table<Listen>,
        store: Table<Store>,
        monitor: Table<Monitor>,
        meetings: Table<Meetings>,
        recordings: Table<Recordings>,
        health: Table<Health>,
        upstream: Table<Upstream>,
        callbacks: Table<Callbacks>,
        webhooks: Table<Webhooks>,
        geoip: Table<GeoIp>,
        routers: Table<BTreeMap<String, Table<Router>>>,
        plans: Table<BTreeMap<String, Table<Plan>>>,
        partners: Table<BTreeMap<String, Table<Partner>>>,
        integrations: Tables<Integration>,
        servers: Tables<Server>,
        balancer: Table<Balancer>,
        api: Table<Api>,
        checksum: Table<Checksum>,
        placement: Table<Placement>,
        voice: Table<Voice>,
        events: Table<Events>,
        dashboard: Table<Dashboard>,
        reports: Table<Reports>,
        log: Table<Log>,
    }

    Listen {
        api: Option<OneOrMore<SocketAddr>>,
        public_url: Option<At<HttpUrl>>,
        trusted_proxies: Option<List<IpNet>>,
        admin: Option<At<SocketAddr>>,
        admin_tls: Option<At<bool>>,
        admin_socket: Option<At<AdminSocket>>,
        tls: Option<Table<Tls>>,
        max_connections: Option<At<NonZero<u32>>>,
        max_connections_per_address: Option<At<NonZero<u32>>>,
        idle_timeout: Option<At<Duration>>,
    }

    Tls {
        certificate: Option<At<PathBuf>>,
        key: Option<At<PathBuf>>,
    }

    Store {
        url: Option<At<StoreUrl>>,
        create_when_unavailable: Option<At<bool>>,
        key_file: Option<At<PathBuf>>,
    }

    Monitor {
        kind: Option<At<MonitorKind>>,
        url: Option<At<HttpUrl>>,
        format: Option<At<MonitorFormat>>,
        username: Option<At<String>>,
        password: Option<At<Secret>>,
        interval: Option<At<Duration>>,
        hostgroup: Option<At<String>>,
        recording_hostgroup: Option<At<String>>,
        ignored_services: Option<List<String>>,
        cpu_service: Option<At<String>>,
        cpu_label: Option<At<String>>,
        max_age: Option<At<Duration>>,
    }

    Meetings {
        grace: Option<At<Duration>>,
    }

    Recordings {
        interval: Option<At<Duration>>,
    }

    Health {
        failures: Option<At<NonZero<u32>>>,
        successes: Option<At<NonZero<u32>>>,
        down_after: Option<At<Duration>>,
    }

    Upstream {
        connect_timeout: Option<At<Duration>>,
        timeout: Option<At<Duration>>,
        max_concurrent_calls: Option<At<NonZero<u32>>>,
    }

    Callbacks {
        allow_private_addresses: Option<At<bool>>,
    }

    Webhooks {
        enabled: Option<At<bool>>,
    }

    GeoIp {
        database: Option<At<PathBuf>>,
    }

    Router {
        policy: Option<At<PolicyName>>,
        radius_km: Option<At<Kilometres>>,
        weights: Option<Table<BTreeMap<String, At<Weight>>>>,
        fallback: Option<At<String>>,
        only_tags: Option<List<String>>,
        prefer_tags: Option<List<String>>,
        max_users: Option<At<MostUsers>>,
        max_cpu: Option<At<MostCpu>>,
        tie_break: Option<At<TieBreakName>>,
        tie_within: Option<At<Margin>>,
        canary: Option<At<String>>,
        canary_share: Option<At<Share>>,
    }

    Plan {
        active: Option<At<bool>>,
        may_record: Option<At<bool>>,
        max_concurrent_meetings: Option<At<u32>>,
        max_concurrent_users: Option<At<u32>>,
        max_users_per_meeting: Option<At<u32>>,
        max_duration: Option<At<Duration>>,
        calls_per_second: Option<At<NonZero<u32>>>,
        allowed_calls: Option<List<String>>,
    }

    Partner {
        display_name: Option<At<String>>,
        contact: Option<At<String>>,
        servers: Option<List<String>>,
    }

    Integration {
        name: Option<At<String>>,
        display_name: Option<At<String>>,
        active: Option<At<bool>>,
        secrets: Option<Entries<KnownSecret>>,
        plan: Option<At<String>>,
        router: Option<At<String>>,
        partner: Option<At<String>>,
        latitude: Option<At<Latitude>>,
        longitude: Option<At<Longitude>>,
        required_tags: Option<List<String>>,
        preferred_tags: Option<List<String>>,
        forbidden_tags: Option<List<String>>,
        callback_hosts: Option<List<String>>,
        create: Option<Table<Rules>>,
        join: Option<Table<Rules>>,
    }

    Rules {
        default: Option<Table<BTreeMap<String, At<ParameterValue>>>>,
        forced: Option<Table<BTreeMap<String, At<ParameterValue>>>>,
        capped: Option<Table<BTreeMap<String, At<NonZero<u32>>>>>,
        blocked: Option<List<String>>,
    }

    Server {
        name: Option<At<String>>,
        url: Option<At<ApiUrl>>,
        secret: Option<At<Secret>>,
        latitude: Option<At<Latitude>>,
        longitude: Option<At<Longitude>>,
        capacity: Option<At<NonZero<u32>>>,
        weight: Option<At<Weight>>,
        tags: Option<List<String>>,
        checksum: Option<At<Algorithm>>,
    }

    Balancer {
        guid: Option<At<String>>,
    }

    Api {
        version: Option<At<String>>,
        deploy: Option<At<u32>>,
        legacy_errors: Option<At<bool>>,
    }

    Checksum {
        algorithms: Option<List<Algorithm>>,
        hashes_per_address: Option<At<NonZero<u32>>>,
        hashes_within: Option<At<NonZero<u32>>>,
        hashes_beyond: Option<At<NonZero<u32>>>,
        patience: Option<At<Duration>>,
    }

    Placement {
        expected_users: Option<At<Users>>,
        ramp: Option<At<Duration>>,
        cpu_per_user: Option<At<Percent>>,
        last_resort: Option<At<bool>>,
    }

    Voice {
        unique: Option<At<VoiceUnique>>,
    }

    Events {
        retention: Option<At<Age>>,
        anonymise_after: Option<At<Age>>,
    }

    Dashboard {
        access: Option<At<DashboardAccess>>,
        viewers: Option<At<NonZero<u32>>>,
    }

    Reports {
        directory: Option<At<PathBuf>>,
        formats: Option<List<ReportFormat>>,
        zone: Option<At<Zone>>,
    }

    Log {
        format: Option<At<LogFormat>>,
        level: Option<At<LogLevel>>,
    }
}
