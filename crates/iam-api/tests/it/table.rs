//! The table is sound: nothing twice, nothing undeclared, every sentence a sentence.

use iam_api::{Code, Field, Kind, Method, Model, OPERATIONS, Own, Place, Spec, Target};
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

/// Every model that the table reaches.
fn models() -> Vec<&'static Model> {
    fn reach(kind: &Kind, found: &mut Vec<&'static Model>) {
        let Some(model) = kind.model() else { return };
        if !found.iter().any(|known| std::ptr::eq(*known, model)) {
            found.push(model);
            model.fields.iter().for_each(|field| reach(&field.kind, found));
        }
    }
    let mut found = Vec::new();
    for spec in OPERATIONS {
        reach(&spec.body, &mut found);
        reach(&spec.reply, &mut found);
    }
    found
}

#[test]
fn nothing_is_in_the_table_twice() {
    assert_unique(OPERATIONS.iter().map(|spec| spec.id.to_lowercase()));
    let commands = OPERATIONS.iter().map(|spec| spec.command);
    assert_unique(commands.filter(|command| !command.is_empty()));
    let shape = |spec: &Spec| {
        let parts =
            spec.path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        (spec.method, parts.collect::<Vec<_>>())
    };
    assert_unique(OPERATIONS.iter().map(|spec| shape(spec)));
    assert_unique(models().iter().map(|model| model.name));
    for spec in OPERATIONS {
        assert_unique(spec.params.iter().map(|param| param.name));
    }
    for model in models() {
        assert_unique(model.fields.iter().map(|field| field.name));
    }
}

#[test]
fn every_segment_of_a_path_is_declared_and_every_declared_one_is_in_the_path() {
    for spec in OPERATIONS {
        assert!(spec.path.starts_with("/20160918/") && !spec.path.ends_with('/'), "{}", spec.path);
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
            Target::Path(name) => assert_eq!(place_of(name), Some(Place::Path), "{}", spec.id),
            Target::Query(name) => {
                assert_eq!(place_of(name), Some(Place::Query), "{}", spec.id);
                assert!(spec.param(name).unwrap().required, "{}", spec.id);
            }
            Target::Body(name) => {
                let field = spec.body.model().and_then(|model| model.field(name));
                assert!(field.is_some_and(|field| field.required), "{}", spec.id);
            }
            Target::Tenancy => assert!(segments(spec).is_empty(), "{}", spec.id),
        }
    }
}

#[test]
fn what_a_method_takes_is_what_methods_of_its_kind_take() {
    for spec in OPERATIONS {
        let (takes, id) = (|name| spec.param(name).is_some(), spec.id);
        assert_eq!(takes("opc-retry-token"), spec.method == Method::Post, "{id}");
        let changes = matches!(spec.method, Method::Put | Method::Delete);
        assert_eq!(takes("if-match"), changes, "{id}");
        assert_eq!(takes("page"), takes("limit"), "{id}");
        let has_body = !matches!(spec.body, Kind::Nothing);
        match spec.method {
            Method::Get | Method::Delete => assert!(!has_body, "{id}"),
            Method::Put => assert!(has_body, "{id}"),
            Method::Post => {}
        }
        assert_eq!(spec.success(), if spec.method == Method::Delete { 204 } else { 200 }, "{id}");
        if spec.is_paged() {
            assert!(matches!(spec.reply, Kind::List(_)), "{id}");
        }
    }
}

#[test]
fn every_permission_that_is_needed_is_one_that_policies_can_grant() {
    for spec in OPERATIONS {
        assert!(!spec.needs.is_empty(), "{}: nobody could be granted it", spec.id);
        assert_unique(spec.needs);
        for need in spec.needs {
            assert!(iam_policy::known_permission(need), "{}: {need}", spec.id);
        }
    }
}

#[test]
fn users_own_only_what_is_under_their_own_id() {
    for spec in OPERATIONS {
        match spec.own {
            Own::Nothing => {}
            Own::Everything => assert_eq!(spec.target, Target::Path("userId"), "{}", spec.id),
            Own::Fields(fields) => {
                assert_eq!(spec.target, Target::Path("userId"), "{}", spec.id);
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
        assert!(reader.reply.model().unwrap().field("lifecycleState").is_some(), "{id}");
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
    for spec in OPERATIONS {
        assert_sentence(spec.doc, spec.id, DOC_MAX);
        for param in spec.params {
            assert_sentence(param.doc, &format!("{} {}", spec.id, param.name), SENTENCE_MAX);
        }
    }
    for model in models() {
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
