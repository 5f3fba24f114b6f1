//! The metadata that a SAML 2.0 identity provider publishes of itself: read for who it is, where it
//! signs people in, and what it signs with. All else in it is passed over.
//!
//! It is XML that somebody else wrote, so nothing in it is fetched or expanded: a document type is
//! refused, and names of entities stand for nothing. Only elements of SAML's and of XML
//! signature's namespaces count, at the places where they belong.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use iam_api::Problem;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};
use rustls_pki_types::CertificateDer;

const SAML: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// The ways of sending people to the provider that count, the better one first.
const BINDINGS: [&str; 2] = [
    "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
    "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
];
/// Where a certificate stands below a provider's description.
const CERTIFICATE: [&str; 4] = ["KeyDescriptor", "KeyInfo", "X509Data", "X509Certificate"];
/// How deep elements may be nested.
const DEPTH_MAX: usize = 32;
/// The most elements.
const ELEMENTS_MAX: usize = 5_000;
/// The longest name of a provider (SAML 2.0 core, 8.3.6) and the longest address.
const NAME_MAX: usize = 1_024;

/// What a provider's metadata says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// The provider's name of itself.
    pub(crate) entity_id: String,
    /// Where people are sent to sign in.
    pub(crate) redirect_url: String,
    /// The certificate of the key that it signs with: DER in base64, without breaks.
    pub(crate) signing_certificate: String,
}

/// Reads the metadata of a provider.
pub(crate) fn read(text: &str) -> Result<Metadata, Problem> {
    let mut reader = NsReader::from_str(text);
    let mut found = Found::default();
    loop {
        let (space, event) = reader.read_resolved_event().map_err(|cause| {
            refuse(&format!("it is not well-formed XML: {}", cause.to_string().escape_debug()))
        })?;
        match event {
            Event::Start(start) => found.open(&space, &start)?,
            Event::Empty(start) => {
                found.open(&space, &start)?;
                found.close();
            }
            Event::End(_) => found.close(),
            Event::Text(text) => found.add(&text.xml10_content()),
            Event::CData(text) => found.add(&text.xml10_content()),
            Event::DocType(_) => return Err(refuse("it has a document type; leave that out")),
            Event::GeneralRef(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    found.metadata()
}

fn refuse(why: &str) -> Problem {
    Problem::invalid(format!(
        "metadata is not that of a SAML 2.0 identity provider: {why}; give the XML that the \
         provider publishes"
    ))
}

/// What was found so far.
#[derive(Default)]
struct Found {
    /// The names of the elements that are open; nothing for those of other namespaces.
    path: Vec<String>,
    /// How many there were so far.
    elements: usize,
    has_ended: bool,
    entity_id: Option<String>,
    /// Whether the provider's description that is open speaks SAML 2.0, and was the first.
    is_inside: bool,
    has_provider: bool,
    /// Whether the key that is open is one that it signs with.
    signs: bool,
    certificate: Option<String>,
    /// The certificate that is being read.
    reading: Option<String>,
    addresses: [Option<String>; 2],
}

impl Found {
    fn open(&mut self, space: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<(), Problem> {
        self.elements += 1;
        if self.elements > ELEMENTS_MAX || self.path.len() >= DEPTH_MAX {
            return Err(refuse("it has too many elements, or elements too deep in others"));
        }
        let local = start.local_name();
        let name = match space {
            ResolveResult::Bound(Namespace(SAML | SIGNATURE)) => local.as_ref().to_owned(),
            _ => String::new(),
        };
        if self.path.is_empty() {
            if self.has_ended || name != "EntityDescriptor" {
                return Err(refuse("its root is not an EntityDescriptor"));
            }
            self.entity_id = attribute(start, "entityID")?;
        }
        let is_saml = matches!(space, ResolveResult::Bound(Namespace(SAML)));
        self.path.push(name);
        let below: Vec<&str> = self.path.iter().skip(1).map(String::as_str).collect();
        match below.as_slice() {
            ["IDPSSODescriptor"] if is_saml && !self.has_provider => {
                let spoken = attribute(start, "protocolSupportEnumeration")?.unwrap_or_default();
                self.is_inside = spoken.split_whitespace().any(|word| word == PROTOCOL);
                self.has_provider = self.is_inside;
            }
            ["IDPSSODescriptor", "KeyDescriptor"] => {
                let usage = attribute(start, "use")?;
                self.signs = self.is_inside && usage.is_none_or(|usage| usage == "signing");
            }
            ["IDPSSODescriptor", "SingleSignOnService"] if self.is_inside => {
                let binding = attribute(start, "Binding")?.unwrap_or_default();
                let place = BINDINGS.iter().position(|known| *known == binding);
                let slot = place.and_then(|place| self.addresses.get_mut(place));
                if let Some(slot) = slot.filter(|slot| slot.is_none()) {
                    *slot = attribute(start, "Location")?;
                }
            }
            ["IDPSSODescriptor", rest @ ..]
                if rest == CERTIFICATE && self.signs && self.certificate.is_none() =>
            {
                self.reading = Some(String::new());
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some(text) = self.reading.take() {
            self.certificate = Some(text);
        }
        self.path.pop();
        match self.path.len() {
            0 => self.has_ended = true,
            1 => self.is_inside = false,
            2 => self.signs = false,
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(reading) = &mut self.reading {
            reading.extend(text.chars().filter(|letter| !letter.is_ascii_whitespace()));
        }
    }

    fn metadata(self) -> Result<Metadata, Problem> {
        if !self.path.is_empty() || !self.has_ended {
            return Err(refuse("it ends before its elements do"));
        }
        let bounded = |text: &String| (1..=NAME_MAX).contains(&text.len());
        let entity_id = self.entity_id.filter(bounded);
        let entity_id = entity_id.ok_or_else(|| refuse("its entityID is missing or too long"))?;
        if !self.has_provider {
            return Err(refuse("it has no IDPSSODescriptor that supports SAML 2.0"));
        }
        let [redirect, post] = self.addresses;
        let redirect_url = redirect.or(post).ok_or_else(|| {
            refuse("it has no SingleSignOnService by HTTP-Redirect or by HTTP-POST")
        })?;
        if !is_address(&redirect_url) {
            return Err(refuse("the Location of its SingleSignOnService is no https address"));
        }
        let signing_certificate =
            self.certificate.ok_or_else(|| refuse("it has no certificate for signing"))?;
        check_certificate(&signing_certificate)?;
        Ok(Metadata { entity_id, redirect_url, signing_certificate })
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, Problem> {
    for found in start.attributes() {
        let found = found.map_err(|_| refuse("an element's attributes are not well-formed"))?;
        if found.key.as_ref() == name {
            let value = found.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|_| refuse("an attribute names an entity"))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// Whether people can be sent there: by an address that nobody can read or change on the way.
pub(crate) fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    text.len() <= NAME_MAX
        && !host.is_empty()
        && !host.contains('@')
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\".contains(&byte))
}

fn check_certificate(text: &str) -> Result<(), Problem> {
    let der = STANDARD.decode(text).map_err(|_| refuse("its certificate is not base64"))?;
    let der = CertificateDer::from(der);
    webpki::EndEntityCert::try_from(&der)
        .map(|_| ())
        .map_err(|cause| refuse(&format!("its certificate cannot be read: {cause}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn certificate() -> String {
        let names = vec!["idp.example.com".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        STANDARD.encode(made.cert.der())
    }

    /// Metadata with these parts of a provider's description.
    fn metadata(inside: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><md:EntityDescriptor xmlns:md="{SAML}" xmlns:ds="{SIGNATURE}"
              entityID="https://idp.example.com/a?b=1&amp;c=2"><!-- a comment -->
              <md:SPSSODescriptor protocolSupportEnumeration="{PROTOCOL}">{}</md:SPSSODescriptor>
              <md:IDPSSODescriptor protocolSupportEnumeration="x {PROTOCOL}">{inside}
              </md:IDPSSODescriptor></md:EntityDescriptor>"#,
            key("signing", "bm90IGl0")
        )
    }

    fn key(usage: &str, certificate: &str) -> String {
        format!(
            "<md:KeyDescriptor use=\"{usage}\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\
             {certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        )
    }

    fn service(number: usize, address: &str) -> String {
        let binding = BINDINGS[number];
        format!("<md:SingleSignOnService Binding=\"{binding}\" Location=\"{address}\"/>")
    }

    #[test]
    fn who_it_is_where_it_signs_in_and_what_it_signs_with_are_read() {
        let certificate = certificate();
        let (first, second) = certificate.split_at(70);
        let broken = format!("\n  {first}\n  <![CDATA[{second}]]>\n");
        let inside = [
            key("encryption", "bm90IGl0"),
            key("signing", &broken),
            key("signing", "bm90IGl0"),
            service(1, "https://idp.example.com/post"),
            service(0, "https://idp.example.com/redirect?x=1&amp;y=2"),
        ];
        let read = read(&metadata(&inside.concat())).unwrap();
        let expected = Metadata {
            entity_id: "https://idp.example.com/a?b=1&c=2".to_owned(),
            redirect_url: "https://idp.example.com/redirect?x=1&y=2".to_owned(),
            signing_certificate: certificate,
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn what_is_no_providers_metadata_is_refused_with_the_reason() {
        let good = [key("signing", &certificate()), service(0, "https://idp.example.com/")];
        let whole = metadata(&good.concat());
        assert!(read(&whole).is_ok());
        let [key_, service_] = &good;
        let cases = [
            (String::new(), "ends before"),
            ("<a".to_owned(), "well-formed"),
            ("<a/>".to_owned(), "root"),
            (whole.replace(SAML, "urn:other"), "root"),
            (format!("{whole}<b/>"), "root"),
            (whole.replace("entityID", "entityId"), "entityID"),
            (whole.replace("</md:EntityDescriptor>", ""), "ends before"),
            (whole.replace("</md:IDPSSODescriptor>", "</md:Other>"), "well-formed"),
            (whole.replace(&format!("x {PROTOCOL}"), "x"), "IDPSSODescriptor"),
            (whole.replace("idp.example.com/a?b=1&amp;", "&xxe;"), "entity"),
            (format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{whole}"), "document type"),
            (metadata(key_), "SingleSignOnService"),
            (metadata(service_), "certificate for signing"),
            (metadata(&whole.replace("<?xml version=\"1.0\"?>", "")), "SingleSignOnService"),
            (metadata(&(key("signing", "!") + service_)), "base64"),
            (metadata(&(key("signing", "bm90IGl0") + service_)), "cannot be read"),
            (metadata(&(key_.clone() + &service(0, "http://idp.example.com/"))), "https"),
            (metadata(&(key_.clone() + &service(0, "https://a@b/"))), "https"),
            (metadata(&(key_.clone() + &service(0, "javascript:alert(1)"))), "https"),
            (metadata(&"<a>".repeat(40)), "too deep"),
            (metadata(&"<a/>".repeat(6_000)), "too many"),
        ];
        for (text, why) in cases {
            let refused = read(&text).unwrap_err();
            assert!(refused.message.contains(why), "{why}: {}", refused.message);
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_written_makes_it_fail_otherwise(
            text in "\\PC{0,200}", at in 0_usize..2_000, cut in any::<bool>()
        ) {
            let mut whole = metadata(&service(0, "https://idp.example.com/"));
            let at = at.min(whole.len());
            if whole.is_char_boundary(at) {
                if cut { whole.truncate(at) } else { whole.insert_str(at, &text) }
            }
            let _refused_or_not = read(&whole);
            let _refused = read(&text);
        }
    }
}
