//! Decide who may do what: roles, wildcards, priorities, allow and deny.
