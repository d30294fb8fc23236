//! The attempts: for each operation of the description, what somebody would send who knows another tenant's ids,
//! numbers and texts.

use super::town::{Place, Town};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value as Json, json};

/// A request, before it has a token.
pub struct Attempt {
    pub what: String,
    pub method: Method,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Json,
}

impl Attempt {
    fn new(what: &str, method: Method, path: impl Into<String>, body: Json) -> Attempt {
        Attempt { what: what.to_owned(), method, path: path.into(), headers: Vec::new(), body }
    }

    fn with(mut self, name: &'static str, value: &str) -> Attempt {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// As `place` would send it.
    pub fn by(&self, town: &Town, place: &Place) -> RequestBuilder {
        let request = town.world.request(self.method.clone(), &self.path, &place.token);
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        if self.body.is_null() { request } else { request.json(&self.body) }
    }
}

/// What is known, or guessed: of another place, or of none. Its texts are as long, so that answers can be compared.
pub struct Known<'a> {
    pub customer: &'a str,
    pub invoice: &'a str,
    pub number: &'a str,
    pub text: &'a str,
}

/// The attempts on an operation (`method path` of the description) that must be answered alike whether what they name
/// is another tenant's or nobody's. `None` for an operation that nobody thought of.
pub fn of(operation: &str, own: &Place, known: &Known<'_>) -> Option<Vec<Attempt>> {
    let (method, path) = operation.split_once(' ')?;
    let method: Method = method.to_uppercase().parse().ok()?;
    Some(match operation {
        "get /api/data/Customer" | "get /api/data/Customer:count" | "get /api/data/Customer:export" => filters(
            path,
            &[("id", known.customer), ("number", known.number), ("name", known.text), ("createdBy", known.text)],
        ),
        "get /api/data/Invoice" | "get /api/data/Invoice:count" | "get /api/data/Invoice:export" => {
            filters(path, &[("id", known.invoice), ("customer", known.customer)])
        }
        "post /api/data/Customer" => vec![
            Attempt::new(
                "a number that another has",
                method.clone(),
                path,
                json!({ "number": known.number, "name": "x" }),
            ),
            Attempt::new(
                "system fields",
                method,
                path,
                json!({ "number": "S1", "name": "x", "tenantId": "x", "createdBy": "x" }),
            ),
        ],
        "post /api/data/Invoice" => {
            vec![Attempt::new(
                "a customer of another",
                method,
                path,
                json!({ "customer": known.customer, "total": "1.00" }),
            )]
        }
        "get /api/data/Customer/{id}" | "get /api/data/Invoice/{id}" => {
            let path = filled(path, known);
            vec![
                Attempt::new("its id", method.clone(), &path, Json::Null),
                Attempt::new(
                    "its id with what it refers to",
                    method.clone(),
                    format!("{path}?expand=customer"),
                    Json::Null,
                ),
                Attempt::new("its id if it changed", method.clone(), &path, Json::Null).with("if-none-match", "\"1\""),
                Attempt::new("its id if it did not", method.clone(), &path, Json::Null).with("if-match", "\"1\""),
                Attempt::new("its id in another version", method, &path, Json::Null).with("if-match", "\"9\""),
            ]
        }
        "patch /api/data/Customer/{id}" | "patch /api/data/Invoice/{id}" => {
            let body = if path.contains("Customer") { json!({ "name": "taken" }) } else { json!({ "count": 99 }) };
            let mut versioned = body.clone();
            versioned["rowVersion"] = json!(1);
            let own_invoice = format!("/api/data/Invoice/{}", own.invoice);
            let target = filled(path, known);
            vec![
                Attempt::new("its id", method.clone(), &target, body.clone()),
                Attempt::new("its id and version", method.clone(), &target, versioned),
                Attempt::new("its id and tag", method.clone(), &target, body.clone()).with("if-match", "\"1\""),
                Attempt::new("its id and a wrong tag", method.clone(), &target, body).with("if-match", "\"9\""),
                Attempt::new("an own invoice to it", method, own_invoice, json!({ "customer": known.customer })),
            ]
        }
        "delete /api/data/Customer/{id}" | "delete /api/data/Invoice/{id}" => {
            let target = filled(path, known);
            vec![
                Attempt::new("its id", method.clone(), &target, Json::Null),
                Attempt::new("its id and tag", method.clone(), &target, Json::Null).with("if-match", "\"1\""),
                Attempt::new("its id and a wrong tag", method, &target, Json::Null).with("if-match", "\"9\""),
            ]
        }
        "post /api/data:batch" => batches(&method, path, known),
        "post /api/policy/check" | "post /api/policy/explain" => {
            questions(known).into_iter().map(|(what, asked)| Attempt::new(what, method.clone(), path, asked)).collect()
        }
        "post /api/policy/batch" => questions(known)
            .into_iter()
            .map(|(what, asked)| Attempt::new(what, method.clone(), path, json!({ "checks": [asked] })))
            .collect(),
        "post /api/policy/filter" => vec![Attempt::new(
            "another's records among others",
            method,
            path,
            json!({ "action": "read", "resource": "Customer", "ids": [known.customer, own.customer] }),
        )],
        "post /api/policy/mask" => vec![
            Attempt::new(
                "another's record",
                method.clone(),
                path,
                json!({ "resource": "Customer", "id": known.customer }),
            ),
            Attempt::new(
                "a record that refers to another's",
                method,
                path,
                json!({ "resource": "Invoice", "record": { "customer": known.customer } }),
            ),
        ],
        "get /.well-known/authzen-configuration" => vec![Attempt::new("as it is", method, path, Json::Null)],
        "get /api/policy/decisions" => {
            ["", "tenantId=", "tenantId=amber&realmId=", "principal=", "entity=", "after=1."]
                .into_iter()
                .map(|asked| {
                    let known = if asked.is_empty() { "" } else { known.text };
                    Attempt::new(asked, method.clone(), format!("{path}?{asked}{known}"), Json::Null)
                })
                .collect()
        }
        "post /access/v1/evaluation" => evaluations(known)
            .into_iter()
            .map(|(what, asked)| Attempt::new(what, method.clone(), path, asked))
            .collect(),
        "post /access/v1/evaluations" => evaluations(known)
            .into_iter()
            .map(|(what, asked)| Attempt::new(what, method.clone(), path, json!({ "evaluations": [asked] })))
            .collect(),
        _ if path.starts_with("/api/admin/") || path.starts_with("/api/audit/") || path.starts_with("/api/meta/") => {
            let path = path.replace("{id}", known.text).replace("{name}", "Customer");
            let path = path.replace("{version}", "v1").replace("{act}", "activate");
            let query =
                if path.starts_with("/api/audit/events") { format!("?tenantId={}", known.text) } else { String::new() };
            vec![Attempt::new("without an admin token", method, format!("{path}{query}"), Json::Null)]
        }
        "get /openapi.json" | "get /healthz" | "get /readyz" | "get /metrics" => {
            vec![Attempt::new("what everybody may", method, path, Json::Null)]
        }
        _ => return None,
    })
}

fn filled(path: &str, known: &Known<'_>) -> String {
    path.replace("{id}", if path.contains("Customer") { known.customer } else { known.invoice })
}

/// Every comparison with what is known, every sort, pages and totals.
fn filters(path: &str, values: &[(&str, &str)]) -> Vec<Attempt> {
    let mut queries = Vec::new();
    for (field, value) in values {
        // Ranges would show own records on one side of either value.
        for op in ["eq", "in", "contains", "startsWith"] {
            queries.push(format!("{field}[{op}]={value}"));
        }
        queries.push(format!(
            "filter={{\"or\":[{{\"{field}\":{{\"eq\":\"{value}\"}}}},{{\"{field}\":{{\"eq\":\"{value}\"}}}}]}}"
        ));
        if path.ends_with(":export") {
            queries.push(format!("format=csv&sort=-{field}&{field}[eq]={value}"));
        } else if !path.ends_with(":count") {
            queries.push(format!("expand=customer&{field}[eq]={value}"));
            queries.push(format!("sort=-{field}&{field}[eq]={value}"));
            queries.push(format!("page=1&pageSize=5&orderBy={field}&{field}[eq]={value}"));
            queries.push(format!("total=true&limit=1&{field}[eq]={value}"));
        }
        queries.push(format!("expand={value}"));
        queries.push(format!("tenantId[eq]={value}"));
    }
    let attempt = |query: String| {
        let encoded = query.replace('{', "%7B").replace('}', "%7D").replace('"', "%22");
        Attempt::new(&query, Method::GET, format!("{path}?{encoded}"), Json::Null)
    };
    queries.into_iter().map(attempt).collect()
}

fn batches(method: &Method, path: &str, known: &Known<'_>) -> Vec<Attempt> {
    let one =
        |what: &str, operations: Json| Attempt::new(what, method.clone(), path, json!({ "operations": operations }));
    let update = json!({ "op": "update", "entity": "Customer", "id": known.customer, "data": { "name": "taken" } });
    let mut versioned = update.clone();
    versioned["rowVersion"] = json!(1);
    let refer = json!({ "op": "create", "entity": "Invoice", "data": { "customer": known.customer } });
    vec![
        one("change it", json!([update])),
        one("change it in its version", json!([versioned])),
        one("delete it", json!([{ "op": "delete", "entity": "Customer", "id": known.customer }])),
        one("delete its invoice", json!([{ "op": "delete", "entity": "Invoice", "id": known.invoice }])),
        one("refer to it", json!([refer])),
        one(
            "delete it after own work",
            json!([
                { "op": "create", "entity": "Customer", "data": { "number": "OWN1", "name": "x" } },
                { "op": "delete", "entity": "Customer", "id": known.customer },
            ]),
        ),
    ]
}

/// What is asked of the policies about another's records.
fn questions(known: &Known<'_>) -> Vec<(&'static str, Json)> {
    let ask = |resource: &str| json!({ "action": "read", "resource": resource });
    let mut for_other = ask("Customer");
    for_other["principal"] = json!({ "userId": known.text, "tenantId": known.text, "roles": ["admin"] });
    let mut of_record = ask("Customer");
    of_record["id"] = known.customer.into();
    let mut referring = ask("Invoice");
    referring["record"] = json!({ "customer": known.customer, "number": known.number });
    vec![
        ("for itself", ask("Customer")),
        ("for another", for_other),
        ("a record as resource", ask(known.text)),
        ("another's record", of_record),
        ("a record that refers to another's", referring),
    ]
}

/// The same in AuthZEN's words.
fn evaluations(known: &Known<'_>) -> Vec<(&'static str, Json)> {
    let ask = |subject: &str, id: &str| {
        json!({
            "subject": { "type": "user", "id": subject },
            "action": { "name": "read" },
            "resource": { "type": "Customer", "id": id },
        })
    };
    vec![("for another", ask(known.text, "*")), ("another's record", ask("ann", known.customer))]
}
