//! Opening connections, behind a circuit breaker: when the database does not answer, callers are told at once instead
//! of each waiting for itself, and it is not overrun when it comes back.
//!
//! Five failures within a minute open the breaker for half a minute. Whoever finds the database back (the line for
//! notices tries all the time) closes it at once.

use crate::address::Address;
use crate::errors::store_error;
use maq_store::StoreError;
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnection;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tower::{Service, ServiceExt as _};
use tower_resilience_circuitbreaker::{
    CircuitBreaker, CircuitBreakerError, CircuitBreakerLayer, DefaultClassifier, SlidingWindowType,
};

/// Failures that open the breaker, and the time in which they are counted.
const FAILURES: usize = 5;
const WINDOW: Duration = Duration::from_secs(60);
/// How long it stays open.
const OPEN: Duration = Duration::from_secs(30);
/// How long opening a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens connections to one address.
pub(crate) struct Line {
    location: String,
    breaker: CircuitBreaker<Connect, DefaultClassifier>,
    /// Why it last failed, for those who are not let through.
    last: Arc<Mutex<String>>,
}

/// One attempt. Only what may pass by itself counts as a failure: a wrong password is an answer.
#[derive(Clone)]
struct Connect {
    address: Address,
}

impl Service<()> for Connect {
    type Response = Result<PgConnection, StoreError>;
    type Error = StoreError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, StoreError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), StoreError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        let address = self.address.clone();
        Box::pin(async move {
            let location = address.location();
            let options = address.connect_options();
            let opened = match tokio::time::timeout(PATIENCE, options.connect()).await {
                Ok(opened) => opened.map_err(|error| store_error(location, &error)),
                Err(_) => Err(StoreError::Unavailable(format!("{location}: no answer in {} s", PATIENCE.as_secs()))),
            };
            match opened {
                Err(error @ StoreError::Unavailable(_)) => Err(error),
                answered => Ok(answered),
            }
        })
    }
}

impl Line {
    pub(crate) fn new(address: &Address) -> Result<Line, StoreError> {
        let breaker = CircuitBreakerLayer::builder()
            .sliding_window_type(SlidingWindowType::TimeBased)
            .sliding_window_duration(WINDOW)
            .minimum_number_of_calls(FAILURES)
            .failure_rate_threshold(0.5)
            .wait_duration_in_open(OPEN)
            .permitted_calls_in_half_open(1)
            .name("postgres")
            .build();
        let breaker = breaker.map_err(|error| StoreError::Fault(error.to_string()))?;
        let breaker = breaker.layer_fn(Connect { address: address.clone() });
        Ok(Line { location: address.location().to_owned(), breaker, last: Arc::default() })
    }

    /// A new connection.
    pub(crate) async fn open(&self) -> Result<PgConnection, StoreError> {
        match self.breaker.clone().oneshot(()).await {
            Ok(answered) => answered,
            Err(CircuitBreakerError::Inner(error)) => {
                *self.last() = error.to_string();
                Err(error)
            }
            Err(CircuitBreakerError::OpenCircuit) => {
                let (location, last) = (&self.location, self.last().clone());
                Err(StoreError::Unavailable(format!("{location} is not tried for a while, after: {last}")))
            }
        }
    }

    /// Somebody reached the database.
    pub(crate) async fn close_breaker(&self) {
        if self.breaker.is_open() {
            self.breaker.force_closed().await;
        }
    }

    fn last(&self) -> std::sync::MutexGuard<'_, String> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
