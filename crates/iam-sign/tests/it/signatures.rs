//! Good signatures are accepted in every style; a request that differs in one byte is refused.

use iam_sign::{KeyId, PrivateKey, PublicKey, SignatureError, format_http_date};
use proptest::prelude::*;

use crate::scene::{HOST, KNOWN, NOW, Request, file, key_id};

#[test]
fn the_header_has_the_form_of_the_python_sdk() {
    let signature = |value: &str| value.split("signature=\"").nth(1).unwrap()[..344].to_owned();
    let get = Request::get().value("authorization");
    let expected = format!(
        "Signature algorithm=\"rsa-sha256\",headers=\"date (request-target) host\",keyId=\"{}\",\
         signature=\"{}\",version=\"1\"",
        key_id(),
        signature(&get)
    );
    assert_eq!(get, expected);
    let post = Request::post();
    assert!(post.value("authorization").contains(
        "headers=\"date (request-target) host content-length content-type x-content-sha256\""
    ));
    let names: Vec<&str> = post.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["date", "host", "content-length", "content-type", "x-content-sha256", "authorization"]
    );
    assert_eq!(post.value("content-type"), "application/json");
    assert_eq!(post.value("content-length"), "19");
    assert_eq!(Request::get().headers.len(), 3);
}

#[test]
fn an_empty_body_is_signed_as_well() {
    let post = Request::signed("POST", "/20160918/users/ocid1.user.oc1..b/uiPassword", b"");
    assert_eq!(post.value("content-length"), "0");
    assert_eq!(post.value("x-content-sha256"), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(post.check(), Ok(()));
}

#[test]
fn every_method_is_accepted_as_signed() {
    for method in ["GET", "HEAD", "DELETE"] {
        assert_eq!(Request::signed(method, "/20160918/users", b"").check(), Ok(()), "{method}");
    }
    for method in ["POST", "PUT", "PATCH"] {
        assert_eq!(Request::signed(method, "/20160918/users", b"{}").check(), Ok(()), "{method}");
    }
}

#[test]
fn the_key_id_is_read_in_its_three_parts() {
    let presented = Request::get().read_at(NOW).unwrap();
    assert_eq!(presented.key_id(), KNOWN);
    assert!(!format!("{presented:?}").contains("signature"));
}

#[test]
fn the_token_of_a_session_is_read_and_never_written_into_a_log() {
    let token = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln_-";
    let request = Request::get().authorization(&key_id(), &format!("ST${token}"));
    let presented = request.read_at(NOW).unwrap();
    assert_eq!(presented.key_id(), KeyId::Token(token));
    let shown = format!("{presented:?} {:?}", presented.key_id());
    assert!(shown.contains("ST$") && !shown.contains("eyJ"), "{shown}");
}

/// Every order of the items.
fn orders<'item>(items: &[&'item str]) -> Vec<Vec<&'item str>> {
    let Some((first, others)) = items.split_first() else { return vec![vec![]] };
    let inserted = |order: &[&'item str], place: usize| {
        let (before, after) = order.split_at(place);
        [before, &[*first], after].concat()
    };
    orders(others)
        .iter()
        .flat_map(|order| (0..=order.len()).map(|place| inserted(order, place)).collect::<Vec<_>>())
        .collect()
}

#[test]
fn parameters_may_come_in_any_order_and_with_blanks_around_commas() {
    let value = Request::post().value("authorization");
    let parameters: Vec<&str> = value.strip_prefix("Signature ").unwrap().split(',').collect();
    assert_eq!(parameters.len(), 5);
    let orders = orders(&parameters);
    assert_eq!(orders.len(), 120);
    for order in orders {
        for comma in [",", ", ", " ,", "\t,  "] {
            let value = format!("Signature {}", order.join(comma));
            assert_eq!(Request::post().with("authorization", &value).check(), Ok(()), "{value}");
        }
    }
}

#[test]
fn the_version_may_be_left_out() {
    assert_eq!(Request::get().authorization(",version=\"1\"", "").check(), Ok(()));
}

#[test]
fn headers_may_be_signed_in_any_order_and_more_than_needed() {
    let listed = "x-content-sha256 host content-type opc-retry-token date content-length \
                  (request-target)";
    let request = Request::post().with("opc-retry-token", "a-token").signed_again(listed);
    assert_eq!(request.check(), Ok(()));
    let changed = request.with("opc-retry-token", "b-token");
    assert_eq!(changed.check(), Err(SignatureError::Signature));
}

#[test]
fn header_names_may_come_in_any_case_and_values_with_blanks_around() {
    let mut request = Request::post();
    for (name, value) in &mut request.headers {
        *name = name.to_uppercase();
        *value = [b" \t", value.as_slice(), b" "].concat();
    }
    assert_eq!(request.check(), Ok(()));
}

#[test]
fn listed_names_may_come_in_any_case_as_oracles_typescript_sdk_writes_them() {
    let listed = "(request-target) host date content-type content-length x-content-sha256";
    let spelled = "(request-target) host Date Content-Type Content-Length x-content-sha256";
    let request = Request::post().signed_again(listed).authorization(listed, spelled);
    assert_eq!(request.check(), Ok(()));
}

#[test]
fn a_get_that_also_signs_the_digest_of_nothing_is_accepted() {
    let digest = Request::signed("POST", "/", b"").value("x-content-sha256");
    let listed = "date (request-target) host x-content-sha256";
    let request = Request::get().with("x-content-sha256", &digest).signed_again(listed);
    assert_eq!(request.check(), Ok(()));
    let other = Request::signed("POST", "/", b"x").value("x-content-sha256");
    let request = Request::get().with("x-content-sha256", &other).signed_again(listed);
    assert_eq!(request.check(), Err(SignatureError::BodyDigest));
}

#[test]
fn x_date_stands_in_for_date_and_wins_over_it() {
    let old = format_http_date(NOW - 86_400);
    let now = format_http_date(NOW);
    let browser = Request::get().without("date").with("x-date", &now);
    assert_eq!(browser.signed_again("x-date (request-target) host").check(), Ok(()));
    let both = "date x-date (request-target) host";
    let x_date_is_new = Request::get().with("date", &old).with("x-date", &now).signed_again(both);
    assert_eq!(x_date_is_new.check(), Ok(()));
    let x_date_is_old = Request::get().with("x-date", &old).signed_again(both);
    assert_eq!(x_date_is_old.check(), Err(SignatureError::DateSkew(-86_400)));
    // What is not signed counts for nothing.
    let unsigned = Request::get().with("x-date", &old);
    assert_eq!(unsigned.check(), Ok(()));
}

#[test]
fn a_larger_key_signs_as_well() {
    let key = PrivateKey::from_pem(file("rsa4096.pem").as_bytes(), None).unwrap();
    let public = PublicKey::from_spki_pem(&key.public_key_pem()).unwrap();
    let date = format_http_date(NOW);
    let headers = iam_sign::sign_request(&key, &key_id(), "GET", HOST, "/", &date, None).unwrap();
    let pairs = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
    let presented = iam_sign::Presented::read("GET", "/", pairs, NOW).unwrap();
    assert_eq!(presented.verify(&public), Ok(()));
    assert_eq!(presented.verify_unknown(), SignatureError::KeyUnknown);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_signed_is_accepted(
        method in prop::sample::select(vec!["POST", "PUT", "PATCH"]),
        target in "/[!-~]{0,60}",
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert_eq!(Request::signed(method, &target, &body).check(), Ok(()));
        prop_assert_eq!(Request::signed("GET", &target, b"").check(), Ok(()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn one_changed_byte_of_any_signed_part_is_refused(
        part: prop::sample::Index,
        place: prop::sample::Index,
        change in 1..=255u8,
    ) {
        let mut request = Request::post();
        let mut method = request.method.clone().into_bytes();
        let mut target = request.target.clone().into_bytes();
        let mut parts: Vec<&mut [u8]> = vec![&mut method, &mut target, &mut request.body];
        for (name, value) in &mut request.headers {
            // The scheme's name is not signed, and may come in any case.
            let start = if name == "authorization" { "Signature ".len() } else { 0 };
            parts.push(&mut value[start..]);
        }
        let part = part.index(parts.len());
        let bytes = &mut parts[part];
        let place = place.index(bytes.len());
        // Nor are the names listed, of which only the letters count.
        prop_assume!(!(change == 0x20 && is_letter_of_a_listed_name(bytes, place)));
        bytes[place] ^= change;
        // A method or target that is not text cannot be received.
        if let (Ok(method), Ok(target)) = (String::from_utf8(method), String::from_utf8(target)) {
            let request = Request { method, target, ..request };
            prop_assert!(request.check().is_err(), "{request:?}");
        }
    }
}

fn is_letter_of_a_listed_name(value: &[u8], place: usize) -> bool {
    let (before, after) = value.split_at(place);
    let opening = b"headers=\"";
    let Some(start) = before.windows(opening.len()).rposition(|window| window == opening) else {
        return false;
    };
    !before[start + opening.len()..].contains(&b'"') && after[0].is_ascii_alphabetic()
}
