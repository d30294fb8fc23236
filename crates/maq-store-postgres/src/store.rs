//! The store: opening and making, and the [`Store`] port over two pools: one for records, and one for schema and
//! administration. A workspace has one login for both; a server's records are read and written by a role that owns
//! nothing.

use crate::address::Address;
use crate::changes;
use crate::create;
use crate::errors::{Failure, closed, code, store_error};
use crate::pool::{Connection, Lease};
use crate::roles;
use crate::run::{Answer, execute};
use crate::sealer::{self, Sealer};
use crate::side::{Side, begin};
use crate::unit::{Unit, scope_of, set_scope};
use async_trait::async_trait;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use maq_audit::AuditEvent;
use maq_query::audit::sealing;
use maq_query::{Dialect, SqlValue, Statement};
use maq_store::{
    Change, ChangeListener, Operation, Receipt, Refused, Rows, STORE_FORMAT, Store, StoreError, StoreInfo, StoreKind,
    UnitOfWork,
};
use maq_value::{Instant, Scope};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::task::JoinHandle;

/// A workspace or server in a Postgres database.
pub struct PostgresStore {
    core: Arc<Core>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// What the store and its background tasks share.
pub(crate) struct Core {
    pub(crate) info: StoreInfo,
    records: Side,
    /// The login that owns the schemas; none where this process may only work with records.
    admin: Option<Side>,
    pub(crate) sealer: Sealer,
    /// Tells this process's own notices from others'.
    pub(crate) origin: String,
    listeners: RwLock<Vec<Arc<dyn ChangeListener>>>,
    pub(crate) closed: AtomicBool,
}

impl PostgresStore {
    /// Makes a store and opens it: schema `ws_<name>`, or schemas `meta` and `data` with the rights that the role of
    /// `records` needs. `admin` is the login that shall own them; without it `records` does.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::Unsafe`] when the role for records could get around row-level security,
    /// and what the database says.
    pub async fn create(
        records: &Address,
        admin: Option<&Address>,
        kind: StoreKind,
        name: &str,
        id: &str,
        now: Instant,
    ) -> Result<Arc<PostgresStore>, StoreError> {
        fits(records, kind)?;
        let owner = Side::new(admin.unwrap_or(records).of_the_same(records))?;
        let made = create::make(&owner, records, kind, &create::Birth { name, id, now }).await;
        if let Err(error) = made {
            owner.pool.close().await;
            return Err(error);
        }
        let opened = PostgresStore::open(records, admin, kind).await;
        if opened.is_err() {
            // What was made for a login that may not have it goes with the refusal.
            let schemas: Vec<String> = owner.pool.address.schemas().iter().map(|name| maq_query::quote(name)).collect();
            let drop = format!("DROP SCHEMA {} CASCADE", schemas.join(", "));
            owner.within("READ WRITE", async |_, connection| execute(connection, &drop).await).await?;
        }
        owner.pool.close().await;
        opened
    }

    /// Takes away the schema of a workspace with everything in it.
    ///
    /// # Errors
    /// What the database says; an address that names no workspace is refused.
    pub async fn discard_workspace(address: &Address) -> Result<(), StoreError> {
        fits(address, StoreKind::Workspace)?;
        let owner = Side::new(address.clone())?;
        let drop = format!("DROP SCHEMA {} CASCADE", maq_query::quote(&address.meta_schema()));
        let done = owner.within("READ WRITE", async |_, connection| execute(connection, &drop).await).await;
        owner.pool.close().await;
        done
    }

    /// Opens the store at `records`, which must have been made for `kind`. Migrations that are due are run by `admin`.
    ///
    /// # Errors
    /// Every way a database can be something else: see [`StoreError`]. Nothing is changed then.
    pub async fn open(
        records: &Address,
        admin: Option<&Address>,
        kind: StoreKind,
    ) -> Result<Arc<PostgresStore>, StoreError> {
        fits(records, kind)?;
        let side = Side::new(records.clone())?;
        let admin = admin.map(|admin| Side::new(admin.of_the_same(records))).transpose()?;
        for login in std::iter::once(&side).chain(&admin) {
            login.refuse_hidden_pooler().await?;
        }
        let owner = admin.as_ref().unwrap_or(&side);
        let (id, found) = create::identity(owner).await?;
        if admin.is_some() && create::identity(&side).await?.0 != id {
            let reason = "the login that owns it and the one for records are of different stores".into();
            return Err(StoreError::NotAStore { location: records.location().into(), reason });
        }
        if found != kind {
            return Err(StoreError::WrongKind { location: records.location().into(), found });
        }
        create::migrate(owner, admin.is_some() || kind == StoreKind::Workspace).await?;
        if kind == StoreKind::Server {
            roles::refuse_bypass(&side).await?;
        }
        let info = StoreInfo { kind, format: STORE_FORMAT, id, location: records.location().into() };
        let core = Arc::new(Core {
            info,
            records: side,
            admin,
            sealer: Sealer::default(),
            origin: maq_value::Uuid::now_v7().simple().to_string(),
            listeners: RwLock::default(),
            closed: AtomicBool::new(false),
        });
        let tasks = vec![tokio::spawn(sealer::run(core.clone())), tokio::spawn(changes::hear(core.clone()))];
        Ok(Arc::new(PostgresStore { core, tasks: Mutex::new(tasks) }))
    }
}

/// A workspace's address names it, a server's does not.
fn fits(address: &Address, kind: StoreKind) -> Result<(), StoreError> {
    let location = address.location().to_owned();
    match (kind, address.workspace()) {
        (StoreKind::Server, Some(_)) => Err(StoreError::WrongKind { location, found: StoreKind::Workspace }),
        (StoreKind::Workspace, None) => {
            let reason = "the address does not say which workspace: add `?workspace=<name>` to it".into();
            Err(StoreError::NotAStore { location, reason })
        }
        _ => Ok(()),
    }
}

impl Core {
    /// The login for schema and administration.
    pub(crate) fn owner(&self) -> &Side {
        self.admin.as_ref().unwrap_or(&self.records)
    }

    /// Whether this process may link audit events: a server without an administrating login may not.
    pub(crate) fn may_administer(&self) -> bool {
        self.admin.is_some() || self.info.kind == StoreKind::Workspace
    }

    /// What the login for records may not do, the one that owns the store may.
    fn explained(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Permission(location) if !self.may_administer() => StoreError::NeedsAdmin(location),
            other => other,
        }
    }

    fn side_of(&self, on_records: bool) -> &Side {
        if on_records { &self.records } else { self.owner() }
    }

    /// One reading statement. What was read is the same when it is read again, so a line that broke is tried once more.
    pub(crate) async fn read(&self, statement: &Statement) -> Result<Answer, StoreError> {
        let side = self.side_of(statement.on_records);
        let mut again = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(20))
            .with_max_times(2)
            .with_jitter()
            .build();
        loop {
            let (error, lost) = match self.try_read(side, statement).await {
                Ok(answer) => return Ok(answer),
                Err(ReadFailure::Sql(error)) if is_stale(&error) => {
                    self.forget_statements();
                    (store_error(side.location(), &error), true)
                }
                Err(ReadFailure::Sql(error)) => {
                    let error = store_error(side.location(), &error);
                    let lost = matches!(error, StoreError::Unavailable(_));
                    if lost {
                        side.pool.drop_idle();
                    }
                    (error, lost)
                }
                Err(ReadFailure::Store(error)) => (error, false),
            };
            match again.next() {
                Some(delay) if lost && !self.closed.load(Ordering::Acquire) => tokio::time::sleep(delay).await,
                _ => return Err(error),
            }
        }
    }

    async fn try_read(&self, side: &Side, statement: &Statement) -> Result<Answer, ReadFailure> {
        let scope = scope_of(statement);
        let mut lease = self.lease(side, scope.as_ref(), false).await?;
        let connection = lease.get()?;
        let answer = if side.pool.address.pgbouncer {
            execute(connection, &begin(side, "READ ONLY", scope.as_ref())).await?;
            let answer = side.runner.run(connection, statement).await;
            match answer {
                Ok(answer) => {
                    execute(connection, "COMMIT").await?;
                    answer
                }
                Err(error) => {
                    execute(connection, "ROLLBACK").await?;
                    lease.done();
                    return Err(error.into());
                }
            }
        } else {
            ready(connection, scope, false).await?;
            match side.runner.run(connection, statement).await {
                Ok(answer) => answer,
                Err(error) => {
                    // An answer of the database leaves the line whole; anything else does not.
                    if error.as_database_error().is_some() {
                        lease.done();
                    }
                    return Err(error.into());
                }
            }
        };
        lease.done();
        Ok(answer)
    }

    async fn lease(&self, side: &Side, scope: Option<&Scope>, writes: bool) -> Result<Lease, StoreError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(closed());
        }
        side.pool.take(scope, writes).await
    }

    /// Commits a unit of work; one that collided with another is run again.
    async fn commit(&self, mut work: UnitOfWork) -> Result<Receipt, StoreError> {
        let on_records = work.guards.iter().any(|guard| guard.statement.on_records)
            || work.operations.iter().any(|operation| operation.statement.on_records)
            || work.bulk.iter().any(|bulk| bulk.statement.on_records);
        if !work.schema.is_empty() && !self.may_administer() {
            return Err(StoreError::NeedsAdmin(self.info.location.clone()));
        }
        let side = self.side_of(on_records && work.schema.is_empty());
        let repeatable = work.bulk.is_empty();
        let draws_id = work.operations.iter().any(|operation| operation.statement.draws_id);
        let mut again = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(2))
            .with_max_delay(Duration::from_millis(200))
            .with_max_times(40)
            .with_jitter()
            .build();
        loop {
            let tried = match single(&work).filter(|_| !side.pool.address.pgbouncer) {
                Some((operation, event)) => self.try_single(side, operation, event).await,
                None => self.try_commit(side, &mut work).await,
            };
            let failure = match tried {
                Ok(receipt) => {
                    self.committed(&work);
                    return Ok(receipt);
                }
                Err(failure) => failure,
            };
            let worth = match &failure {
                Failure::Collided(_) => true,
                Failure::Refused(Refused::Unique(_)) => draws_id,
                _ => false,
            };
            match again.next() {
                Some(delay) if worth && repeatable => tokio::time::sleep(delay).await,
                _ => return Err(failure.into_error()),
            }
        }
    }

    /// A write and its event as one statement: one round trip in place of four.
    async fn try_single(&self, side: &Side, operation: &Operation, event: &AuditEvent) -> Result<Receipt, Failure> {
        let failed = |error: sqlx::Error| Failure::of(side.location(), &error);
        let scope = scope_of(&operation.statement);
        let mut lease = self.lease(side, scope.as_ref(), true).await.map_err(Failure::Broken)?;
        let connection = lease.get().map_err(Failure::Broken)?;
        ready(connection, scope, true).await.map_err(failed).map_err(began)?;
        let statement = sealing::with_event(&operation.statement, event);
        match side.runner.run(connection, &statement).await {
            Ok((rows, _)) => {
                lease.done();
                match &operation.expect_rows {
                    Some((expected, otherwise)) if *expected != rows.len() as u64 => Err(otherwise.clone().into()),
                    _ => Ok(Receipt { returned: vec![Rows(rows)], ..Receipt::default() }),
                }
            }
            Err(error) => {
                if error.as_database_error().is_some() {
                    lease.done();
                }
                Err(failed(error))
            }
        }
    }

    async fn try_commit(&self, side: &Side, work: &mut UnitOfWork) -> Result<Receipt, Failure> {
        let location = side.location();
        let failed = |error: sqlx::Error| Failure::of(location, &error);
        let scope = work.operations.iter().find_map(|operation| scope_of(&operation.statement));
        let mut lease = self.lease(side, scope.as_ref(), false).await.map_err(Failure::Broken)?;
        let connection = lease.get().map_err(Failure::Broken)?;
        // A guard is about what is there at the commit, not at the moment it was asked.
        let mode = if work.guards.is_empty() { "READ WRITE" } else { "ISOLATION LEVEL SERIALIZABLE READ WRITE" };
        let mut mode = mode.to_owned();
        if !work.schema.is_empty() {
            // Changes of tables come one after the other; two at once would trip over each other in Postgres's own
            // catalogue. Before anything else, so that the guards see what the one before did.
            let meta = side.pool.address.meta_schema();
            mode.push_str(&format!(
                "; SET LOCAL statement_timeout = 0; LOCK TABLE {meta}.meta_store IN EXCLUSIVE MODE"
            ));
        }
        let mut open = begin(side, &mode, scope.as_ref());
        if !work.schema.is_empty() || !work.bulk.is_empty() {
            open.push_str("; SET LOCAL statement_timeout = 0");
        }
        if let Err(error) = execute(connection, &open).await {
            side.pool.drop_idle();
            return Err(began(failed(error)));
        }
        let mut unit = Unit { runner: &side.runner, connection, location, scope };
        let done = match unit.perform(work).await {
            Ok(receipt) => execute(connection, &self.ending(work)).await.map(|()| receipt).map_err(failed),
            Err(failure) => {
                if execute(connection, "ROLLBACK").await.is_ok() {
                    lease.done();
                }
                return Err(failure);
            }
        };
        match done {
            // The database answered: the transaction is over, one way or the other.
            Ok(_) | Err(Failure::Refused(_) | Failure::Collided(_)) => lease.done(),
            Err(Failure::Broken(_)) => {}
        }
        done
    }

    /// The end of a transaction, with what other processes must hear.
    fn ending(&self, work: &UnitOfWork) -> String {
        if work.topics.is_empty() {
            return "COMMIT".to_owned();
        }
        let count = if self.may_administer() && !work.topics.is_empty() {
            let topics: Vec<String> =
                work.topics.iter().map(|topic| format!("({}, 1)", crate::run::literal(topic))).collect();
            format!(
                "INSERT INTO meta_revisions AS r (topic, revision) VALUES {} ON CONFLICT (topic) DO UPDATE SET revision \
                 = r.revision + 1; ",
                topics.join(", ")
            )
        } else {
            String::new()
        };
        let payload = crate::run::literal(&format!("{} {}", self.origin, work.topics.join(" ")));
        format!("{count}SELECT pg_notify({}, {payload}); COMMIT", crate::run::literal(&self.channel()))
    }

    /// Where notices of this store go.
    pub(crate) fn channel(&self) -> String {
        format!("maquette_{}", self.records.pool.address.meta_schema())
    }

    fn committed(&self, work: &UnitOfWork) {
        if !work.schema.is_empty() {
            self.forget_statements();
        }
        if !work.audit.is_empty() {
            self.sealer.wake();
        }
    }

    /// Tables were changed, here or by another process.
    pub(crate) fn forget_statements(&self) {
        for side in std::iter::once(&self.records).chain(&self.admin) {
            side.runner.places.forget();
            side.pool.forget_statements();
        }
    }

    /// The database answers: nobody needs to wait for a breaker.
    pub(crate) async fn reached(&self) {
        for side in std::iter::once(&self.records).chain(&self.admin) {
            side.pool.line.close_breaker().await;
        }
    }

    /// Tells whoever listens.
    pub(crate) fn tell(&self, change: &Change) {
        self.forget_statements();
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone();
        listeners.iter().for_each(|listener| listener.changed(change));
    }
}

/// The write and the event of a unit that is nothing more. The write touches one row at most (it expects one), so that
/// nothing has to be taken back when it touched none.
fn single(work: &UnitOfWork) -> Option<(&Operation, &AuditEvent)> {
    let nothing_else = work.guards.is_empty()
        && work.schema.is_empty()
        && work.bulk.is_empty()
        && work.outbox.is_empty()
        && work.follow.is_none()
        && work.topics.is_empty();
    match (work.operations.as_slice(), work.audit.as_slice()) {
        ([operation], [event]) if nothing_else && operation.statement.answers_one_row => Some((operation, event)),
        _ => None,
    }
}

/// Sets a session to the tenant and realm of a statement, and to what it may do, where it is not.
async fn ready(connection: &mut Connection, scope: Option<Scope>, writes: bool) -> sqlx::Result<()> {
    if connection.writes != writes {
        let mode = if writes { "off" } else { "on" };
        execute(connection, &format!("SET default_transaction_read_only = {mode}")).await?;
        connection.writes = writes;
    }
    if let Some(scope) = scope.filter(|scope| connection.scope.as_ref() != Some(scope)) {
        execute(connection, &set_scope(&scope, false)).await?;
        connection.scope = Some(scope);
    }
    Ok(())
}

/// A transaction that did not begin did nothing: it is as good as collided.
fn began(failure: Failure) -> Failure {
    match failure {
        Failure::Broken(error @ StoreError::Unavailable(_)) => Failure::Collided(error),
        other => other,
    }
}

/// Whether a statement was prepared for tables that have changed since.
fn is_stale(error: &sqlx::Error) -> bool {
    // A plan that would answer other types, a column or table that is gone, types that do not fit any more.
    matches!(error, sqlx::Error::Encode(_))
        || matches!(code(error), Some("0A000" | "42703" | "42P01" | "42804" | "26000"))
}

enum ReadFailure {
    Sql(sqlx::Error),
    Store(StoreError),
}

impl From<sqlx::Error> for ReadFailure {
    fn from(error: sqlx::Error) -> Self {
        ReadFailure::Sql(error)
    }
}

impl From<StoreError> for ReadFailure {
    fn from(error: StoreError) -> Self {
        ReadFailure::Store(error)
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn info(&self) -> &StoreInfo {
        &self.core.info
    }

    async fn read(&self, statement: Statement) -> Result<Rows, StoreError> {
        let read = self.core.read(&statement).await;
        read.map(|(rows, _)| Rows(rows)).map_err(|error| self.core.explained(error))
    }

    async fn commit(&self, work: UnitOfWork) -> Result<Receipt, StoreError> {
        let core = self.core.clone();
        // On a task of its own: whoever waits may go away, the transaction comes to its end.
        let done = tokio::spawn(async move { core.commit(work).await }).await;
        done.map_err(|error| StoreError::Fault(error.to_string()))?.map_err(|error| self.core.explained(error))
    }

    async fn seal(&self) -> Result<u64, StoreError> {
        sealer::seal_all(&self.core).await
    }

    fn on_change(&self, listener: Arc<dyn ChangeListener>) {
        self.core.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let schemas = self.core.records.pool.address.schemas();
        let (rows, _) = self.core.read(&roles::integrity(&schemas)).await?;
        Ok(rows.iter().filter_map(|row| row.first().and_then(SqlValue::as_text)).map(str::to_owned).collect())
    }

    async fn close(&self) {
        if self.core.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.iter().for_each(JoinHandle::abort);
        self.core.records.pool.close().await;
        if let Some(admin) = &self.core.admin {
            admin.pool.close().await;
        }
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.core.closed.store(true, Ordering::Release);
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().for_each(JoinHandle::abort);
    }
}
