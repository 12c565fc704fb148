//! The sender against websites on loopback that misbehave.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use lb_core::callback::CallbackUrl;

use super::*;

const DEADLINE: Duration = Duration::from_secs(5);

/// A website that answers the first request with the first text, and so on; the last is repeated.
struct Website {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Website {
    async fn answering(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, heads) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
        let (seen, answers) = (Arc::clone(&heads), answers.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (seen, answers) = (Arc::clone(&seen), answers.clone());
                tokio::spawn(async move {
                    let mut head = vec![0; 4096];
                    let length = stream.read(&mut head).await.unwrap();
                    let number = {
                        let mut seen = seen.lock().unwrap();
                        seen.push(String::from_utf8_lossy(&head[..length]).into_owned());
                        seen.len() - 1
                    };
                    let answer = &answers[number.min(answers.len() - 1)];
                    let _ = stream.write_all(answer.as_bytes()).await;
                    // what has no end is left open
                    let _ = stream.read(&mut head).await;
                });
            }
        });
        Self { address, heads }
    }

    fn url(&self, path: &str) -> CallbackUrl {
        CallbackUrl::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    fn requests(&self) -> usize {
        self.heads.lock().unwrap().len()
    }
}

fn answer(status: &str, headers: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n{headers}\r\n")
}

fn get(url: &CallbackUrl) -> CallbackRequest {
    CallbackRequest { url: url.clone(), post: None }
}

fn post(url: &CallbackUrl) -> CallbackRequest {
    let post = Post { content_type: "application/json", authorization: Some("Bearer t0ken".into()), body: "{}".into() };
    CallbackRequest { url: url.clone(), post: Some(post) }
}

async fn send(url: &CallbackUrl) -> Result<u16, String> {
    send_all(&get(url)).await
}

async fn send_all(request: &CallbackRequest) -> Result<u16, String> {
    HttpSender::new(true).unwrap().send(request, DEADLINE).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_website_is_told_with_one_plain_get() {
    let website = Website::answering(&[&answer("204 No Content", "Set-Cookie: a=b\r\n")]).await;
    let url = CallbackUrl::parse(&format!("http://user:pass@{}/ended?key=1&x=%20#part", website.address)).unwrap();
    assert_eq!(send(&url).await, Ok(204));
    let head = website.heads.lock().unwrap()[0].to_ascii_lowercase();
    assert!(head.starts_with("get /ended?key=1&x=%20 http/1.1\r\n"), "{head}");
    assert!(
        head.contains(&format!("\r\nhost: {}\r\n", website.address)) && head.contains("\r\nuser-agent: lb/"),
        "{head}"
    );
    for absent in ["cookie", "authorization", "accept", "referer"] {
        assert!(!head.contains(absent), "{head}");
    }
}

#[tokio::test]
async fn any_status_is_an_answer_and_what_is_none_is_a_failure_that_does_not_name_the_url() {
    for (status, number) in [("500 No", 500), ("404 No", 404), ("401 No", 401), ("304 Not Modified", 304)] {
        let website = Website::answering(&[&answer(status, "")]).await;
        assert_eq!(send(&website.url("/s3cr3t")).await, Ok(number));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}/s3cr3t", listener.local_addr().unwrap());
    drop(listener);
    let problem = send(&CallbackUrl::parse(&nobody).unwrap()).await.unwrap_err();
    assert!(problem.starts_with("cannot connect") && !problem.contains("s3cr3t"), "{problem}");
    let website = Website::answering(&["no HTTP at all\r\n\r\n"]).await;
    let problem = send(&website.url("/s3cr3t")).await.unwrap_err();
    assert!(!problem.contains("s3cr3t"), "{problem}");
}

#[tokio::test]
async fn redirects_are_followed_and_not_for_ever() {
    let there = Website::answering(&[&answer("200 OK", "")]).await;
    let elsewhere = format!("Location: http://{}/there?x=1\r\n", there.address);
    let website =
        Website::answering(&[&answer("302 Found", "Location: next\r\n"), &answer("307 Go", &elsewhere)]).await;
    assert_eq!(send(&website.url("/a/first")).await, Ok(200));
    assert!(website.heads.lock().unwrap()[1].starts_with("GET /a/next "));
    assert!(there.heads.lock().unwrap()[0].starts_with("GET /there?x=1 "));
    let circle = Website::answering(&[&answer("301 Moved", "Location: /\r\n")]).await;
    assert_eq!(send(&circle.url("/")).await, Err("it redirects more than 5 times".to_owned()));
    assert_eq!(circle.requests(), 6);
    for nowhere in ["", "Location: ftp://lms.example/\r\n", "Location: file:///etc/passwd\r\n"] {
        let website = Website::answering(&[&answer("302 Found", nowhere)]).await;
        assert!(send(&website.url("/")).await.is_err(), "{nowhere}");
        assert_eq!(website.requests(), 1);
    }
}

#[tokio::test]
async fn a_private_address_is_not_called_by_number_by_name_or_by_redirect() {
    let website = Website::answering(&[&answer("200 OK", "")]).await;
    let port = website.address.port();
    let careful = HttpSender::new(false).unwrap();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://localhost:{port}/"),
    ] {
        let url = CallbackUrl::parse(&url).unwrap();
        let problem = careful.send(&get(&url), DEADLINE).await.unwrap_err().to_string();
        assert!(problem.contains("allow_private_addresses"), "{url:?}: {problem}");
    }
    assert_eq!(website.requests(), 0);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_not_followed() {
    let private = Website::answering(&[&answer("200 OK", "")]).await;
    let port = private.address.port();
    // for this test 127.0.0.1 is the public internet, and all else is private
    let destinations = Destinations { allowed: |address| address == std::net::Ipv4Addr::LOCALHOST };
    let careful = HttpSender::to(destinations, tls::client_config(false).unwrap());
    for there in [format!("//127.0.0.2:{port}/"), format!("http://[::1]:{port}/"), format!("http://10.0.0.1:{port}/")] {
        let website = Website::answering(&[&answer("307 Go", &format!("Location: {there}\r\n"))]).await;
        let problem = careful.send(&post(&website.url("/")), DEADLINE).await.unwrap_err().to_string();
        assert!(problem.contains("allow_private_addresses"), "{there}: {problem}");
        assert_eq!(website.requests(), 1);
    }
    assert_eq!(private.requests(), 0);
}

#[tokio::test]
async fn a_website_that_never_answers_takes_no_longer_than_the_deadline() {
    let sender = HttpSender::new(true).unwrap();
    let deadline = Duration::from_millis(300);
    for silent in
        ["", "HTTP/1.1 200 OK\r\nX-Never", "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 9\r\n\r\n"]
    {
        let website = Website::answering(&[silent, ""]).await;
        let started = Instant::now();
        let result = sender.send(&get(&website.url("/")), deadline).await;
        assert_eq!(result, Err(SendError("no answer within 0.3 s".to_owned())), "{silent}");
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n{}", "x".repeat(200_000));
    let website = Website::answering(&[&long]).await;
    let started = Instant::now();
    assert_eq!(send(&website.url("/")).await, Ok(200));
    assert!(started.elapsed() < DEADLINE);
}

#[tokio::test]
async fn a_website_that_has_said_200_knows_although_its_script_works_on() {
    let sender = HttpSender::new(true).unwrap();
    for begun in ["Transfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n", "Content-Length: 9\r\n\r\nOK"] {
        let website = Website::answering(&[&format!("HTTP/1.1 200 OK\r\n{begun}")]).await;
        let started = Instant::now();
        assert_eq!(sender.send(&get(&website.url("/")), Duration::from_secs(1)).await, Ok(200), "{begun}");
        assert!(started.elapsed() < 3 * READING, "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn a_post_stays_a_post_and_its_authorization_stays_with_its_host() {
    let there = Website::answering(&[&answer("200 OK", "")]).await;
    let elsewhere = format!("Location: http://localhost:{}/there\r\n", there.address.port());
    let website = Website::answering(&[&answer("308 Go", "Location: next\r\n"), &answer("307 Go", &elsewhere)]).await;
    assert_eq!(send_all(&post(&website.url("/a/first"))).await, Ok(200));
    let seen = |website: &Website, number: usize| website.heads.lock().unwrap()[number].to_ascii_lowercase();
    for (number, path) in ["/a/first", "/a/next"].into_iter().enumerate() {
        let head = seen(&website, number);
        assert!(head.starts_with(&format!("post {path} ")) && head.ends_with("\r\n\r\n{}"), "{head}");
        assert!(
            head.contains("content-type: application/json\r\n") && head.contains("content-length: 2\r\n"),
            "{head}"
        );
        assert!(head.contains("authorization: bearer t0ken\r\n"), "{head}");
    }
    let head = seen(&there, 0);
    assert!(head.starts_with("post /there ") && head.ends_with("\r\n\r\n{}") && !head.contains("t0ken"), "{head}");
    let circle = Website::answering(&[&answer("308 Moved", "Location: /\r\n")]).await;
    assert_eq!(send_all(&post(&circle.url("/"))).await, Err("it redirects more than 5 times".to_owned()));
    assert_eq!(circle.requests(), 6);
}

#[tokio::test]
async fn a_post_does_not_become_a_get() {
    for status in ["301 Moved", "302 Found", "303 See Other"] {
        let website = Website::answering(&[&answer(status, "Location: /login\r\n"), &answer("200 OK", "")]).await;
        let problem = send_all(&post(&website.url("/"))).await.unwrap_err();
        assert!(problem.contains(&status[..3]), "{problem}");
        assert_eq!(website.requests(), 1);
    }
}

#[test]
fn what_is_secret_goes_to_the_same_host_alone_and_never_into_the_clear() {
    let safe = |first: &str, url: &str| is_as_safe(&first.parse().unwrap(), &url.parse().unwrap());
    assert!(safe("https://a.example/x", "https://a.example/y"));
    assert!(safe("http://a.example/", "https://a.example/"));
    assert!(safe("http://a.example:8080/", "http://a.example:8080/y"));
    for (first, url) in [
        ("https://a.example/", "http://a.example/"),
        ("https://a.example/", "https://b.example/"),
        ("http://a.example/", "http://a.example:8080/"),
        ("https://a.example/", "https://a.example:8443/"),
    ] {
        assert!(!safe(first, url), "{first} {url}");
    }
}
