//! A value that is taken is told to who may write the record: to others it would tell of a record that they do not see.

use super::town::{Town, admin, documents, id_of, seller};
use maq_app::Refusal;
use serde_json::{Value as Json, json};

/// What a refusal tells, without the id that was drawn for the record.
fn same(refusal: Refusal) -> String {
    format!("{} {:?} {:?}", refusal.code, refusal.params.get("reason"), refusal.params.get("operation"))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_write_a_record_is_not_told_that_its_value_is_taken() {
    let town = Town::of(documents()).await;
    let (ann, bob) = (admin(), seller("north"));
    let mut customers = Vec::new();
    for region in ["north", "south"] {
        let made = town.create(&ann, "Customer", json!({ "name": region, "region": region })).await.unwrap();
        customers.push(id_of(&made));
    }
    let invoice = |number: &str, customer: &str, status: &str| json!({ "number": number, "customer": customer, "status": status });
    town.create(&ann, "Invoice", invoice("S1", &customers[1], "open")).await.unwrap();
    let own = id_of(&town.create(&ann, "Invoice", invoice("N1", &customers[0], "open")).await.unwrap());
    let nowhere = "01890000-0000-7000-8000-000000000000";
    let step = |values: Json| json!({ "op": "create", "entity": "Invoice", "data": values });
    for (customer, status, code) in [
        (customers[0].as_str(), "paid", "policy/denied"),
        (&customers[1], "open", "data/reference-broken"),
        (nowhere, "open", "data/reference-broken"),
    ] {
        let (mut single, mut batched) = (Vec::new(), Vec::new());
        for number in ["S1", "F9"] {
            let values = invoice(number, customer, status);
            single.push(town.create(&bob, "Invoice", values.clone()).await.unwrap_err());
            let other = step(invoice("N7", &customers[0], "open"));
            batched.push(town.batch(&bob, json!([other, step(values)])).await.unwrap_err());
        }
        assert_eq!((single[0].code.as_str(), batched[0].code.as_str()), (code, code), "{customer} {status}");
        let [taken, free] = <[Refusal; 2]>::try_from(single).unwrap();
        assert_eq!(same(taken), same(free));
        let [taken, free] = <[Refusal; 2]>::try_from(batched).unwrap();
        assert_eq!(taken.code, free.code);
    }
    // The same for a change; and what may be written is told.
    for (number, status, code) in
        [("S1", "paid", "policy/denied"), ("F9", "paid", "policy/denied"), ("S1", "open", "data/unique-taken")]
    {
        let changed = town.update(&bob, "Invoice", &own, json!({ "number": number, "status": status })).await;
        assert_eq!(changed.unwrap_err().code, code, "{number} {status}");
    }
    let made = town.create(&bob, "Invoice", invoice("S1", &customers[0], "open")).await.unwrap_err();
    assert_eq!(made.code, "data/unique-taken");
}
