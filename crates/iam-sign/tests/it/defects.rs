//! Each defect of a signature is refused by the check that is meant for it, even where the
//! signature over the defective request is good.

use iam_sign::{PublicKey, SignatureError, format_http_date};

use crate::scene::{NOW, Request, TENANCY, USER, file};

const BODY_NAMES: [&str; 3] = ["content-length", "content-type", "x-content-sha256"];
const ALL: &str = "date (request-target) host content-length content-type x-content-sha256";

#[track_caller]
fn refused(request: &Request, error: SignatureError) {
    assert_eq!(request.check(), Err(error));
}

/// A GET whose `Authorization` is this.
fn authorization(value: &str) -> Request {
    Request::get().with("authorization", value)
}

#[test]
fn without_an_authorization_header() {
    refused(&Request::get().without("authorization"), SignatureError::AuthorizationAbsent);
}

#[test]
fn with_two_authorization_headers() {
    let value = Request::get().value("authorization");
    for name in ["authorization", "Authorization"] {
        let request = Request::get().with_second(name, &value);
        refused(&request, SignatureError::AuthorizationRepeated);
    }
}

#[test]
fn with_a_huge_authorization_header() {
    let request =
        Request::get().authorization("keyId=\"", &format!("keyId=\"{}", "a".repeat(6_144)));
    refused(&request, SignatureError::AuthorizationLong);
}

#[test]
fn with_another_scheme() {
    for value in ["", "Basic YTpi", "Bearer signature", "Signatures a=\"b\"", "\"Signature\" x"] {
        refused(&authorization(value), SignatureError::Scheme);
    }
    refused(&Request::get().authorization("Signature ", "Signature\t"), SignatureError::Scheme);
}

#[test]
fn with_another_grammar() {
    for value in [
        "Signature",
        "Signature ",
        "Signature keyId",
        "Signature keyId=",
        "Signature keyId=\"a",
        "Signature keyId=a,algorithm=\"rsa-sha256\"",
        "Signature =\"a\"",
        "Signature key id=\"a\"",
        "Signature ,keyId=\"a\"",
        "Signature keyId='a'",
    ] {
        refused(&authorization(value), SignatureError::Grammar);
    }
    for (from, to) in [
        ("version=\"1\"", "version=1"),
        ("version=\"1\"", "version=\"\\1\""),
        ("version=\"1\"", "version=\"1\","),
        ("version=\"1\"", "version=\"1\";"),
        ("version=\"1\"", "version=\"1\" x"),
        ("\",keyId", "\" keyId"),
        ("\",keyId", "\",,keyId"),
        ("keyId=", "keyId ="),
        ("keyId=", "keyId= "),
        ("ocid1.user", "ocid1.\u{fc}ser"),
        ("ocid1.user", "ocid1.\u{7f}user"),
    ] {
        refused(&Request::get().authorization(from, to), SignatureError::Grammar);
    }
}

#[test]
fn with_an_unknown_parameter() {
    for name in ["created", "expires", "keyid", "KEYID", "opaque", "version*"] {
        let request = Request::get().authorization("keyId=", &format!("{name}=\"1\",keyId="));
        refused(&request, SignatureError::ParameterUnknown(name.to_owned()));
    }
}

#[test]
fn with_a_parameter_given_twice_or_not_at_all() {
    let value = Request::get().value("authorization");
    let parameters: Vec<&str> = value.strip_prefix("Signature ").unwrap().split(',').collect();
    for name in ["keyId", "algorithm", "headers", "signature", "version"] {
        let given = parameters.iter().find(|given| given.starts_with(name)).unwrap();
        let twice = authorization(&format!("{value},{given}"));
        refused(&twice, SignatureError::ParameterRepeated(name));
        if name != "version" {
            let others: Vec<&str> = parameters.iter().copied().filter(|p| p != given).collect();
            let absent = authorization(&format!("Signature {}", others.join(",")));
            refused(&absent, SignatureError::ParameterAbsent(name));
        }
    }
}

#[test]
fn with_another_version_or_algorithm() {
    for version in ["", "0", "2", "1.0", "01"] {
        let request =
            Request::get().authorization("version=\"1\"", &format!("version=\"{version}\""));
        refused(&request, SignatureError::Version);
    }
    for algorithm in ["", "rsa-sha1", "rsa-sha512", "hs2019", "hmac-sha256", "RSA-SHA256", "none"] {
        let request = Request::get().authorization("rsa-sha256", algorithm);
        refused(&request, SignatureError::Algorithm);
    }
}

#[test]
fn with_a_key_id_of_another_form() {
    let of = |key_id: &str| Request::get().authorization(&crate::scene::key_id(), key_id);
    for key_id in ["", "/", "//", "a/b", "a/b/", "/b/c", "a//c", "a/b/c/d", "a/b/c/", "a b/c/d"] {
        refused(&of(key_id), SignatureError::KeyId);
    }
    for token in ["ST$", "ST$a/b", "ST$a b", "ST$a+b", "ST$a=", "ST$a$b", "ST$é"] {
        let request = of(token);
        let error = request.check().unwrap_err();
        assert!(matches!(error, SignatureError::SessionToken | SignatureError::Grammar), "{token}");
    }
}

#[test]
fn with_the_id_of_an_unknown_key() {
    let request = Request::get().authorization(&format!("{TENANCY}/{USER}/"), "other/other/");
    refused(&request, SignatureError::KeyUnknown);
}

#[test]
fn with_a_signature_that_is_not_base64() {
    for to in ["signature=\"!", "signature=\" ", "signature=\"=", "signature=\"A"] {
        let request = Request::get().authorization("signature=\"", to);
        refused(&request, SignatureError::SignatureEncoding);
    }
}

#[test]
fn with_a_list_of_headers_of_another_form() {
    let (from, many) = ("date (request-target) host", "a".repeat(65));
    for listed in [
        "",
        " ",
        "date (Request-Target) host",
        "date  (request-target) host",
        " date (request-target) host",
        "date (request-target) host ",
        "date\t(request-target) host",
        "date,(request-target),host",
        "date: (request-target) host",
        "date (request-target) (created) host",
        &many,
    ] {
        refused(&Request::get().authorization(from, listed), SignatureError::HeaderList);
    }
    let names: Vec<String> = (0..33).map(|index| format!("x-{index}")).collect();
    let request = Request::get().authorization(from, &names.join(" "));
    refused(&request, SignatureError::HeaderList);
}

#[test]
fn with_a_header_listed_twice() {
    for name in ["date", "(request-target)", "host"] {
        let listed = format!("date (request-target) host {name}");
        let request = Request::get().signed_again(&listed);
        refused(&request, SignatureError::HeaderListedTwice(name.to_owned()));
    }
    let from = "date (request-target) host";
    let request = Request::get().authorization(from, &format!("{from} Date"));
    refused(&request, SignatureError::HeaderListedTwice("date".to_owned()));
}

#[test]
fn without_a_header_that_has_to_be_signed() {
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "post"] {
        for (listed, missing) in [
            ("(request-target) host", "date"),
            ("date host", "(request-target)"),
            ("date (request-target)", "host"),
        ] {
            let request = Request::signed(method, "/", b"").signed_again(listed);
            refused(&request, SignatureError::HeaderUnsigned(missing));
        }
    }
    for method in ["POST", "PUT", "PATCH"] {
        for body in [&b"{}"[..], b""] {
            for missing in BODY_NAMES {
                let listed = ALL.replace(&format!(" {missing}"), "");
                let request = Request::signed(method, "/", body).signed_again(&listed);
                refused(&request, SignatureError::HeaderUnsigned(missing));
            }
        }
    }
}

#[test]
fn with_a_signed_header_that_was_not_sent_or_sent_twice() {
    for name in ALL.split(' ').filter(|name| *name != "(request-target)") {
        let absent = Request::post().without(name);
        refused(&absent, SignatureError::HeaderAbsent(name.to_owned()));
        let same = Request::post().value(name);
        for value in [same.as_str(), "another"] {
            for spelled in [name.to_owned(), name.to_uppercase()] {
                let twice = Request::post().with_second(&spelled, value);
                refused(&twice, SignatureError::HeaderRepeated(name.to_owned()));
            }
        }
    }
}

#[test]
fn with_a_date_that_is_too_far_off() {
    for seconds in [-300, -299, 0, 299, 300] {
        assert!(Request::get().read_at(NOW + seconds).is_ok(), "{seconds}");
    }
    for seconds in [-86_400, -301, 301, 86_400] {
        let error = Request::get().read_at(NOW + seconds).unwrap_err();
        assert_eq!(error, SignatureError::DateSkew(-seconds));
    }
    for now_seconds in [i64::MIN, i64::MAX] {
        let error = Request::get().read_at(now_seconds).unwrap_err();
        assert!(matches!(error, SignatureError::DateSkew(_)));
    }
}

#[test]
fn with_a_date_of_another_form() {
    for date in ["", "now", "2027-01-01T00:00:00Z", "Fri, 1 Jan 2027 00:00:00 GMT"] {
        let request = Request::get().with("date", date);
        refused(&request.signed_again("date (request-target) host"), SignatureError::DateForm);
    }
    let x_date = Request::get().with("x-date", "now");
    refused(&x_date.signed_again("date x-date (request-target) host"), SignatureError::DateForm);
    let mut bytes = Request::get();
    bytes.headers[0].1 = vec![0xff; 29];
    refused(&bytes, SignatureError::DateForm);
}

#[test]
fn with_a_line_break_or_another_control_byte() {
    let date = format_http_date(NOW);
    for byte in ["\n", "\r", "\0", "\u{7f}"] {
        let header = Request::get().with("host", &format!("a{byte}b"));
        refused(&header.signed_again("date (request-target) host"), SignatureError::Bytes);
        let target = format!("/{byte}date: {date}");
        refused(&Request::signed("GET", &target, b""), SignatureError::Bytes);
        let method = format!("GET{byte}");
        refused(&Request::signed(&method, "/", b""), SignatureError::Bytes);
    }
    for target in ["/a b", "/\u{fc}", "/a\t"] {
        refused(&Request::signed("GET", target, b""), SignatureError::Bytes);
    }
}

#[test]
fn with_a_malformed_length_or_digest() {
    for length in ["", "+19", "-1", "19.0", "0x13", "1 9", "99999999999999999999"] {
        let request = Request::post().with("content-length", length).signed_again(ALL);
        refused(&request, SignatureError::ContentLengthForm);
    }
    let digest = Request::post().value("x-content-sha256");
    for digest in ["", "abcd", digest.trim_end_matches('='), &format!("{digest}{digest}")] {
        let request = Request::post().with("x-content-sha256", digest).signed_again(ALL);
        refused(&request, SignatureError::DigestForm);
    }
}

#[test]
fn by_another_key() {
    let presented = Request::get().read_at(NOW).unwrap();
    let other = PublicKey::from_spki_pem(&file("rsa4096-public.pem")).unwrap();
    assert_eq!(presented.verify(&other), Err(SignatureError::Signature));
    for signature in ["", "AAAA"] {
        let value = Request::get().value("authorization");
        let good = value.split('"').nth(7).unwrap();
        refused(&Request::get().authorization(good, signature), SignatureError::Signature);
    }
}

#[test]
fn for_another_method_target_or_host() {
    let signed = Request::get();
    refused(&Request { method: "DELETE".to_owned(), ..signed.clone() }, SignatureError::Signature);
    for target in ["/20160918/users?limit=5&compartmentId=ocid1.tenancy.oc1..a", "/20160918/users"]
    {
        let target = target.to_owned();
        refused(&Request { target, ..signed.clone() }, SignatureError::Signature);
    }
    refused(&signed.with("host", "identity.elsewhere.example"), SignatureError::Signature);
}

#[test]
fn with_names_or_values_exchanged() {
    let listed = "date (request-target) host";
    refused(
        &Request::get().authorization(listed, "host (request-target) date"),
        SignatureError::Signature,
    );
    // The same values under exchanged names: the text is the same but for the names.
    let request = Request::post().with("x-a", "1").with("x-b", "2");
    let request = request.signed_again(&format!("{ALL} x-a x-b"));
    assert_eq!(request.check(), Ok(()));
    let exchanged = request.clone().with("x-a", "2").with("x-b", "1");
    refused(&exchanged, SignatureError::Signature);
    refused(&exchanged.authorization("x-a x-b", "x-b x-a"), SignatureError::Signature);
}

#[test]
fn with_another_body() {
    let longer = Request { body: b"{\"name\":\"auditors\"} ".to_vec(), ..Request::post() };
    refused(&longer, SignatureError::BodyLength);
    let shorter = Request { body: vec![], ..Request::post() };
    refused(&shorter, SignatureError::BodyLength);
    let same_length = Request { body: b"{\"name\":\"auditorz\"}".to_vec(), ..Request::post() };
    refused(&same_length, SignatureError::BodyDigest);
}

#[test]
fn with_a_body_that_the_method_does_not_sign() {
    for method in ["GET", "HEAD", "DELETE", "OPTIONS"] {
        let request = Request { body: b"{}".to_vec(), ..Request::signed(method, "/", b"") };
        refused(&request, SignatureError::BodyUnsigned);
    }
    let request = Request { method: "DELETE".to_owned(), ..Request::post() }.signed_again(ALL);
    refused(&request, SignatureError::BodyUnsigned);
}

#[test]
fn every_refusal_says_something_of_its_own() {
    let errors = [
        SignatureError::Bytes,
        SignatureError::AuthorizationAbsent,
        SignatureError::AuthorizationRepeated,
        SignatureError::AuthorizationLong,
        SignatureError::Scheme,
        SignatureError::Grammar,
        SignatureError::ParameterUnknown("x".to_owned()),
        SignatureError::ParameterRepeated("x"),
        SignatureError::ParameterAbsent("x"),
        SignatureError::Version,
        SignatureError::Algorithm,
        SignatureError::KeyId,
        SignatureError::SessionToken,
        SignatureError::SignatureEncoding,
        SignatureError::HeaderList,
        SignatureError::HeaderListedTwice("x".to_owned()),
        SignatureError::HeaderUnsigned("x"),
        SignatureError::HeaderAbsent("x".to_owned()),
        SignatureError::HeaderRepeated("x".to_owned()),
        SignatureError::DateForm,
        SignatureError::DateSkew(301),
        SignatureError::ContentLengthForm,
        SignatureError::DigestForm,
        SignatureError::KeyUnknown,
        SignatureError::Signature,
        SignatureError::BodyUnsigned,
        SignatureError::BodyLength,
        SignatureError::BodyDigest,
    ];
    let texts: std::collections::BTreeSet<String> =
        errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), errors.len());
    assert!(!texts.contains("the signature was refused"));
}
