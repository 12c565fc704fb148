//! Clients that take their time: each kind holds a connection as long as it is let.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// How a client is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slow {
    /// The head of its request comes byte by byte, and never whole.
    Head,
    /// The same, after a whole request on the same connection.
    SecondHead,
    /// The body of its request comes byte by byte.
    Body,
    /// It does not read the answer.
    Answer,
    /// The same over HTTP/2, where the connection itself is read.
    Http2Answer,
    /// It keeps its connection and asks nothing more.
    Idle,
    /// The same over HTTP/2.
    Http2Idle,
}

/// A connection from that address of loopback, with little room for what comes.
async fn connect(from: [u8; 4], to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    socket.bind(SocketAddr::from((from, 0)))?;
    socket.connect(to).await
}

/// Opens a connection and is slow over it until the other side closes it. `target` is the path and query of a long answer.
pub async fn hold(how: Slow, from: [u8; 4], to: SocketAddr, target: &str) -> std::io::Result<()> {
    let mut stream = connect(from, to).await?;
    match how {
        Slow::Head => trickle(stream, "GET /bigbluebutton/api/getMeetings?x=").await,
        Slow::SecondHead => {
            ask(&mut stream).await?;
            trickle(stream, "GET /bigbluebutton/api/getMeetings?x=").await
        }
        Slow::Body => {
            let head = "POST /bigbluebutton/api/create?meetingID=a&checksum=b HTTP/1.1\r\nHost: lb\r\n\
                Content-Type: text/xml\r\nContent-Length: 40000000\r\n\r\n";
            trickle(stream, head).await
        }
        Slow::Answer => {
            stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: lb\r\n\r\n").as_bytes()).await?;
            // some of it is read, so that it is known to have begun
            stream.read_exact(&mut [0; 64]).await?;
            closed(stream).await
        }
        Slow::Idle => {
            ask(&mut stream).await?;
            stream.read(&mut [0; 1]).await.map(|_| ())
        }
        Slow::Http2Answer => http2(stream, to, target, false).await,
        Slow::Http2Idle => http2(stream, to, "/ping", true).await,
    }
}

/// Sends `begin`, then a byte each second, until the other side closes.
async fn trickle(stream: TcpStream, begin: &str) -> std::io::Result<()> {
    let (mut from, mut to) = stream.into_split();
    to.write_all(begin.as_bytes()).await?;
    let writing = async {
        while to.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = writing => Ok(()),
        read = from.read_to_end(&mut answer) => read.map(|_| ()),
    }
}

/// A whole request on a connection that stays open.
async fn ask(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"GET /ping HTTP/1.1\r\nHost: lb\r\n\r\n").await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"pong") {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// Waits, without reading, until the other side has closed. What waits to be read stands before a regular end, so only a reset
/// is seen: that of a side that gives up with bytes unsent.
async fn closed(stream: TcpStream) -> std::io::Result<()> {
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if stream.take_error()?.is_some() || stream.ready(tokio::io::Interest::READABLE).await?.is_read_closed() {
            return Ok(());
        }
    }
}

async fn http2(stream: TcpStream, to: SocketAddr, target: &str, read: bool) -> std::io::Result<()> {
    let mut builder = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(1024);
    let shaken = builder.handshake(TokioIo::new(stream)).await;
    let (mut client, connection) = shaken.map_err(std::io::Error::other)?;
    let connection = tokio::spawn(connection);
    let request = Request::get(format!("http://{to}{target}")).body(Empty::<Bytes>::new());
    let request = request.map_err(std::io::Error::other)?;
    let answer = client.send_request(request).await.map_err(std::io::Error::other)?;
    let answer = if read {
        let _ = answer.into_body().collect().await;
        None
    } else {
        Some(answer)
    };
    let _ = connection.await;
    drop((answer, client));
    Ok(())
}
