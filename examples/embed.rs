//! A balancer inside a program of one's own: its own HTTP client, its own server list, no bundled server.
//!
//! `cargo run --example embed` starts two simulated BBB servers to have somebody to call.

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use lb::core::api::ApiRequest;
use lb::core::balancer::Balancer;
use lb::core::checksum::{Algorithm, sign};
use lb::core::gateway::{CallBody, Gateway, GatewayError, ServerCall, ServerReply};
use lb::core::source::StaticServers;
use lb::core::{Integration, Integrations, Server};
use lb::http::{clock::SystemClock, rng::SystemRng, sim::SimulatedServer};

/// The program's own HTTP client, as the balancer sees it.
#[derive(Debug)]
struct MyClient(Client<HttpConnector, Full<Bytes>>);

#[async_trait]
impl Gateway for MyClient {
    async fn call(&self, _server: &Server, call: ServerCall) -> Result<ServerReply, GatewayError> {
        let unknown = |error: &dyn Error| GatewayError::Unknown(error.to_string());
        let request = Request::builder().uri(call.url.as_str());
        let request = match call.body.map(CallBody::collect) {
            Some(body) => {
                let (content_type, body) = body.await?;
                request.method("POST").header("Content-Type", content_type).body(Full::new(body))
            }
            None => request.body(Full::default()),
        };
        let request = request.map_err(|error| GatewayError::NotSent(error.to_string()))?;
        let answer =
            tokio::time::timeout(call.deadline, self.0.request(request)).await.map_err(|late| unknown(&late))?;
        let answer = answer.map_err(|error| unknown(&error))?;
        let status = answer.status().as_u16();
        let content_type = answer.headers().get("Content-Type").and_then(|text| text.to_str().ok()).map(str::to_owned);
        let body = answer.into_body().collect().await.map_err(|error| unknown(&error))?.to_bytes();
        Ok(ServerReply { status, content_type, body })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let simulated =
        [SimulatedServer::start(Default::default()).await?, SimulatedServer::start(Default::default()).await?];
    let [one, two] = simulated.each_ref().map(|server| (server.url(), server.secret().clone()));
    let servers = StaticServers::new([Server::new("bbb1", one.0, one.1)?, Server::new("bbb2", two.0, two.1)?]);
    let gateway = Arc::new(MyClient(Client::builder(TokioExecutor::new()).build_http()));
    let balancer = Balancer::builder(gateway, Arc::new(SystemClock::new()), Arc::new(SystemRng))
        .integrations(Integrations::new([Integration::new("moodle", "its-secret")])?)
        .build();
    balancer.refresh(&servers).await; // then again every few seconds, and balancer.follow(server) for each server
    for query in ["name=Algebra&meetingID=room-1", "name=Physics&meetingID=room-2"] {
        let checksum = sign(Algorithm::Sha256, "create", query, &"its-secret".into());
        let request = ApiRequest::get(&format!("/bigbluebutton/api/create?{query}&checksum={checksum}"));
        println!("{}\n", String::from_utf8_lossy(&balancer.handle(&request).await.body.to_bytes()));
    }
    Ok(())
}
