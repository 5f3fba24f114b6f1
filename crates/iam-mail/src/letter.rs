//! A letter, written: its subject, its text, and the same as HTML.
//!
//! Each event has a file for its text and one for its HTML; all texts are blocks of `layout.txt`,
//! and all HTML of `layout.html`, so that what every letter says is said in one place.

use crate::clean;
use crate::event::Event;
use crate::template::{ENGINE, Template, TemplateError, escaped};
use crate::variables::Variables;
use minijinja::Environment;
use minijinja::value::Value;
use std::fmt;
use std::sync::LazyLock;

/// The most characters of a subject.
const SUBJECT_MAX: usize = 200;

/// A part of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Subject,
    Text,
    Html,
}

impl Part {
    const ALL: [Self; 3] = [Self::Subject, Self::Text, Self::Html];

    /// How the names of its templates end; `.html` is what has its values escaped.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Subject => ".subject",
            Self::Text => ".txt",
            Self::Html => ".html",
        }
    }

    /// The longest template of a tenancy's own.
    pub(crate) const fn bytes_max(self) -> usize {
        match self {
            Self::Subject => 500,
            Self::Text => 32 * 1024,
            Self::Html => 128 * 1024,
        }
    }

    const fn ours(self, event: Event) -> &'static str {
        match self {
            Self::Subject => event.spec().subject,
            Self::Text => event.spec().text,
            Self::Html => event.spec().html,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Subject => "subject",
            Self::Text => "text",
            Self::Html => "html",
        })
    }
}

/// A letter, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// A letter, and what of the tenancy's template was passed over to write it.
#[derive(Debug)]
pub struct Written {
    /// The letter.
    pub letter: Letter,
    /// Why parts of it are in our own words.
    pub passed_over: Vec<TemplateError>,
}

/// Our own templates, compiled once.
static OURS: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = ENGINE.clone();
    let layouts =
        [("layout.txt", include_str!("templates/layout.txt")), ("layout.html", LAYOUT_HTML)];
    for (name, source) in layouts {
        // A template of ours that does not compile fails the first test that looks at it; here it
        // is a letter that cannot be written, with the same message.
        let _shown_when_used = engine.add_template(name, source);
    }
    for event in Event::ALL {
        for part in Part::ALL {
            let name = format!("{event}{}", part.ending());
            let _shown_when_used = engine.add_template_owned(name, part.ours(*event));
        }
    }
    engine
});

const LAYOUT_HTML: &str = include_str!("templates/layout.html");

/// Writes a letter, in the tenancy's words where it has its own, and they can be used.
///
/// # Errors
///
/// None but a template of ours that is not well formed.
pub fn write(
    event: Event,
    variables: &Variables,
    own: Option<&Template>,
) -> Result<Written, TemplateError> {
    let values = variables.values();
    let mut passed_over = Vec::new();
    let mut fill = |part: Part| {
        if let Some(source) = own.and_then(|own| own.part(part)) {
            match theirs(event, part, source, variables) {
                Ok(filled) => return Ok(filled),
                Err(error) => passed_over.push(error),
            }
        }
        ours(event, part, &values)
    };
    let (subject, text, html) = (fill(Part::Subject)?, fill(Part::Text)?, fill(Part::Html)?);
    let letter = Letter { subject: clean::line(&subject, SUBJECT_MAX), text, html };
    Ok(Written { letter, passed_over })
}

fn ours(event: Event, part: Part, values: &Value) -> Result<String, TemplateError> {
    let name = format!("{event}{}", part.ending());
    let template = OURS.get_template(&name);
    let filled = template.and_then(|template| template.render(values.clone()));
    filled.map_err(|error| TemplateError::new(part, &error))
}

fn theirs(
    event: Event,
    part: Part,
    source: &str,
    variables: &Variables,
) -> Result<String, TemplateError> {
    if source.len() > part.bytes_max() {
        return Err(TemplateError::too_long(part));
    }
    let name = format!("own{}", part.ending());
    let filled = OURS.render_named_str(&name, source, variables.values());
    let filled = filled.map_err(|error| TemplateError::new(part, &error))?;
    let link = variables.get("link");
    let shown = match part {
        Part::Subject => true,
        Part::Text => filled.contains(link),
        Part::Html => filled.contains(&escaped(link)),
    };
    if event.has_link() && !shown {
        return Err(TemplateError::no_link(part));
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variables::Facts;
    use iam_api::Timestamp;

    fn facts(event: Event) -> Facts<'static> {
        let time = Timestamp::from_micros(1_795_435_200_000_000);
        let link = "https://iam.example.com/console/reset#abc&d='e'";
        Facts {
            tenancy: "acme",
            user_name: "ann.smith",
            display_name: "Ann Smith",
            email: "ann.smith@example.com",
            link: if event.has_link() { link } else { "" },
            valid_until: event.has_link().then(|| time.plus_seconds(3_600)),
            sign_in: "https://iam.example.com/console/sign-in?tenant=acme",
            time,
        }
    }

    fn written(event: Event, facts: &Facts<'_>) -> Letter {
        write(event, &Variables::new(facts), None).unwrap().letter
    }

    fn with(own: &Template, event: Event) -> Written {
        write(event, &Variables::new(&facts(event)), Some(own)).unwrap()
    }

    #[test]
    fn every_letter_says_who_what_where_and_what_if_not() {
        for event in Event::ALL {
            let facts = facts(*event);
            let Letter { subject, text, html } = written(*event, &facts);
            assert!(subject.contains("acme"), "{subject}");
            for part in [&text, &html] {
                assert!(part.contains("Hello Ann Smith,"), "{part}");
                assert!(part.contains("ann.smith"), "{part}");
                assert!(part.contains("Durward"), "{part}");
                assert!(part.contains("If ") && part.contains("you"), "{part}");
                assert!(!part.contains("{{") && !part.contains("{%"), "{part}");
                assert_eq!(part.contains("23 November 2026, 13:00 UTC"), event.has_link());
                assert_eq!(part.contains("60 minutes"), event.has_link());
            }
            assert_eq!(text.matches(facts.link).count() > 1, facts.link.is_empty(), "{text}");
            let anchor = format!("<a href=\"{}\"", escaped(facts.link));
            assert_eq!(html.matches(&anchor).count(), if event.has_link() { 2 } else { 0 });
        }
    }

    #[test]
    fn the_texts_are_tidy() {
        for event in Event::ALL {
            let text = written(*event, &facts(*event)).text;
            assert!(!text.contains("\n\n\n\n"), "{text}");
            for line in text.lines() {
                assert!(line.chars().count() <= 84 || line.contains("://"), "{event}: {line}");
                assert!(line == "-- " || line == line.trim_end(), "{event}: {line:?}");
            }
        }
    }

    #[test]
    fn nothing_is_fetched_and_nothing_runs() {
        for event in Event::ALL {
            let html = written(*event, &facts(*event)).html;
            for sign in ["<script", "<img", "src=", "@import", "url(", "<link", "<iframe"] {
                assert!(!html.contains(sign), "{event}: {sign}");
            }
            let is_handler = |rest: &str| {
                rest.trim_start_matches(|letter: char| letter.is_alphabetic()).starts_with('=')
            };
            assert!(!html.split(" on").skip(1).any(is_handler), "{event}");
        }
    }

    #[test]
    fn names_cannot_break_out() {
        for event in Event::ALL {
            let facts = Facts {
                tenancy: "a\"b\r\nSubject: x",
                user_name: "<a href='https://evil.example'>",
                display_name: "Ann\r\n\r\n<a href=\"//evil.example\">here</a> {{ link }}",
                ..facts(*event)
            };
            let Letter { subject, text, html } = written(*event, &facts);
            assert!(!subject.contains(['\r', '\n']));
            assert!(!text.contains('\r') && !text.contains("\nSubject"), "{text}");
            assert!(!html.contains("<a href='") && !html.contains("\"//evil"), "{html}");
            assert!(html.contains("Hello Ann &lt;a href=&quot;//evil.example&quot;&gt;here"));
            assert!(text.contains("{{ link }}"), "what a name says is not a template");
        }
    }

    #[test]
    fn a_tenancy_can_use_its_own_words_with_our_layout_or_without() {
        let own = Template {
            subject: Some("{{ tenancy }}: neu".to_owned()),
            text: Some("Hallo {{ display_name }}: {{ link }}\n".to_owned()),
            html: Some(
                "{% extends \"layout.html\" %}{% block body %}<p>Hallo</p>{% endblock %}"
                    .to_owned(),
            ),
        };
        own.check(Event::Welcome).unwrap();
        let Written { letter, passed_over } = with(&own, Event::Welcome);
        assert!(passed_over.is_empty());
        assert_eq!(letter.subject, "acme: neu");
        assert_eq!(letter.text, format!("Hallo Ann Smith: {}", facts(Event::Welcome).link));
        assert!(letter.html.contains("<p>Hallo</p>") && letter.html.contains("until <strong>"));
    }

    fn html(text: &str) -> Template {
        Template { html: Some(text.to_owned()), ..Template::default() }
    }

    #[test]
    fn what_cannot_be_used_is_passed_over_and_told() {
        for (text, told) in [
            ("<p>{{ lonk }} {{ link }}</p>", "undefined"),
            ("{{ link }}\n{% if %}", "line 2"),
            ("{{ link }}{{ range(9) }}", "range"),
            ("{{ link|safe }}", "safe"),
            ("{% include 'own.html' %}", "own.html"),
            ("{% extends 'admin.user.create.success.txt.x' %}", "not found"),
            ("<p>No way in</p>", "{{ link }}"),
        ] {
            let own = html(text);
            let error = own.check(Event::Welcome).unwrap_err().to_string();
            assert!(error.contains("html") && error.contains(told), "{text}: {error}");
            let Written { letter, passed_over } = with(&own, Event::Welcome);
            assert_eq!(passed_over.len(), 1);
            assert_eq!(letter, written(Event::Welcome, &facts(Event::Welcome)));
        }
    }

    #[test]
    fn a_template_cannot_take_long_or_write_much() {
        let many = "{{ link }}".repeat(12_000);
        let long = "x".repeat(200_000);
        for text in [
            "{% set a = 'x' * 1000000000 %}{{ link }}{{ a }}",
            "{% set a = link %}{% for _ in 'abcdefghij' %}{% set a = a ~ a %}{{ a }}{% endfor %}\
             {{ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a ~ a }}\
             {% for a in link ~ link ~ link %}{% for b in link ~ link ~ link %}{% for c in link %}\
             {% endfor %}{% endfor %}{% endfor %}",
            "{{ link }}{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% block a %}{{ link }}{{ self.a() }}{% endblock %}",
            "{% include 'layout.html' %}{% extends 'own.html' %}",
            &many,
            &long,
        ] {
            let began = std::time::Instant::now();
            assert!(html(text).check(Event::Welcome).is_err(), "{text:.60}");
            assert!(began.elapsed().as_millis() < 1_000, "{text:.60}");
        }
    }

    #[test]
    fn no_template_can_switch_the_escaping_off() {
        let time = Timestamp::default();
        let facts = Facts { display_name: "<b>", time, ..facts(Event::Activated) };
        for text in [
            "{% autoescape false %}{{ display_name }}{% endautoescape %}",
            "{% autoescape 'none' %}{{ display_name }}{% endautoescape %}",
            "{% autoescape false %}{% set x %}{{ display_name }}{% endset %}{{ x }}\
             {% endautoescape %}",
            "{% set x %}<i>{% endset %}{{ x ~ display_name }}",
            "{% autoescape false %}{% set x %}<i>{% endset %}{{ x ~ display_name }}\
             {% endautoescape %}",
            "{% autoescape false %}{% set x = display_name %}{% endautoescape %}{{ x }}",
            "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(display_name) }}",
            "{{ [display_name] }}",
        ] {
            let own = Some(&html(text)).cloned();
            let written = write(Event::Activated, &Variables::new(&facts), own.as_ref()).unwrap();
            assert!(!written.letter.html.contains("<b>"), "{text}: {}", written.letter.html);
        }
    }
}
