//! The client: connections that stay open, one request at a time each, as little work as HTTP/1.1 allows.

use crate::areas::Failure;
use serde_json::{Map, Value as Json};
use std::net::SocketAddr;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;

/// How a server is asked.
pub struct Asked {
    /// The path of a record.
    pub one: fn(&str) -> String,
    /// The path of a page of twenty.
    pub list: String,
    /// Where records are posted.
    pub create: &'static str,
    /// A record's body.
    pub body: fn(&Map<String, Json>) -> Map<String, Json>,
}

/// Requests answered a second. Every answer must be a success.
pub async fn per_second(address: SocketAddr, requests: Vec<Vec<u8>>) -> Result<f64, Failure> {
    let count = requests.len();
    let mut shares: Vec<Vec<Vec<u8>>> = vec![Vec::new(); CONNECTIONS];
    for (number, request) in requests.into_iter().enumerate() {
        if let Some(share) = shares.get_mut(number % CONNECTIONS) {
            share.push(request);
        }
    }
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let start = Instant::now();
    let tasks: Vec<_> =
        streams.into_iter().zip(shares).map(|(stream, share)| tokio::spawn(ask_all(stream, share))).collect();
    for task in tasks {
        task.await??;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

/// The body of one answer, on a connection of its own.
pub async fn one(address: SocketAddr, request: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut stream = TcpStream::connect(address).await?;
    let mut buffer = Vec::new();
    let length = ask(&mut stream, request, &mut buffer).await?;
    Ok(length.body(&buffer))
}

async fn ask_all(mut stream: TcpStream, requests: Vec<Vec<u8>>) -> Result<(), Failure> {
    let mut buffer = Vec::with_capacity(64 * 1024);
    for request in requests {
        ask(&mut stream, &request, &mut buffer).await?;
    }
    Ok(())
}

async fn ask(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> Result<Length, Failure> {
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        if let Some(length) = length(buffer)?
            && length.is_whole(buffer)
        {
            return Ok(length);
        }
    }
}

/// How long an answer is.
enum Length {
    /// Head and body in bytes.
    Known { head: usize, whole: usize },
    /// The body comes in chunks, until an empty one.
    Chunked { head: usize },
}

impl Length {
    fn is_whole(&self, buffer: &[u8]) -> bool {
        match self {
            Length::Known { whole, .. } => buffer.len() >= *whole,
            Length::Chunked { head } => buffer.len() > *head && buffer.ends_with(b"\r\n0\r\n\r\n"),
        }
    }

    fn body(&self, buffer: &[u8]) -> Vec<u8> {
        match self {
            Length::Known { head, whole } => buffer.get(*head..*whole).unwrap_or_default().to_vec(),
            Length::Chunked { head } => joined(buffer.get(*head..).unwrap_or_default()),
        }
    }
}

/// Chunks without the sizes before them.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|bytes| bytes == b"\r\n") {
        let size = chunks.get(..end).and_then(|size| std::str::from_utf8(size).ok());
        let Some(size) = size.and_then(|size| usize::from_str_radix(size, 16).ok()).filter(|size| *size > 0) else {
            break;
        };
        let start = end + 2;
        body.extend_from_slice(chunks.get(start..start + size).unwrap_or_default());
        chunks = chunks.get(start + size + 2..).unwrap_or_default();
    }
    body
}

/// How long the answer is, once its head is there. An answer without a length has no body only if it says 204.
fn length(buffer: &[u8]) -> Result<Option<Length>, Failure> {
    let Some(head) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(buffer.get(..head).unwrap_or_default())?;
    if !text.starts_with("HTTP/1.1 2") {
        return Err(format!("not a success: {}", String::from_utf8_lossy(buffer)).into());
    }
    let head = head + 4;
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find_map(|(name, value)| {
        if name.eq_ignore_ascii_case("content-length") {
            value.trim().parse::<usize>().ok().map(|length| Length::Known { head, whole: head + length })
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            Some(Length::Chunked { head })
        } else {
            None
        }
    });
    if found.is_none() && text.starts_with("HTTP/1.1 204") {
        return Ok(Some(Length::Known { head, whole: head }));
    }
    found.map(Some).ok_or_else(|| "an answer without a length".into())
}
