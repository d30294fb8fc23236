//! Records on the target `local`, always on behalf of a principal.

use serde_json::Value as Json;

wire! {
    /// Who asks; the studio's own person with role `admin` when a request names none.
    pub struct WirePrincipal {
        /// The user.
        pub user_id: String,
        /// Roles.
        pub roles: Vec<String>,
        /// Tenant; the default one when absent.
        pub tenant_id: Option<String>,
        /// Realm; the default one when absent.
        pub realm_id: Option<String>,
    }

    /// Lists records.
    pub struct ListRecords {
        /// The entity's name.
        pub entity: String,
        /// Who asks.
        pub principal: Option<WirePrincipal>,
        /// `{"total": {"gt": 10}, "status": "open"}`: operators eq, ne, gt, gte, lt, lte, in, contains, startsWith,
        /// isNull; `or` holds a list of such objects.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub filter: Option<Json>,
        /// Field names, `-` first for descending.
        pub sort: Option<Vec<String>>,
        /// At most this many, 1 to 200; 20 when absent.
        pub limit: Option<u32>,
        /// Cursor of the page before.
        pub after: Option<String>,
        /// Page number from 1, instead of a cursor; answers `total`.
        pub page: Option<u32>,
        /// Count all matching records.
        pub with_total: Option<bool>,
    }

    /// A page of records.
    pub struct RecordPage {
        /// The records; each has `id` and `rowVersion`.
        #[cfg_attr(feature = "ts", ts(type = "Array<Record<string, unknown>>"))]
        pub data: Vec<Json>,
        /// Cursor of the next page; none at the end.
        pub next: Option<String>,
        /// Matching records in all, when asked for.
        #[cfg_attr(feature = "ts", ts(optional, type = "number | null"))]
        pub total: Option<u64>,
    }

    /// Names a record.
    pub struct RecordRef {
        /// The entity's name.
        pub entity: String,
        /// The record's id.
        pub id: String,
        /// Who asks.
        pub principal: Option<WirePrincipal>,
    }

    /// Creates a record.
    pub struct CreateRecord {
        /// The entity's name.
        pub entity: String,
        /// Values by field name.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub values: Json,
        /// Who asks.
        pub principal: Option<WirePrincipal>,
    }

    /// Changes a record.
    pub struct UpdateRecord {
        /// The entity's name.
        pub entity: String,
        /// The record's id.
        pub id: String,
        /// Values by field name; what is left out stays.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub values: Json,
        /// The `rowVersion` that was read; another one is a conflict.
        pub row_version: Option<i64>,
        /// Who asks.
        pub principal: Option<WirePrincipal>,
    }

    /// Deletes a record.
    pub struct DeleteRecord {
        /// The entity's name.
        pub entity: String,
        /// The record's id.
        pub id: String,
        /// The `rowVersion` that was read.
        pub row_version: Option<i64>,
        /// Who asks.
        pub principal: Option<WirePrincipal>,
    }

    /// Counts records.
    pub struct CountRecords {
        /// The entity's name.
        pub entity: String,
        /// As in listing.
        #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, unknown> | null"))]
        pub filter: Option<Json>,
        /// Who asks.
        pub principal: Option<WirePrincipal>,
    }

    /// A count.
    pub struct RecordCount {
        /// How many.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        pub count: u64,
    }

    /// One record.
    pub struct RecordAnswer {
        /// Its values, with `id` and `rowVersion`.
        #[cfg_attr(feature = "ts", ts(type = "Record<string, unknown>"))]
        pub record: Json,
    }
}
