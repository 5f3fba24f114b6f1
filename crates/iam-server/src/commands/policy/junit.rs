//! Results as JUnit writes them in XML, which every service for continuous integration reads.

use quick_xml::escape::escape;

/// One case that was tried.
pub(super) struct Tried {
    pub(super) name: String,
    /// How it went otherwise than was expected; nothing where it went so.
    pub(super) failure: Option<String>,
}

/// A document of all cases of a suite.
pub(super) fn document(suite: &str, tried: &[Tried]) -> String {
    let failures = tried.iter().filter(|one| one.failure.is_some()).count();
    let (suite, count) = (plain(suite), tried.len());
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites tests=\"{count}\" failures=\"{failures}\">\n\
         <testsuite name=\"{suite}\" tests=\"{count}\" failures=\"{failures}\">\n"
    );
    for Tried { name, failure } in tried {
        let name = plain(name);
        xml.push_str(&match failure {
            None => format!("<testcase classname=\"{suite}\" name=\"{name}\"/>\n"),
            Some(why) => {
                let (why, first) = (plain(why), plain(why.lines().next().unwrap_or_default()));
                format!(
                    "<testcase classname=\"{suite}\" name=\"{name}\">\
                     <failure message=\"{first}\">{why}</failure></testcase>\n"
                )
            }
        });
    }
    xml.push_str("</testsuite>\n</testsuites>\n");
    xml
}

/// A text that may stand in XML, in attributes too: it holds no other control characters than ends
/// of lines and tabs.
fn plain(text: &str) -> String {
    let sign = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{FFFD}' } else { c };
    let text: String = text.chars().map(sign).collect();
    escape(text.as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_case_is_called_it_is_well_formed() {
        let name = "a<b> & \"c\" 'd'\u{1b}".to_owned();
        let tried = [
            Tried { name: name.clone(), failure: None },
            Tried { name, failure: Some("no: x < y\n]]> & more".to_owned()) },
        ];
        let xml = document("cases & more.toml", &tried);
        let mut reader = quick_xml::Reader::from_str(&xml);
        let mut cases = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag)
                    if tag.name().as_ref() == "testcase" =>
                {
                    cases += 1;
                    let name = tag.attributes().filter_map(Result::ok).nth(1).unwrap();
                    assert_eq!(name.value, "a&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;\u{FFFD}");
                }
                _ => {}
            }
        }
        assert_eq!(cases, 2);
        assert!(xml.contains("tests=\"2\" failures=\"1\""), "{xml}");
    }
}
