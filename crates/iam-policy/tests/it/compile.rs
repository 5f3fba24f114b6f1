//! Binding: what names mean, where a policy may speak of, and what is kept.

use iam_policy::{Compiled, PolicySet, compile, parse};

use crate::world::{Attached, World};

const ROOT: usize = 0;
const ALPHA: usize = 1;
const HIERARCHY: &str = " under current compartment hierarchy.";
const SUBTREE: &str = " does not exist or is not part of the policy compartment subtree";

fn kept(attached: usize, statement: &str) -> String {
    serde_json::to_string(&World::new().compile(attached, statement).unwrap()).unwrap()
}

fn refused(attached: usize, statement: &str) -> String {
    World::new().compile(attached, statement).unwrap_err().to_string()
}

#[test]
fn names_become_ocids_and_verbs_permissions() {
    let statement = "Allow group helpdesk, id ocid1.group.oc1..aaaaaaaag0 to use users \
                     in compartment Alpha:Apps";
    let wanted = [
        r#"{"format":1,"#,
        r#""to":{"groups":["ocid1.group.oc1..aaaaaaaag0","ocid1.group.oc1..aaaaaaaag1"]},"#,
        r#""grants":{"permissions":["USER_INSPECT","USER_READ","USER_UPDATE"]},"#,
        r#""compartment":"ocid1.compartment.oc1..aaaaaaaac3","#,
        r#""attached_to":"ocid1.tenancy.oc1..aaaaaaaac0"}"#,
    ];
    assert_eq!(kept(ROOT, statement), wanted.concat());
}

#[test]
fn to_manage_all_resources_is_kept_as_everything() {
    let wanted = [
        r#"{"format":1,"to":{"groups":["ocid1.group.oc1..aaaaaaaag0"]},"grants":"everything","#,
        r#""compartment":"ocid1.tenancy.oc1..aaaaaaaac0","#,
        r#""attached_to":"ocid1.tenancy.oc1..aaaaaaaac0"}"#,
    ];
    let statement = "ALLOW GROUP Administrators to manage all-resources IN TENANCY";
    assert_eq!(kept(ROOT, statement), wanted.concat());
    let weaker = kept(ROOT, "Allow any-user to use all-resources in tenancy");
    assert!(weaker.contains("COMPARTMENT_UPDATE") && !weaker.contains("COMPARTMENT_DELETE"));
}

#[test]
fn a_group_named_twice_stands_once() {
    let twice =
        kept(ROOT, "Allow group HelpDesk, HELPDESK, Default/helpdesk to use users in tenancy");
    assert_eq!(twice.matches("ocid1.group").count(), 1);
}

/// OCI's words.
fn absent(what: &str) -> String {
    format!("The {what} specified in the policy statement does not exist{HIERARCHY}")
}

#[test]
fn a_group_that_does_not_exist_is_refused_in_the_words_of_oci() {
    assert_eq!(
        refused(ROOT, "Allow group HelpDesk, Nobodies to use users in tenancy"),
        absent("group Nobodies")
    );
    assert_eq!(
        refused(ROOT, "Allow group id ocid1.group.oc1..elsewhere to use users in tenancy"),
        absent("group ocid1.group.oc1..elsewhere")
    );
}

#[test]
fn the_mark_stands_below_the_name_that_means_nothing() {
    let statement = "Allow group HelpDesk, 'Nobodies' to use users in tenancy";
    let error = World::new().compile(ROOT, statement).unwrap_err();
    assert_eq!(statement.get(error.span()), Some("'Nobodies'"));
    let statement = "Allow group HelpDesk to use users in compartment Alpha : Nowhere";
    let error = World::new().compile(ROOT, statement).unwrap_err();
    assert_eq!(statement.get(error.span()), Some("compartment Alpha : Nowhere"));
}

#[test]
fn a_compartment_that_does_not_exist_is_refused_in_the_words_of_oci() {
    let nowhere = "ocid1.compartment.oc1..elsewhere";
    assert_eq!(
        refused(ROOT, "Allow group HelpDesk to use users in compartment Alpha:Nowhere"),
        absent("compartment Alpha:Nowhere")
    );
    assert_eq!(
        refused(ROOT, &format!("Allow group HelpDesk to use users in compartment id {nowhere}")),
        format!("Compartment {nowhere}{SUBTREE}")
    );
}

#[test]
fn a_policy_speaks_only_of_its_own_compartment_and_those_below() {
    for reachable in ["Alpha", "Apps", "Apps:Deep", "id ocid1.compartment.oc1..aaaaaaaac5"] {
        kept(ALPHA, &format!("Allow any-group to read users in compartment {reachable}"));
    }
    for outside in ["Beta", "acme", "Alpha:Beta", "Deep"] {
        let error =
            refused(ALPHA, &format!("Allow any-group to read users in compartment {outside}"));
        assert!(error.ends_with(HIERARCHY), "{error}");
    }
    for ocid in ["ocid1.compartment.oc1..aaaaaaaac2", "ocid1.tenancy.oc1..aaaaaaaac0"] {
        let error =
            refused(ALPHA, &format!("Allow any-group to read users in compartment id {ocid}"));
        assert!(error.ends_with(SUBTREE), "{error}");
    }
}

#[test]
fn only_a_policy_of_the_tenancy_speaks_of_the_tenancy() {
    kept(ROOT, "Allow any-group to read users in tenancy");
    assert_eq!(
        refused(ALPHA, "Allow any-group to read users in tenancy"),
        "`in tenancy` needs a policy attached to the tenancy; \
         name the compartment, or attach the policy to the tenancy"
    );
}

#[test]
fn what_this_version_does_not_know_entirely_does_not_load() {
    let good = kept(ROOT, "Allow group HelpDesk to {USER_READ} in tenancy");
    serde_json::from_str::<Compiled>(&good).unwrap();
    for (was, is) in [
        (r#""format":1"#, r#""format":2"#),
        (r#""format":1"#, r#""format":"1""#),
        (r#""format":1,"#, ""),
        (r#""USER_READ""#, r#""USER_READ","USER_PAINT""#),
        (r#""grants":{"#, r#""condition":"x","grants":{"#),
        (r#""grants":{"#, r#""condition":{"none":[]},"grants":{"#),
        (r#""grants":{"#, r#""unless":null,"grants":{"#),
        (r#""permissions":["#, r#""denied":["#),
        (r#""to":{"groups""#, r#""to":{"dynamic-groups""#),
        (r#","attached_to":"ocid1.tenancy.oc1..aaaaaaaac0""#, ""),
    ] {
        let bad = good.replacen(was, is, 1);
        assert_ne!(bad, good, "{was}");
        serde_json::from_str::<Compiled>(&bad).expect_err(&bad);
    }
}

#[test]
fn a_dynamic_group_is_bound_to_its_ocid_and_is_no_group() {
    let statement = "Allow dynamic-group builders, id ocid1.dynamicgroup.oc1..aaaaaaaad1 \
                     to use users in tenancy";
    let wanted = r#""to":{"groups":["ocid1.dynamicgroup.oc1..aaaaaaaad0","#;
    assert!(kept(ROOT, statement).contains(wanted), "{}", kept(ROOT, statement));
    for (subject, what) in [
        ("group Builders", "group Builders"),
        ("dynamic-group HelpDesk", "dynamic group HelpDesk"),
        ("group id ocid1.dynamicgroup.oc1..aaaaaaaad0", "group ocid1.dynamicgroup.oc1..aaaaaaaad0"),
        (
            "dynamic-group id ocid1.group.oc1..aaaaaaaag0",
            "dynamic group ocid1.group.oc1..aaaaaaaag0",
        ),
    ] {
        let statement = format!("Allow {subject} to use users in tenancy");
        assert_eq!(refused(ROOT, &statement), absent(what));
    }
}

#[test]
fn a_group_of_another_domain_is_not_the_one_of_that_name() {
    let statement = "Allow group PARTNERS/administrators to use users in tenancy";
    assert!(kept(ROOT, statement).contains(r#"{"groups":["ocid1.group.oc1..aaaaaaaag5"]}"#));
    for absentee in ["Partners/HelpDesk", "Elsewhere/Administrators", "Administrators/Default"] {
        let statement = format!("Allow group {absentee} to use users in tenancy");
        assert_eq!(refused(ROOT, &statement), absent(&format!("group {absentee}")));
    }
    let statement = "Allow dynamic-group Partners/Builders to use users in tenancy";
    assert_eq!(refused(ROOT, statement), absent("dynamic group Partners/Builders"));
}

#[test]
fn services_are_kept_by_their_names() {
    let statement = "Allow service FAAS, 'objectstorage-eu', faas to read users in tenancy";
    let wanted = r#""to":{"services":["faas","objectstorage-eu"]},"#;
    assert!(kept(ROOT, statement).contains(wanted), "{}", kept(ROOT, statement));
}

#[test]
fn what_crosses_tenancies_is_kept_with_the_way_it_goes() {
    let endorse = "Endorse group HelpDesk to inspect users in any-tenancy";
    let wanted = r#""crossing":{"endorse":"any"},"compartment":"""#;
    assert!(kept(ROOT, endorse).contains(wanted), "{}", kept(ROOT, endorse));
    let admit = "Admit group id ocid1.group.oc1..theirs to inspect users in compartment Alpha";
    let wanted = r#""to":{"groups":["ocid1.group.oc1..theirs"]}"#;
    assert!(kept(ROOT, admit).contains(wanted), "{}", kept(ROOT, admit));
    assert!(kept(ROOT, admit).contains(r#""crossing":{"admit":"any"}"#), "{}", kept(ROOT, admit));
}

#[test]
fn to_deny_is_kept_as_what_it_takes() {
    let wanted = r#"{"format":1,"denies":true,"to":"any-user","grants":{"permissions":["GROUP_CREATE","GROUP_DELETE"]},"#;
    assert!(kept(ROOT, "Deny any-user to manage groups in tenancy").starts_with(wanted));
    let everything = kept(ROOT, "deny any-user to inspect all-resources in tenancy");
    assert!(everything.contains(r#""grants":"everything""#), "{everything}");
    let most = kept(ROOT, "deny any-user to read all-resources in tenancy");
    assert!(most.contains("COMPARTMENT_READ") && !most.contains("COMPARTMENT_INSPECT"), "{most}");
}

#[test]
fn to_deny_is_refused_where_the_tenancy_has_not_chosen_that() {
    let (world, statement) = (World::new(), "Deny any-user to use users in tenancy");
    let names = Attached { world: &world, attached: ROOT, may_deny: false };
    let error = compile(&parse(statement).unwrap(), &names).unwrap_err();
    assert_eq!(statement.get(error.span()), Some("Deny"));
    assert_eq!(
        error.to_string(),
        "`Deny` statements are not enabled in this tenancy; \
         `durward policy enable-deny` enables them, on the host and for good"
    );
    compile(&parse("Allow any-user to use users in tenancy").unwrap(), &names).unwrap();
}

#[test]
fn the_values_of_a_condition_are_kept_in_the_form_in_which_they_are_compared() {
    let statement = "Allow any-user to use users in tenancy where request.networksource.NAME \
                     not in ('Main Office', LAB)";
    let wanted = r#""condition":{"test":{"variable":"request.networkSource.name","negated":true,"values":["main office","lab"]}}"#;
    assert!(kept(ROOT, statement).contains(wanted), "{}", kept(ROOT, statement));
}

#[test]
fn thousands_of_statements_make_a_set() {
    let world = World::new();
    let one =
        world.compile(ROOT, "Allow group HelpDesk to read users in compartment Alpha").unwrap();
    PolicySet::new(std::iter::repeat_n(one, 50_000));
}
