//! Connections: as many at once as the host takes, each with a time limit for the headers of a request, so that slow
//! and silent clients hold nothing for long. What is beyond the number is told so and closed.

use crate::limits::Limits;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// How many clients are told at once that there is no place for them; others are closed without a word.
const TOLD_AT_ONCE: usize = 64;

/// How long telling them may take.
const TELLING: Duration = Duration::from_secs(1);

/// Pause after an accept that failed, for want of file descriptors mostly.
const PAUSE: Duration = Duration::from_millis(50);

/// Takes connections until `stopped`, then finishes those that are there.
pub(super) async fn accept(listener: TcpListener, router: Router, limits: Limits, mut stopped: watch::Receiver<bool>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_patience);
    let (places, telling) = (Arc::new(Semaphore::new(limits.connections)), Arc::new(Semaphore::new(TOLD_AT_ONCE)));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            // A sender that is gone means the same.
            () = async { drop(stopped.wait_for(|stop| *stop).await) } => break,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::debug!(%error, "a connection was not taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            if let Ok(told) = telling.clone().try_acquire_owned() {
                tokio::spawn(async move {
                    // Whoever does not listen in time is not told.
                    let _ = tokio::time::timeout(TELLING, turn_away(stream)).await;
                    drop(told);
                });
            }
            continue;
        };
        // An answer goes out at once, also when it is small.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Says that there is no place, as a problem document, and closes.
async fn turn_away(mut stream: TcpStream) -> std::io::Result<()> {
    let body = concat!(
        r#"{"type":"urn:maquette:http:too-many-connections","title":"too many connections are open","status":503,"#,
        r#""detail":"try again after the time in Retry-After","code":"http/too-many-connections","params":{},"#,
        r#""help":"try again after the time in Retry-After","retry":true}"#
    );
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\n\
         x-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    // What the client still sends is read, or closing would throw away the answer.
    let mut rest = [0_u8; 4096];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
