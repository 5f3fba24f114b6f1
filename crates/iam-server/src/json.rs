//! JSON as the live service writes it: two spaces a level, ` : ` after a key, arrays on one line
//! (`[ a, b ]`). Five recorded answers to a password reset have 211 bytes each, and so have ours.

use iam_api::Problem;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// Writes a value.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(512);
    let mut serializer = Serializer::with_formatter(&mut bytes, Live::default());
    value.serialize(&mut serializer).map_err(Problem::internal)?;
    String::from_utf8(bytes).map_err(Problem::internal)
}

#[derive(Default)]
struct Live {
    depth: usize,
    has_content: bool,
}

impl Live {
    fn line<W: Write + ?Sized>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(b"  "))
    }
}

impl Formatter for Live {
    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.has_content = false;
        out.write_all(b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.has_content {
            self.line(out)?;
        } else {
            out.write_all(b" ")?;
        }
        self.has_content = true;
        out.write_all(b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        self.line(out)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b" : ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _out: &mut W) -> io::Result<()> {
        self.has_content = true;
        Ok(())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b"[")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b" " } else { b", " })
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.has_content = true;
        out.write_all(b" ]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_take_lines_and_arrays_do_not() {
        let value = json!({"a": [1, {"b": {}}, []], "c": {"d": "e"}});
        let expected = "{\n  \"a\" : [ 1, {\n    \"b\" : { }\n  }, [ ] ],\n  \
                        \"c\" : {\n    \"d\" : \"e\"\n  }\n}";
        assert_eq!(write(&value).unwrap(), expected);
    }
}
