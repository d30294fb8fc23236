//! The paths of one entity's records, and of batches.

use super::parts::{
    answers, body, body_if_any, closed, content, data, header, list, or_null, path, query, reference, shared, text,
};
use super::schema;
use maq_app::{MAX_BATCH_OPERATIONS, MAX_EXPANSIONS, MAX_IDEMPOTENCY_KEY, MAX_IDENTIFIER, MAX_PAGE};
use maq_ir::{Entity, FieldType};
use serde_json::{Map, Value as Json, json};

/// Paths and schemas of an entity.
pub(super) fn describe(entity: &Entity, paths: &mut Map<String, Json>, schemas: &mut Map<String, Json>) {
    let name = &*entity.name;
    schemas.insert(name.to_owned(), schema::record(entity));
    schemas.insert(format!("{name}.new"), schema::create(entity));
    schemas.insert(format!("{name}.changed"), schema::update(entity));
    schemas.insert(format!("{name}.filter"), schema::filter(entity));
    paths.insert(format!("/api/data/{name}"), collection(entity));
    paths.insert(format!("/api/data/{name}:count"), counted(name));
    paths.insert(format!("/api/data/{name}:export"), exported(entity));
    paths.insert(format!("/api/data/{name}/{{id}}"), one(entity));
}

fn tenant() -> [Json; 2] {
    let id = json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,63}$" });
    [
        header("X-Tenant", "One of the token's tenants; the first without it.", id.clone()),
        header("X-Realm", "The token's realm; any other is refused.", id),
    ]
}

fn key() -> Json {
    let schema = json!({
        "type": "string", "minLength": 1, "maxLength": MAX_IDEMPOTENCY_KEY, "pattern": "^[!-~]+$",
    });
    let description = "Drawn by the client for this request. The same request under the same key is answered as the \
                       first time, for 24 hours, and done once.";
    header("Idempotency-Key", description, schema)
}

fn if_match() -> Json {
    let description = "The `ETag` that was read, or `*`; another row version is refused with 412.";
    header("If-Match", description, json!({ "type": "string", "pattern": "^([*]|\"[0-9]{1,18}\")$" }))
}

fn if_none_match() -> Json {
    let description = "The `ETag`s that the client has; 304 when the record is one of them.";
    let tag = "(W/)?\"[!#-+.-~]*\"";
    header(
        "If-None-Match",
        description,
        json!({ "type": "string", "pattern": format!("^([*]|{tag}(, {tag}){{0,9}})$") }),
    )
}

fn with_tenant(parameters: impl IntoIterator<Item = Json>) -> Vec<Json> {
    parameters.into_iter().chain(tenant()).collect()
}

/// An answer with a record and its tag.
fn record(name: &str, description: &str, replayable: bool, more: Json) -> Json {
    let mut answer = content(description, data(reference(name)));
    let mut headers =
        json!({ "ETag": { "required": true, "schema": { "type": "string", "pattern": "^\"[0-9]+\"$" } } });
    if replayable {
        headers["Idempotency-Replayed"] = replayed();
    }
    if let (Some(headers), Json::Object(more)) = (headers.as_object_mut(), more) {
        headers.extend(more);
    }
    answer["headers"] = headers;
    answer
}

fn replayed() -> Json {
    json!({ "description": "The answer was given before.", "schema": { "type": "string", "const": "true" } })
}

fn collection(entity: &Entity) -> Json {
    let name = &*entity.name;
    let number = |least: u32| json!({ "type": "integer", "minimum": least });
    let meta = closed(
        &["limit"],
        json!({
            "limit": { "type": "integer", "minimum": 1, "maximum": MAX_PAGE }, "next": or_null(text()),
            "total": number(0), "page": number(1), "pageSize": number(1), "totalPages": or_null(number(0)),
        }),
    );
    let page = closed(
        &["data", "meta"],
        json!({ "data": list(reference(name)), "included": shared("Included"), "meta": meta }),
    );
    let location =
        json!({ "Location": { "required": true, "schema": { "type": "string", "format": "uri-reference" } } });
    json!({
        "get": {
            "operationId": format!("list{name}"), "tags": [name], "summary": format!("A page of {name} records"),
            "parameters": with_tenant(list_parameters(entity)),
            "responses": answers(json!({ "200": content("A page of records.", page) }), &[400, 401, 403, 404, 422]),
        },
        "post": {
            "operationId": format!("create{name}"), "tags": [name], "summary": format!("Creates a {name}"),
            "parameters": with_tenant([key()]),
            "requestBody": body_if_any(reference(&format!("{name}.new"))),
            "responses": answers(
                json!({ "201": record(name, "The record.", true, location) }),
                &[400, 401, 403, 404, 409, 413, 415, 422],
            ),
        },
    })
}

fn counted(name: &str) -> Json {
    let count = data(closed(&["count"], json!({ "count": { "type": "integer", "minimum": 0 } })));
    json!({
        "get": {
            "operationId": format!("count{name}"), "tags": [name], "summary": format!("How many {name} records fit"),
            "parameters": with_tenant([filter(name)]),
            "responses": answers(
                json!({ "200": content("How many records fit.", count) }), &[400, 401, 403, 404, 422],
            ),
        },
    })
}

fn exported(entity: &Entity) -> Json {
    let name = &*entity.name;
    let format = json!({ "type": "string", "enum": ["jsonl", "csv"] });
    let lines = json!({ "schema": text() });
    let all = json!({
        "description": "Every record that fits: a JSON object a line, or CSV with a line of names.",
        "headers": { "Content-Disposition": { "required": true, "schema": text() } },
        "content": { "application/x-ndjson": lines, "text/csv": lines },
    });
    json!({
        "get": {
            "operationId": format!("export{name}"), "tags": [name], "summary": format!("Every {name} that fits"),
            "parameters": with_tenant([
                query("format", "jsonl when absent.", format), sort(entity), filter(name),
            ]),
            "responses": answers(json!({ "200": all }), &[400, 401, 403, 404, 422]),
        },
    })
}

fn expand(entity: &Entity) -> Json {
    let is_reference = |field: &&maq_ir::Field| matches!(field.ty, FieldType::Reference { .. });
    let names: Vec<&str> = entity.fields.iter().filter(is_reference).map(|field| &*field.name).collect();
    let path = format!("({})([.][A-Za-z0-9_]+)?", names.join("|"));
    let most = MAX_EXPANSIONS - 1;
    let pattern = if names.is_empty() { "^$".to_owned() } else { format!("^{path}(,{path}){{0,{most}}}$") };
    let description = "References with commas, `customer.region` for one after another: the records that they lead to \
                       come along in `included`.";
    query("expand", description, json!({ "type": "string", "pattern": pattern }))
}

fn one(entity: &Entity) -> Json {
    let name = &*entity.name;
    // With what it is expanded by it has no tag.
    let mut found = record(name, "The record.", false, json!({}));
    found["headers"]["ETag"]["required"] = json!(false);
    found["content"]["application/json"]["schema"] =
        closed(&["data"], json!({ "data": reference(name), "included": shared("Included") }));
    let unmodified = json!({ "description": "The client has it.", "headers": { "ETag": { "schema": text() } } });
    let deleted = json!({ "description": "It is gone.", "headers": { "Idempotency-Replayed": replayed() } });
    json!({
        "parameters": [path("id", schema::id_in_path(entity.identity))],
        "get": {
            "operationId": format!("get{name}"), "tags": [name], "summary": format!("One {name}"),
            "parameters": with_tenant([expand(entity), if_match(), if_none_match()]),
            "responses": answers(
                json!({ "200": found, "304": unmodified }),
                &[400, 401, 403, 404, 412, 422],
            ),
        },
        "patch": {
            "operationId": format!("update{name}"), "tags": [name],
            "summary": format!("Changes the fields of a {name} that the body names"),
            "parameters": with_tenant([if_match(), key()]),
            "requestBody": body_if_any(reference(&format!("{name}.changed"))),
            "responses": answers(
                json!({ "200": record(name, "The record.", true, json!({})) }),
                &[400, 401, 403, 404, 409, 412, 413, 415, 422],
            ),
        },
        "delete": {
            "operationId": format!("delete{name}"), "tags": [name], "summary": format!("Deletes a {name}"),
            "parameters": with_tenant([if_match(), key()]),
            "responses": answers(json!({ "204": deleted }), &[400, 401, 403, 404, 409, 412, 422]),
        },
    })
}

/// Batches over all entities.
pub(super) fn batch(entities: &[&str], paths: &mut Map<String, Json>, schemas: &mut Map<String, Json>) {
    let id = json!({ "type": ["string", "integer"], "maxLength": MAX_IDENTIFIER });
    let version = json!({ "type": "integer", "minimum": 1, "maximum": i64::MAX });
    let entity = json!({ "type": "string", "enum": entities });
    let fields = json!({ "type": "object" });
    let operation = |op: &str, required: &[&str], properties: Json| {
        let mut all = json!({ "op": { "const": op }, "entity": entity });
        if let (Some(all), Json::Object(properties)) = (all.as_object_mut(), properties) {
            all.extend(properties);
        }
        closed(required, all)
    };
    let properties: Map<String, Json> =
        entities.iter().map(|name| ((*name).to_owned(), list(reference(name)))).collect();
    schemas.insert("maquette.Included".into(), closed(&[], Json::Object(properties)));
    schemas.insert(
        "maquette.Operation".into(),
        json!({ "oneOf": [
            operation("create", &["op", "entity", "data"], json!({ "id": id, "data": fields })),
            operation("update", &["op", "entity", "id", "data"], json!({ "id": id, "rowVersion": version, "data": fields })),
            operation("delete", &["op", "entity", "id"], json!({ "id": id, "rowVersion": version })),
        ] }),
    );
    let operations = json!({
        "type": "array", "minItems": 1, "maxItems": MAX_BATCH_OPERATIONS, "items": shared("Operation"),
    });
    let records = entities.iter().map(|name| reference(name)).chain([json!({ "type": "null" })]);
    let mut answer = content(
        "The records in order, null for a deleted one.",
        data(list(json!({ "anyOf": records.collect::<Vec<_>>() }))),
    );
    answer["headers"] = json!({ "Idempotency-Replayed": replayed() });
    paths.insert(
        "/api/data:batch".into(),
        json!({
            "post": {
                "operationId": "batch", "tags": ["batch"], "summary": "Changes, all or none",
                "parameters": with_tenant([key()]),
                "requestBody": body(closed(&["operations"], json!({ "operations": operations }))),
                "responses": answers(json!({ "200": answer }), &[400, 401, 403, 404, 409, 413, 415, 422]),
            },
        }),
    );
}

fn filter(name: &str) -> Json {
    json!({
        "name": "filter", "in": "query",
        "description": "Conditions as JSON: {\"total\": {\"gt\": 10}}. Or each as a parameter: field[op]=value.",
        "content": { "application/json": { "schema": reference(&format!("{name}.filter")) } },
    })
}

fn sort(entity: &Entity) -> Json {
    let key = format!("-?({})", schema::sorted(entity).join("|"));
    let keys = json!({ "type": "string", "pattern": format!("^{key}(,{key}){{0,7}}$") });
    query("sort", "Field names with commas, `-` first for descending; at most 8.", keys)
}

fn list_parameters(entity: &Entity) -> Vec<Json> {
    let size = json!({ "type": "integer", "minimum": 1, "maximum": MAX_PAGE });
    let names = schema::sorted(entity);
    vec![
        query("limit", "Records a page, 20 when absent.", size.clone()),
        query(
            "after",
            "`next` of the page before; not together with `page`.",
            json!({ "type": "string", "minLength": 1 }),
        ),
        sort(entity),
        filter(&entity.name),
        expand(entity),
        query("total", "Count all that fit.", json!({ "type": "boolean" })),
        query(
            "page",
            "A page by number in place of a cursor.",
            json!({ "type": "integer", "minimum": 1, "maximum": 5000 }),
        ),
        query("pageSize", "Records a page.", size),
        query("orderBy", "A field name.", json!({ "type": "string", "enum": names })),
        query("orderDir", "asc or desc.", json!({ "type": "string", "enum": ["asc", "desc"] })),
    ]
}
