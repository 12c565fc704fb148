//! [`Limits`]: what connections, requests and answers may cost.

use std::time::Duration;

/// Limits on what connections, requests and answers may cost. Together they bound the memory that strangers can take: for
/// each connection one head, beside it all bodies and all long answers.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once to all listeners of the API together. Further ones wait until one closes: one at
    /// each listener, the others in the system's queue.
    pub connections: usize,
    /// Connections at once from one address, or one network of IPv6 (/64). Further ones are closed at once. Trusted proxies
    /// may have more: theirs are those of many.
    pub connections_per_address: usize,
    /// Connections at once to the listener for administration.
    pub administration_connections: usize,
    /// How long a TLS handshake may take, and how long the head of a request from its first byte.
    pub head_time: Duration,
    /// The most bytes of a head: at least 64 KiB, because Moodle sends welcome texts in the URL.
    pub head_bytes: usize,
    /// How long the body of a request may take to come, or each `body_time` times `body_rate` bytes of a longer one.
    pub body_time: Duration,
    /// The bytes in a second that a body must bring that takes longer than `body_time`.
    pub body_rate: u64,
    /// The most bytes of a form.
    pub form_bytes: usize,
    /// The most bytes of XML: slides of 30 MB, encoded in base 64.
    pub xml_bytes: usize,
    /// The most bytes of a file that goes on to a server while it comes, and is never held.
    pub upload_bytes: usize,
    /// Such bodies under way at once. A further one gets 503.
    pub uploads: usize,
    /// Those of them from one address, or one network of IPv6 (/64), that is no trusted proxy. A further one gets 503.
    pub uploads_per_address: usize,
    /// Those of them of one integration. A further one gets 503.
    pub uploads_per_integration: usize,
    /// The most bytes that all bodies under way may have together. A request whose body does not fit gets 503.
    pub all_bodies: usize,
    /// The most bytes of them from one address, or one network of IPv6 (/64), that is no trusted proxy. A request whose body
    /// does not fit gets 503.
    pub bodies_per_address: usize,
    /// How long a client may take to read an answer, or each 256 KiB of a longer one.
    pub answer_time: Duration,
    /// The most bytes that all answers of more than 16 KiB may have together while clients read them. One that does not fit
    /// becomes 503.
    pub all_answers: usize,
    /// How long a connection may stay open with nothing under way.
    pub idle_time: Duration,
    /// Requests at once over one HTTP/2 connection. Its client is told not to send more.
    pub streams: u32,
    /// How long a stop waits for calls under way.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 16_384,
            connections_per_address: 1024,
            administration_connections: 256,
            head_time: Duration::from_secs(10),
            head_bytes: 128 << 10,
            body_time: Duration::from_secs(30),
            body_rate: 64 << 10,
            form_bytes: 1 << 20,
            xml_bytes: 42 << 20,
            upload_bytes: 200 << 20,
            uploads: 48,
            uploads_per_address: 12,
            uploads_per_integration: 16,
            all_bodies: 256 << 20,
            // two of the longest
            bodies_per_address: 84 << 20,
            answer_time: Duration::from_secs(30),
            all_answers: 128 << 20,
            idle_time: Duration::from_secs(60),
            streams: 100,
            stop_time: Duration::from_secs(20),
        }
    }
}
