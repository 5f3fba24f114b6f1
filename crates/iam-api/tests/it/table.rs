//! Both tables are sound: nothing twice, nothing undeclared, every sentence a sentence.

use iam_api::{
    BASE_PATH, Code, Dialect, Field, Kind, Method, Model, OPERATIONS, Own, Param, Place, Spec,
    Target, audit_events, credentials, scim,
};
use std::collections::HashSet;

/// The longest help text of an operation, and of anything else.
const DOC_MAX: usize = 420;
const SENTENCE_MAX: usize = 160;

fn assert_unique<T: std::hash::Hash + Eq + std::fmt::Debug>(items: impl IntoIterator<Item = T>) {
    let mut seen = HashSet::new();
    for item in items {
        let shown = format!("{item:?}");
        assert!(seen.insert(item), "{shown} comes twice");
    }
}

/// The names in braces of a path.
fn segments(spec: &Spec) -> Vec<&'static str> {
    let parts = spec.path.split('/').filter_map(|part| part.strip_prefix('{'));
    parts.map(|part| part.strip_suffix('}').unwrap()).collect()
}

/// The operations of the Identity API, and those of a domain.
fn tables() -> [&'static [&'static Spec]; 2] {
    [OPERATIONS, &scim::OPERATIONS]
}

/// The operations of both.
fn all() -> impl Iterator<Item = &'static Spec> {
    tables().into_iter().flatten().copied()
}

/// Every model that the table reaches.
fn models(table: &[&Spec]) -> Vec<&'static Model> {
    fn reach(kind: &Kind, found: &mut Vec<&'static Model>) {
        let Some(model) = kind.model() else { return };
        // A constant may have several addresses, so what is written the same is the same.
        let same = |known: &&Model| {
            known.name == model.name && format!("{known:?}") == format!("{model:?}")
        };
        if !found.iter().any(same) {
            found.push(model);
            model.fields.iter().for_each(|field| reach(&field.kind, found));
        }
    }
    let mut found = Vec::new();
    for spec in table {
        reach(&spec.body, &mut found);
        reach(&spec.reply, &mut found);
    }
    found
}

#[test]
fn nothing_is_in_a_table_twice() {
    let shape = |spec: &Spec| {
        let parts =
            spec.path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        (spec.method, parts.collect::<Vec<_>>())
    };
    assert_unique(all().map(shape));
    assert_unique(all().map(|spec| spec.command).filter(|command| !command.is_empty()));
    for table in tables() {
        assert_unique(table.iter().map(|spec| spec.id.to_lowercase()));
        assert_unique(models(table).iter().map(|model| model.name));
        for spec in table {
            assert_unique(spec.params.iter().map(|param| param.name));
        }
        for model in models(table) {
            assert_unique(model.fields.iter().map(|field| field.name.to_lowercase()));
        }
    }
}

#[test]
fn every_segment_of_a_path_is_declared_and_every_declared_one_is_in_the_path() {
    for spec in all() {
        let base = match spec.dialect {
            Dialect::Identity if spec.path.starts_with(BASE_PATH) => BASE_PATH,
            Dialect::Identity if spec.service() == "durward" => credentials::BASE_PATH,
            Dialect::Identity => audit_events::BASE_PATH,
            Dialect::Scim => scim::BASE_PATH,
        };
        let below = spec.path.strip_prefix(base).unwrap_or_default();
        assert!(below.starts_with('/') && !below.ends_with('/'), "{}", spec.path);
        let declared = spec.params.iter().filter(|param| param.place == Place::Path);
        let declared: Vec<&str> = declared.map(|param| param.name).collect();
        assert_eq!(segments(spec), declared, "{}", spec.id);
        let required = |name: &str| spec.param(name).unwrap().required;
        assert!(declared.iter().all(|name| required(name)), "{}", spec.id);
    }
}

#[test]
fn what_an_operation_acts_on_is_something_that_its_request_names() {
    for spec in OPERATIONS {
        let place_of = |name| spec.param(name).map(|param| param.place);
        match spec.target {
            Target::Path(name) | Target::User(name) => {
                assert_eq!(place_of(name), Some(Place::Path), "{}", spec.id)
            }
            Target::Query(name) => {
                assert_eq!(place_of(name), Some(Place::Query), "{}", spec.id);
                assert!(spec.param(name).unwrap().required, "{}", spec.id);
            }
            Target::QueryOrTenancy(name) => {
                assert_eq!(place_of(name), Some(Place::Query), "{}", spec.id);
            }
            Target::Body(name) | Target::TagsInBody(name) => {
                let field = spec.body.model().and_then(|model| model.field(name));
                assert!(field.is_some_and(|field| field.required), "{}", spec.id);
            }
            Target::Between(name, other) => {
                assert_eq!(place_of(name), Some(Place::Path), "{}", spec.id);
                let field = spec.body.model().and_then(|model| model.field(other));
                assert!(field.is_some_and(|field| field.required), "{}", spec.id);
            }
            Target::Tenancy | Target::Caller => assert!(segments(spec).is_empty(), "{}", spec.id),
            // Whatever else is named belongs to the domain as a whole.
            Target::Domain => assert_eq!(spec.dialect, Dialect::Scim, "{}", spec.id),
        }
    }
}

#[test]
fn what_a_method_takes_is_what_methods_of_its_kind_take() {
    for spec in all() {
        let (takes, id) = (|name| spec.param(name).is_some(), spec.id);
        let has_none = ["RecoverCompartment", "ResetIdpScimClient", "GenerateTotpSeed"];
        // In a domain, whatever changes something can be repeated safely.
        let repeats = match spec.dialect {
            Dialect::Identity => {
                spec.method == Method::Post && !spec.reads() && !has_none.contains(&id)
            }
            Dialect::Scim => !spec.reads(),
        };
        assert_eq!(takes("opc-retry-token"), repeats, "{id}");
        // Oracle's own exceptions: a tag namespace is updated blindly; locks and moves are not.
        let changes = matches!(spec.method, Method::Put | Method::Patch | Method::Delete)
            && id != "UpdateTagNamespace";
        let acts = [
            "RecoverCompartment",
            "MoveCompartment",
            "CascadeDeleteTagNamespace",
            "ActivateMfaTotpDevice",
            "GenerateTotpSeed",
        ];
        let acts = acts.contains(&id)
            || id.ends_with("Lock")
            || spec.path.starts_with("/20160918/domains/{domainId}/actions/");
        assert_eq!(takes("if-match"), changes || acts, "{id}");
        // The Audit service alone cuts its pages as it likes.
        assert!(takes("page") == takes("limit") || id == "ListEvents", "{id}");
        let has_body = !matches!(spec.body, Kind::Nothing);
        match spec.method {
            Method::Get | Method::Delete => assert!(!has_body, "{id}"),
            Method::Put | Method::Patch => assert!(has_body, "{id}"),
            Method::Post => {}
        }
        let success = match (spec.dialect, spec.method) {
            _ if spec.is_accepted => 202,
            (_, Method::Delete) => 204,
            (Dialect::Identity, Method::Post) if matches!(spec.reply, Kind::Nothing) => 204,
            (Dialect::Scim, Method::Post) if !spec.reads() => 201,
            _ => 200,
        };
        assert_eq!(spec.success(), success, "{id}");
    }
}

#[test]
fn a_page_is_a_list_in_the_way_of_its_dialect() {
    for spec in all().filter(|spec| spec.is_paged()) {
        assert!(spec.reads(), "{}", spec.id);
        let (resources, schemas) = match &spec.reply {
            Kind::Model(page) => {
                let items = page.field("Resources").or(page.field("items"));
                (items.unwrap().kind, page.field("schemas"))
            }
            reply => (*reply, None),
        };
        assert!(matches!(resources, Kind::List(_)), "{}", spec.id);
        assert_eq!(schemas.is_some(), spec.dialect == Dialect::Scim, "{}", spec.id);
    }
}

#[test]
fn what_is_accepted_is_waited_for_by_its_work_request() {
    for spec in OPERATIONS {
        let by_work = spec.waits_on.is_some_and(|id| id.ends_with("WorkRequest"));
        assert_eq!(spec.is_accepted, by_work, "{}", spec.id);
        assert!(!spec.is_accepted || matches!(spec.reply, Kind::Nothing), "{}", spec.id);
    }
}

#[test]
fn every_permission_that_is_needed_is_one_that_policies_can_grant() {
    for spec in all() {
        // Without one, an operation is for all who act on themselves, and for nobody else.
        let for_oneself = spec.target == Target::Caller && spec.own == Own::Everything;
        assert_eq!(spec.needs.is_empty(), for_oneself, "{}: nobody could be granted it", spec.id);
        assert_unique(spec.needs);
        for need in spec.needs {
            assert!(iam_policy::PermissionSet::needed(&[need]).is_some(), "{}: {need}", spec.id);
        }
    }
}

/// What does the same thing by way of a domain and by way of the Identity API.
const SAME: [(&str, &str); 13] = [
    ("CreateUser", "CreateUser"),
    ("GetUser", "GetUser"),
    ("ListUsers", "ListUsers"),
    ("SearchUsers", "ListUsers"),
    ("PutUser", "UpdateUser"),
    ("PatchUser", "UpdateUser"),
    ("DeleteUser", "DeleteUser"),
    ("PutUserPasswordResetter", "CreateOrResetUIPassword"),
    ("CreateUserLockedStateChanger", "UpdateUserState"),
    ("PutUserCapabilitiesChanger", "UpdateUserCapabilities"),
    ("GetPasswordPolicy", "GetAuthenticationPolicy"),
    ("PutPasswordPolicy", "UpdateAuthenticationPolicy"),
    ("PatchPasswordPolicy", "UpdateAuthenticationPolicy"),
];

#[test]
fn a_domain_asks_for_the_permissions_that_the_identity_api_asks_for() {
    let [identity, domain] = tables();
    for (ours, theirs) in SAME {
        let ours = domain.iter().find(|spec| spec.id == ours).unwrap();
        let theirs = identity.iter().find(|spec| spec.id == theirs).unwrap();
        assert_eq!(ours.needs, theirs.needs, "{} and {}", ours.id, theirs.id);
        // Nor are users let do more to themselves.
        assert!(ours.own == Own::Nothing || ours.own == theirs.own, "{}", ours.id);
    }
}

#[test]
fn users_own_only_what_is_under_their_own_id() {
    let theirs = |spec: &Spec| {
        matches!(spec.target, Target::Path("userId") | Target::User(_) | Target::Caller)
    };
    for spec in all() {
        match spec.own {
            Own::Nothing => {}
            Own::Everything => assert!(theirs(spec), "{}", spec.id),
            Own::Fields(fields) => {
                assert!(theirs(spec), "{}", spec.id);
                let model = spec.body.model().unwrap();
                assert!(fields.iter().all(|name| model.field(name).is_some()), "{}", spec.id);
            }
        }
    }
}

#[test]
fn what_is_waited_for_is_read_by_an_operation_of_the_table_that_tells_a_state() {
    for spec in OPERATIONS {
        let Some(id) = spec.waits_on else { continue };
        let reader = OPERATIONS.iter().find(|other| other.id == id);
        let reader = reader.unwrap_or_else(|| panic!("{}: {id} is not served", spec.id));
        assert!(reader.reads());
        let model = reader.reply.model().unwrap();
        let tells = ["lifecycleState", "status"].iter().any(|name| model.field(name).is_some());
        assert!(tells, "{id}");
    }
}

fn assert_sentence(text: &str, whose: &str, length_max: usize) {
    assert!(text.ends_with('.') && !text.ends_with(".."), "{whose}: {text:?}");
    assert!(text.len() <= length_max, "{whose} says it in {} bytes: {text:?}", text.len());
    let first = text.chars().next().unwrap();
    assert!(first.is_uppercase() || first == '`', "{whose}: {text:?}");
    assert!(!["  ", "\n", "\t", " ,"].iter().any(|odd| text.contains(odd)), "{whose}: {text:?}");
}

#[test]
fn every_help_text_is_a_sentence_and_no_longer_than_needed() {
    for spec in all() {
        assert_sentence(spec.doc, spec.id, DOC_MAX);
        for param in spec.params {
            assert_sentence(param.doc, &format!("{} {}", spec.id, param.name), SENTENCE_MAX);
        }
    }
    for model in tables().into_iter().flat_map(models) {
        assert_sentence(model.doc, model.name, SENTENCE_MAX);
        for Field { name, doc, .. } in model.fields {
            assert_sentence(doc, &format!("{}.{name}", model.name), SENTENCE_MAX);
        }
    }
    for code in Code::ALL {
        assert_sentence(code.meaning(), &code.to_string(), SENTENCE_MAX);
    }
}

#[test]
fn every_code_stands_once_among_all_and_in_the_order_of_its_status() {
    assert_unique(Code::ALL);
    assert!(Code::ALL.windows(2).all(|pair| pair[0].status() <= pair[1].status()));
    assert!(Code::ALL.iter().all(|code| (400..600).contains(&code.status())));
}

#[test]
fn a_row_of_a_domain_and_its_operations_tell_the_same() {
    let rows = scim::RESOURCES;
    assert_unique(rows.iter().map(|row| row.name));
    assert_unique(rows.iter().map(|row| row.path));
    assert_unique(rows.iter().map(|row| row.schema));
    for row in rows {
        for spec in row.operations {
            assert_eq!(spec.dialect, Dialect::Scim);
            assert_eq!(spec.command.is_empty(), !row.official, "{}", spec.id);
            let one = row.id.map(|id| format!("{}/{{{id}}}", row.path));
            let search = format!("{}/.search", row.path);
            let paths = [Some(row.path), one.as_deref(), Some(search.as_str())];
            assert!(paths.contains(&Some(spec.path)), "{}: {}", spec.id, spec.path);
        }
        assert!(row.extensions().all(|urn| row.model.field(urn).unwrap().kind.model().is_some()));
    }
}

#[test]
fn a_parameter_of_a_domain_means_the_same_wherever_it_is_taken() {
    let mut known: Vec<&Param> = Vec::new();
    for param in scim::OPERATIONS.iter().flat_map(|spec| spec.params) {
        match known.iter().find(|other| other.name == param.name) {
            Some(other) => assert_eq!((other.place, other.doc), (param.place, param.doc)),
            None => known.push(param),
        }
    }
    assert!(known.len() > 10);
}

#[test]
fn what_clients_alone_know_is_never_returned() {
    let fields = models(&scim::OPERATIONS).into_iter().flat_map(|model| model.fields);
    let written = fields.filter(|field| field.traits.mutability == scim::Mutability::WriteOnly);
    let mut count = 0;
    for field in written {
        assert_eq!(field.traits.returned, scim::Returned::Never, "{}", field.name);
        count += 1;
    }
    assert!(count > 0);
}
