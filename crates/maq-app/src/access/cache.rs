//! What the way in needs to know, kept so that a request costs no read.
//!
//! Entries are forgotten when this process changes them, when another process says that it did (topic `access`), and
//! in any case after half a minute: a notice may be lost with its connection.

use super::{MemberRow, TenantRow, TokenRow};
use maq_value::Instant;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long an entry is believed, in microseconds.
const BELIEVED: i64 = 30_000_000;

/// Most tokens kept; unknown ones are never kept.
const MOST_TOKENS: usize = 10_000;

pub(super) type Tenants = Arc<BTreeMap<String, TenantRow>>;
pub(super) type Members = Arc<Vec<MemberRow>>;

/// Something that was read, and when.
struct Kept<T> {
    at: Instant,
    value: T,
}

impl<T: Clone> Kept<T> {
    /// A clock that was set back makes an entry old too.
    fn fresh(&self, now: Instant) -> Option<T> {
        let age = now.0.saturating_sub(self.at.0);
        (0..BELIEVED).contains(&age).then(|| self.value.clone())
    }
}

/// Tokens that were used, the tenants, the members; and when each token was used last.
#[derive(Default)]
pub(crate) struct AccessCache {
    /// Grows with every forgetting: what was read before is not kept after.
    generation: AtomicU64,
    tokens: Mutex<HashMap<String, Kept<Arc<TokenRow>>>>,
    tenants: Mutex<Option<Kept<Tenants>>>,
    members: Mutex<Option<Kept<Members>>>,
    uses: Mutex<HashMap<String, Instant>>,
}

/// The moment before a read, to be handed back with what was read.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    generation: u64,
    at: Instant,
}

impl AccessCache {
    /// Forgets what was read. What a read that is under way brings is not kept either.
    pub(crate) fn forget(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        lock(&self.tokens).clear();
        *lock(&self.tenants) = None;
        *lock(&self.members) = None;
    }

    pub(super) fn reading(&self, at: Instant) -> Reading {
        Reading { generation: self.generation.load(Ordering::SeqCst), at }
    }

    fn is_current(&self, reading: Reading) -> bool {
        self.generation.load(Ordering::SeqCst) == reading.generation
    }

    pub(super) fn token(&self, hash: &str, now: Instant) -> Option<Arc<TokenRow>> {
        lock(&self.tokens).get(hash).and_then(|kept| kept.fresh(now))
    }

    pub(super) fn keep_token(&self, reading: Reading, hash: String, value: Arc<TokenRow>) {
        let mut tokens = lock(&self.tokens);
        if !self.is_current(reading) {
            return;
        }
        if tokens.len() >= MOST_TOKENS {
            tokens.clear();
        }
        tokens.insert(hash, Kept { at: reading.at, value });
    }

    pub(super) fn tenants(&self, now: Instant) -> Option<Tenants> {
        lock(&self.tenants).as_ref().and_then(|kept| kept.fresh(now))
    }

    pub(super) fn keep_tenants(&self, reading: Reading, value: Tenants) {
        let mut tenants = lock(&self.tenants);
        if self.is_current(reading) {
            *tenants = Some(Kept { at: reading.at, value });
        }
    }

    pub(super) fn members(&self, now: Instant) -> Option<Members> {
        lock(&self.members).as_ref().and_then(|kept| kept.fresh(now))
    }

    pub(super) fn keep_members(&self, reading: Reading, value: Members) {
        let mut members = lock(&self.members);
        if self.is_current(reading) {
            *members = Some(Kept { at: reading.at, value });
        }
    }

    /// Notes that a token was used; it is written later, see [`super::Access::write_uses`].
    pub(super) fn used(&self, id: &str, now: Instant) {
        let mut uses = lock(&self.uses);
        match uses.get_mut(id) {
            Some(at) => *at = now,
            None => drop(uses.insert(id.to_owned(), now)),
        }
    }

    pub(super) fn take_uses(&self) -> HashMap<String, Instant> {
        std::mem::take(&mut lock(&self.uses))
    }

    /// Puts back what could not be written, unless something newer came.
    pub(super) fn put_back_uses(&self, taken: HashMap<String, Instant>) {
        let mut uses = lock(&self.uses);
        for (id, at) in taken {
            uses.entry(id).or_insert(at);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenants() -> Tenants {
        Arc::new(BTreeMap::new())
    }

    #[test]
    fn an_entry_ages_out_after_half_a_minute_and_when_the_clock_goes_back() {
        let cache = AccessCache::default();
        let start = Instant(1_000_000_000);
        cache.keep_tenants(cache.reading(start), tenants());
        assert!(cache.tenants(start).is_some());
        assert!(cache.tenants(Instant(start.0 + BELIEVED - 1)).is_some());
        assert!(cache.tenants(Instant(start.0 + BELIEVED)).is_none());
        assert!(cache.tenants(Instant(start.0 - 1)).is_none());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let cache = AccessCache::default();
        let reading = cache.reading(Instant(5));
        cache.forget();
        cache.keep_tenants(reading, tenants());
        assert!(cache.tenants(Instant(5)).is_none());
        cache.keep_tenants(cache.reading(Instant(5)), tenants());
        assert!(cache.tenants(Instant(5)).is_some());
    }
}
