//! The reference's services: registry, compiler, policy gate, audit log, meta store, and the health of each.

mod audit;
mod compiler;
mod meta;
mod policy;
mod registry;

use maq_contract::Health;

pub(crate) fn health(health: maq_app::Health) -> Health {
    Health { healthy: health.healthy, message: health.message }
}
