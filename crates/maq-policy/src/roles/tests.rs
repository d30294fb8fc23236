use super::*;
use proptest::prelude::*;

fn role(name: &str, permissions: &[&str], inherits: &[&str]) -> maq_ir::Role {
    let texts = |texts: &[&str]| texts.iter().map(|text| Arc::from(*text)).collect();
    maq_ir::Role {
        id: format!("rol_{name}").into(),
        name: name.into(),
        permissions: texts(permissions),
        inherits: texts(inherits),
    }
}

fn permits(roles: &[maq_ir::Role], role: &str, operation: &str, resource: &str) -> bool {
    RoleCatalogue::new(roles).permits(&[role.to_owned()], operation, resource)
}

#[test]
fn wildcards_cover_operations_and_resources() {
    let roles = [
        role("reader", &["entity.read:Invoice"], &[]),
        role("seller", &["read:Sales*", "workflow.*:SalesOrder"], &[]),
        role("owner", &["*"], &[]),
        role("billing", &["*:Invoice"], &[]),
    ];
    for (name, operation, resource, expected) in [
        ("reader", "read", "Invoice", true),
        ("reader", "entity.read", "Invoice", true),
        ("reader", "update", "Invoice", false),
        ("reader", "read", "InvoiceLine", false),
        ("seller", "read", "SalesOrder", true),
        ("seller", "read", "Sales", true),
        ("seller", "read", "Order", false),
        ("seller", "workflow.approve", "SalesOrder", true),
        ("seller", "approve", "SalesOrder", true),
        ("seller", "workflow.approve", "SalesTeam", false),
        ("owner", "delegation.grant", "Anything", true),
        ("owner", "fly", "Anything", false),
        ("billing", "workflow.start", "Invoice", true),
        ("nobody", "read", "Invoice", false),
    ] {
        assert_eq!(permits(&roles, name, operation, resource), expected, "{name} {operation} {resource}");
    }
}

#[test]
fn what_is_no_permission_says_why() {
    for (text, expected) in [
        ("read", "a permission is `action:resource`"),
        ("", "a permission is `action:resource`"),
        (":Invoice", "a permission is `action:resource`"),
        ("read:", "a permission is `action:resource`"),
        ("read: Invoice", "a permission is `action:resource`"),
        ("read:a:b", "a permission is `action:resource`"),
        ("read:In*voice", "`*` may stand at the end of a resource only"),
        ("read:**", "`*` may stand at the end of a resource only"),
        ("red:Invoice", "`red` is no operation"),
        ("workflows.*:Invoice", "`workflows.*` is no operation"),
        ("wor*:Invoice", "`wor*` is no operation"),
        ("comment:Invoice", "`comment` is an operation of several namespaces"),
    ] {
        assert_eq!(Permission::parse(text).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn permissions_on_records_become_policies_of_the_role_and_its_heirs() {
    let roles = [
        role("clerk", &["list:Invoice", "create:*", "workflow.*:*", "read:Note"], &[]),
        role("chief", &["*:Invoice"], &["clerk"]),
    ];
    let policies = RoleCatalogue::new(&roles).policies_for("Invoice");
    let told: Vec<String> = policies
        .iter()
        .map(|it| format!("{} {}: {:?} {} to {}", it.id, it.name, it.effect, it.actions.join(","), it.roles.join(",")))
        .collect();
    assert_eq!(
        told,
        [
            "rol_chief/*:Invoice role chief: *:Invoice: Allow create,read,update,delete to chief",
            "rol_clerk/list:Invoice role clerk: list:Invoice: Allow read to chief,clerk",
            "rol_clerk/create:* role clerk: create:*: Allow create to chief,clerk",
        ]
    );
}

#[test]
fn inheriting_is_transitive_and_a_circle_ends() {
    let roles = [
        role("user", &["read:Invoice"], &[]),
        role("manager", &["update:Invoice"], &["user"]),
        role("chief", &[], &["manager", "ghost"]),
        role("a", &["delete:Invoice"], &["b"]),
        role("b", &[], &["a", "b"]),
        role("user", &["*"], &[]),
    ];
    assert!(permits(&roles, "chief", "read", "Invoice"));
    assert!(permits(&roles, "chief", "update", "Invoice"));
    assert!(!permits(&roles, "user", "update", "Invoice"), "who inherits gives nothing back");
    assert!(permits(&roles, "b", "delete", "Invoice"));
    assert!(!permits(&roles, "user", "delete", "Invoice"), "the first of two counts");
    let catalogue = RoleCatalogue::new(&roles);
    assert_eq!(catalogue.with_ancestors("chief").collect::<Vec<_>>(), ["chief", "manager", "user"]);
    let grants: Vec<Grant<'_>> = catalogue.grants("chief", "list", "Invoice").collect();
    assert_eq!(grants, [Grant { role: "user", permission: "read:Invoice" }], "who may read may list");
}

#[test]
fn who_inherits_a_role_meets_its_policies_and_denies() {
    let roles = [role("user", &[], &[]), role("manager", &[], &["user"]), role("chief", &[], &["manager"])];
    let policy = |name: &str, roles: &[&str], principals: &[&str]| Policy {
        name: name.into(),
        roles: roles.iter().map(|role| Arc::from(*role)).collect(),
        principals: principals.iter().map(|user| Arc::from(*user)).collect(),
        ..Policy::default()
    };
    let policies =
        [policy("ofUsers", &["user", "manager"], &[]), policy("ofAll", &[], &[]), policy("ofAnn", &[], &["ann"])];
    let inherited = RoleCatalogue::new(&roles).with_inherited(&policies);
    let told: Vec<String> = inherited.iter().map(|it| format!("{}: {}", it.name, it.roles.join(","))).collect();
    assert_eq!(told, ["ofUsers: user,manager,chief", "ofAll: ", "ofAnn: "]);
}

fn any_permission() -> impl Strategy<Value = String> {
    let action = prop_oneof![
        Just("*"),
        Just("read"),
        Just("list"),
        Just("entity.*"),
        Just("entity.update"),
        Just("workflow.*"),
        Just("approve"),
        Just("workflow.approve"),
        Just("utility.export")
    ];
    let resource = prop_oneof![Just("*"), Just("Sales*"), Just("SalesOrder"), Just("Invoice"), Just("S*")];
    (action, resource).prop_map(|(action, resource)| format!("{action}:{resource}"))
}

proptest! {
    #[test]
    fn a_permission_that_includes_another_covers_all_it_covers(one in any_permission(), other in any_permission()) {
        let (one, other) = (Permission::parse(&one).unwrap(), Permission::parse(&other).unwrap());
        let mut wider = true;
        for resource in ["SalesOrder", "SalesTeam", "Sun", "Invoice", "Note"] {
            for (namespace, operation) in operations() {
                let (here, there) = (one.covers(namespace, operation, resource), other.covers(namespace, operation, resource));
                wider &= here || !there;
            }
        }
        prop_assert_eq!(one.includes(&other), wider, "{} and {}", one.text(), other.text());
    }

    #[test]
    fn any_text_is_a_permission_or_says_why_and_comes_back_as_it_was(text in "[a-zA-Z.*: ]{0,20}|.{0,12}") {
        match Permission::parse(&text) {
            Ok(permission) => prop_assert_eq!(&**permission.text(), &*text),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn what_a_role_is_permitted_is_what_its_policies_allow(
        permissions in prop::collection::vec(any_permission(), 0..5),
        inherited in prop::collection::vec(any_permission(), 0..5),
    ) {
        let texts = |list: &[String]| list.iter().map(|text| Arc::from(text.as_str())).collect();
        let roles = [
            maq_ir::Role { permissions: texts(&inherited), ..role("user", &[], &[]) },
            maq_ir::Role { permissions: texts(&permissions), ..role("chief", &[], &["user"]) },
        ];
        let catalogue = RoleCatalogue::new(&roles);
        for entity in ["SalesOrder", "Invoice", "Note"] {
            let policies = catalogue.policies_for(entity);
            for name in ["user", "chief"] {
                for action in ACTIONS {
                    let allowed = policies.iter().any(|policy| {
                        policy.roles.iter().any(|role| **role == *name) && policy.actions.iter().any(|it| **it == *action)
                    });
                    prop_assert_eq!(allowed, catalogue.permits(&[name.to_owned()], action, entity), "{} {} {}", name, action, entity);
                }
            }
        }
    }
}
