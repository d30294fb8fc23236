//! The paths that are the same on every server: registry, policy, audit, administration, health.

mod policy;

use super::parts::{answers, body, closed, content, data, list, or_null, path, query, shared, text, time};
use maq_app::MAX_OUTBOX_EVENTS;
use serde_json::{Map, Value as Json, json};

/// What a request with an admin token can be refused with; those with a body add theirs.
const READ: &[u16] = &[400, 401, 403, 404, 422];
const WRITE: &[u16] = &[400, 401, 403, 404, 409, 413, 415, 422];
/// Bodies of the registry's writes are never read.
const REFUSED: &[u16] = &[400, 401, 403];

/// Paths and schemas.
pub(super) fn describe(paths: &mut Map<String, Json>, schemas: &mut Map<String, Json>) {
    for (name, schema) in shapes() {
        schemas.insert(format!("maquette.{name}"), schema);
    }
    for (path, item) in registry()
        .into_iter()
        .chain(policy_and_audit())
        .chain(policy::describe())
        .chain(publishing())
        .chain(access())
        .chain(open())
    {
        paths.insert(path.to_owned(), item);
    }
}

fn operation(id: &str, summary: &str, parameters: Vec<Json>, good: Json, problems: &[u16]) -> Json {
    json!({
        // No entity's name has a `_`, so that no operation on records is called the same.
        "operationId": format!("operator_{id}"), "tags": ["operator"], "summary": summary, "parameters": parameters,
        "responses": answers(good, problems),
    })
}

fn reads(id: &str, summary: &str, parameters: Vec<Json>, schema: Json) -> Json {
    operation(id, summary, parameters, json!({ "200": content(summary, schema) }), READ)
}

fn writes(id: &str, summary: &str, parameters: Vec<Json>, asked: Option<Json>, good: Json) -> Json {
    let mut operation = operation(id, summary, parameters, good, WRITE);
    if let Some(asked) = asked {
        operation["requestBody"] = body(asked);
    }
    operation
}

fn ok(schema: Json) -> Json {
    json!({ "200": content("Done.", schema) })
}

fn made(schema: Json) -> Json {
    json!({ "201": content("It is made.", schema) })
}

fn gone() -> Json {
    json!({ "204": { "description": "It is gone." } })
}

fn named(name: &str) -> Vec<Json> {
    vec![path(name, json!({ "type": "string", "minLength": 1 }))]
}

fn paged() -> Vec<Json> {
    let number = json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 });
    let size = json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX });
    vec![query("page", "From 1.", number), query("pageSize", "Rows a page; fewer come where that is too many.", size)]
}

fn page_of(items: Json) -> Json {
    let meta = json!({ "type": "object", "properties": { "total": { "type": "integer" } } });
    closed(&["data", "meta"], json!({ "data": list(items), "meta": meta }))
}

fn some_object() -> Json {
    json!({ "type": "object" })
}

fn registry() -> Vec<(&'static str, Json)> {
    let refused = |id: &str| operation(id, "Refused: only a release changes the model", Vec::new(), json!({}), REFUSED);
    let version = || path("version", json!({ "type": "string", "minLength": 1 }));
    let both = || named("name").into_iter().chain([version()]).collect::<Vec<_>>();
    let mut entities = json!({ "get": reads("listEntities", "Entities", paged(), page_of(shared("Entity"))) });
    entities["post"] = refused("createEntity");
    let mut act = refused("actOnVersion");
    act["parameters"] = json!([named("name")[0], version(), path("act", json!({ "type": "string", "minLength": 1 }))]);
    let named_with_pages: Vec<Json> = named("name").into_iter().chain(paged()).collect();
    vec![
        ("/api/meta/entities", entities),
        (
            "/api/meta/entities/{name}",
            json!({ "get": reads("getEntity", "An entity", named("name"), data(shared("Entity"))) }),
        ),
        (
            "/api/meta/entities/{name}/versions",
            json!({ "get": reads("listVersions", "Versions", named_with_pages, page_of(shared("Version"))) }),
        ),
        (
            "/api/meta/entities/{name}/versions/{version}",
            json!({ "get": reads("getVersion", "A version, or the active one", both(), data(shared("Version"))) }),
        ),
        ("/api/meta/entities/{name}/versions/{version}/{act}", json!({ "post": act })),
        (
            "/api/meta/entities/{name}/compiled",
            json!({ "get": reads("getCompiled", "The compiled active version", named("name"), data(some_object())) }),
        ),
    ]
}

fn policy_and_audit() -> Vec<(&'static str, Json)> {
    let explained = data(closed(
        &["decision", "rules", "policies"],
        json!({ "decision": shared("Decision"), "rules": list(some_object()), "policies": list(some_object()) }),
    ));
    let filters = ["eventType", "userId", "tenantId", "resource"].map(|name| query(name, "Equal to this.", text()));
    let dates = ["startDate", "endDate"].map(|name| query(name, "As RFC 3339.", time()));
    let result = query("result", "How it ended.", json!({ "type": "string", "enum": ["success", "failure"] }));
    let asked: Vec<Json> = filters.into_iter().chain(dates).chain([result]).chain(paged()).collect();
    let chains = data(closed(
        &["ok", "checked", "unsealed", "problem"],
        json!({
            "ok": { "type": "boolean" }, "checked": { "type": "integer" }, "unsealed": { "type": "integer" },
            "problem": or_null(text()),
        }),
    ));
    let question = Some(shared("Question"));
    vec![
        (
            "/api/policy/check",
            json!({ "post": writes("checkPolicy", "May a principal do this?", Vec::new(), question.clone(), ok(data(shared("Decision")))) }),
        ),
        (
            "/api/policy/explain",
            json!({ "post": writes("explainPolicy", "The same, with the policies that speak to it", Vec::new(), question, ok(explained)) }),
        ),
        (
            "/api/audit/events",
            json!({ "get": reads("listEvents", "Audit events, newest first", asked, page_of(some_object())) }),
        ),
        (
            "/api/audit/events/{id}",
            json!({ "get": reads("getEvent", "An audit event", named("id"), data(some_object())) }),
        ),
        (
            "/api/audit/verify",
            json!({ "get": reads("verifyAudit", "Whether the chains are whole", Vec::new(), chains) }),
        ),
    ]
}

fn publishing() -> Vec<(&'static str, Json)> {
    let envelope = json!({ "type": ["string", "object"], "description": "The DSSE envelope, as text or as JSON." });
    let planned = closed(&["envelope"], json!({ "envelope": envelope }));
    let applied = closed(&["envelope", "plan"], json!({ "envelope": envelope, "plan": text() }));
    let deployment = closed(&["deployment"], json!({ "deployment": { "type": ["object", "null"] } }));
    let phase = json!({ "type": "string", "enum": ["insert", "link"] });
    let whose = [("release", text(), true), ("entity", text(), true), ("phase", phase.clone(), false)];
    let whose = whose
        .map(|(name, schema, required)| json!({ "name": name, "in": "query", "required": required, "schema": schema }));
    let batch = closed(
        &["release", "entity", "scope", "phase", "rows", "position"],
        json!({
            "release": text(), "entity": text(), "phase": phase, "position": text(), "rows": list(some_object()),
            "scope": { "type": "object", "required": ["tenantId", "realmId"],
                       "properties": { "tenantId": text(), "realmId": text() } },
        }),
    );
    let position = closed(&["position", "rows"], json!({ "position": text(), "rows": { "type": "integer" } }));
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": MAX_OUTBOX_EVENTS });
    let waiting = json!({ "type": "integer", "minimum": 0 });
    let events = closed(
        &["data", "meta"],
        json!({ "data": list(shared("OutboxEvent")), "meta": closed(&["waiting"], json!({ "waiting": waiting })) }),
    );
    let ids = json!({ "type": "array", "items": text(), "maxItems": MAX_OUTBOX_EVENTS });
    let none = Vec::new;
    vec![
        ("/api/admin/status", json!({ "get": reads("getStatus", "What runs", none(), some_object()) })),
        (
            "/api/admin/plan",
            json!({ "post": writes("planRelease", "What a release would do", none(), Some(planned), ok(some_object())) }),
        ),
        (
            "/api/admin/apply",
            json!({ "post": writes("applyRelease", "Applies the plan that was reviewed", none(), Some(applied), ok(deployment)) }),
        ),
        (
            "/api/admin/rollback",
            json!({ "post": writes("rollBack", "Goes back to the release before", none(), None, ok(some_object())) }),
        ),
        (
            "/api/admin/load",
            json!({
                "get": reads("getLoad", "How far a load came", whose.to_vec(), position.clone()),
                "post": writes("load", "Loads a batch of rows; sending it twice changes nothing", none(), Some(batch), ok(position)),
            }),
        ),
        (
            "/api/admin/outbox",
            json!({ "get": reads(
                "listOutbox", "The oldest events that wait, and how many wait",
                vec![query("limit", "Events at most, 100 when absent.", limit)], events,
            ) }),
        ),
        (
            "/api/admin/outbox:acknowledge",
            json!({ "post": writes(
                "acknowledgeOutbox", "Takes delivered events away; sending it twice changes nothing", none(),
                Some(closed(&["eventIds"], json!({ "eventIds": ids }))),
                ok(data(closed(&["waiting"], json!({ "waiting": waiting })))),
            ) }),
        ),
    ]
}

fn access() -> Vec<(&'static str, Json)> {
    let key = closed(&["publicKey"], json!({ "publicKey": text() }));
    let secret = || made(closed(&["data", "token"], json!({ "data": shared("Token"), "token": text() })));
    let states = json!({ "type": "string", "enum": ["active", "expired", "revoked"] });
    let kinds = json!({ "type": "string", "enum": ["admin", "data"] });
    let filters = vec![
        query("user", "Of this user.", text()),
        query("tenant", "That may use this tenant.", text()),
        query("kind", "Of this kind.", kinds.clone()),
        query("state", "In this state.", states),
    ];
    let request = closed(
        &["userId"],
        json!({
            "kind": kinds, "userId": text(), "roles": list(text()), "tenants": list(text()), "realmId": or_null(text()),
            "orgId": or_null(text()), "attributes": some_object(),
            "expiresIn": { "type": ["integer", "null"], "minimum": 1 },
        }),
    );
    let rotation = closed(&[], json!({ "graceSeconds": { "type": "integer", "minimum": 0 } }));
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000]*$" });
    let id = json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,63}$" });
    let tenant = closed(&["id"], json!({ "id": id, "name": or_null(name.clone()) }));
    let rename = closed(&["name"], json!({ "name": name }));
    let one_tenant = || ok(data(shared("Tenant")));
    let none = Vec::new;
    vec![
        (
            "/api/admin/keys",
            json!({
                "get": reads("listKeys", "Trusted keys", none(), data(list(some_object()))),
                "post": writes("trustKey", "Trusts a publisher's key", none(), Some(key), made(data(some_object()))),
            }),
        ),
        (
            "/api/admin/keys/{id}",
            json!({ "delete": writes("revokeKey", "Trusts a key no more", named("id"), None, gone()) }),
        ),
        (
            "/api/admin/tokens",
            json!({
                "get": reads("listTokens", "Tokens, without their secrets", filters, data(list(shared("Token")))),
                "post": writes("createToken", "Makes a token; its secret is in this answer alone", none(), Some(request), secret()),
            }),
        ),
        (
            "/api/admin/tokens/{id}",
            json!({ "delete": writes("revokeToken", "Ends a token", named("id"), None, gone()) }),
        ),
        (
            "/api/admin/tokens/{id}/rotate",
            json!({ "post": writes("rotateToken", "Gives a token another secret", named("id"), Some(rotation), secret()) }),
        ),
        (
            "/api/admin/tenants",
            json!({
                "get": reads("listTenants", "Tenants", none(), data(list(shared("Tenant")))),
                "post": writes("addTenant", "Adds a tenant", none(), Some(tenant), made(data(shared("Tenant")))),
            }),
        ),
        (
            "/api/admin/tenants/{id}/suspend",
            json!({ "post": writes("suspendTenant", "Suspends a tenant", named("id"), None, one_tenant()) }),
        ),
        (
            "/api/admin/tenants/{id}/resume",
            json!({ "post": writes("resumeTenant", "Resumes a tenant", named("id"), None, one_tenant()) }),
        ),
        (
            "/api/admin/tenants/{id}/rename",
            json!({ "post": writes("renameTenant", "Renames a tenant", named("id"), Some(rename), one_tenant()) }),
        ),
    ]
}

fn open() -> Vec<(&'static str, Json)> {
    let open = |id: &str, summary: &str, good: Json| {
        let mut operation = operation(id, summary, Vec::new(), good, &[]);
        operation["security"] = json!([]);
        json!({ "get": operation })
    };
    let ready = || closed(&["ok", "services"], json!({ "ok": { "type": "boolean" }, "services": some_object() }));
    let alive = ok(closed(&["ok"], json!({ "ok": { "type": "boolean" } })));
    let mut readiness = open("getReadiness", "Whether it can answer", ok(ready()));
    let mut unready = content("Some service cannot answer.", ready());
    unready["content"]["application/problem+json"] = json!({ "schema": shared("Problem") });
    readiness["get"]["responses"]["503"] = unready;
    let counters = json!({ "200": {
        "description": "Counters as Prometheus reads them.", "content": { "text/plain": { "schema": text() } },
    } });
    vec![
        (
            "/openapi.json",
            json!({ "get": operation("getDescription", "This document", Vec::new(), ok(some_object()), &[400, 401, 403]) }),
        ),
        ("/healthz", open("getHealth", "Whether the process answers", alive)),
        ("/readyz", readiness),
        ("/metrics", open("getMetrics", "How much it did", counters)),
        (
            "/.well-known/authzen-configuration",
            open("getAuthzen", "Where the AuthZEN endpoints are", ok(some_object())),
        ),
    ]
}

fn shapes() -> Vec<(&'static str, Json)> {
    let principal = closed(
        &["userId"],
        json!({
            "userId": text(), "tenantId": text(), "realmId": text(), "orgId": or_null(text()), "roles": list(text()),
            "attributes": some_object(),
        }),
    );
    vec![
        (
            "Question",
            closed(
                &["action", "resource"],
                json!({
                    "action": text(), "resource": text(), "principal": or_null(principal),
                    "id": { "type": ["string", "integer", "null"], "description": "A record's id, or `record`." },
                    "record": { "type": ["object", "null"], "description": "A record's fields by name, or `id`." },
                    "context": some_object(),
                }),
            ),
        ),
        (
            "Decision",
            closed(
                &[
                    "allowed",
                    "decisionId",
                    "policySet",
                    "decidedBy",
                    "reason",
                    "failed",
                    "missing",
                    "obligations",
                    "advice",
                ],
                json!({
                    "allowed": { "type": "boolean" }, "decisionId": text(), "policySet": text(),
                    "decidedBy": list(text()), "reason": text(), "failed": list(some_object()),
                    "missing": list(text()), "obligations": list(some_object()), "advice": list(some_object()),
                }),
            ),
        ),
        (
            "OutboxEvent",
            closed(
                &["eventId", "topic", "tenantId", "realmId", "payload", "createdAt"],
                json!({
                    "eventId": text(),
                    "topic": { "type": "string", "enum": ["record.created", "record.updated", "record.deleted"] },
                    "tenantId": text(), "realmId": text(), "createdAt": time(),
                    "payload": closed(
                        &["entity", "id", "rowVersion", "user", "fields"],
                        json!({
                            "entity": text(), "id": { "type": ["string", "integer"] },
                            "rowVersion": { "type": ["integer", "null"] }, "user": text(), "fields": list(text()),
                        }),
                    ),
                }),
            ),
        ),
        (
            "Tenant",
            closed(
                &["id", "name", "createdAt", "suspendedAt"],
                json!({ "id": text(), "name": text(), "createdAt": time(), "suspendedAt": or_null(time()) }),
            ),
        ),
        ("Token", json!({ "type": "object", "required": ["id", "kind", "grant", "createdAt"] })),
        ("Entity", json!({ "type": "object", "required": ["id", "name", "activeVersion"] })),
        ("Version", json!({ "type": "object", "required": ["id", "entityName", "version", "schemaHash", "isActive"] })),
    ]
}
