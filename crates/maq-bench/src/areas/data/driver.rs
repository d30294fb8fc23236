//! The client: connections that stay open, one request at a time each, as little work as HTTP/1.1 allows.

use crate::areas::Failure;
use std::net::SocketAddr;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;

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
        streams.into_iter().zip(shares).map(|(stream, share)| tokio::spawn(ask(stream, share))).collect();
    for task in tasks {
        task.await??;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

async fn ask(mut stream: TcpStream, requests: Vec<Vec<u8>>) -> Result<(), Failure> {
    let mut buffer = Vec::with_capacity(64 * 1024);
    for request in requests {
        stream.write_all(&request).await?;
        buffer.clear();
        loop {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(length) = whole_length(&buffer)?
                && buffer.len() >= length
            {
                break;
            }
        }
    }
    Ok(())
}

/// Bytes of the answer, once its head is there.
fn whole_length(buffer: &[u8]) -> Result<Option<usize>, Failure> {
    let Some(head) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(buffer.get(..head).unwrap_or_default())?;
    if !text.starts_with("HTTP/1.1 2") {
        return Err(format!("not a success: {}", String::from_utf8_lossy(buffer)).into());
    }
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    length.map(|length| Some(head + 4 + length)).ok_or_else(|| "an answer without content-length".into())
}
