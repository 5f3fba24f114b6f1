//! The messages of PostgreSQL's protocol (version 3) that this engine has need of: what is asked in
//! one round, and what is answered.
//!
//! Arguments and values go in their binary form. There are three types of them, as in the schema.

use super::dialect;
use crate::engine::{Owned, Row as Read, StoreError, Value};
use std::sync::Arc;

/// The largest message that is taken from a server. A row of ours has at most a few hundred KiB.
const MESSAGE_MAX: usize = 64 << 20;
/// How long the head of a message is: what it is, and its length without that.
const HEAD: usize = 5;
/// A value that is NULL, in the place of its length.
const NULL: i32 = -1;

/// What a placeholder takes, by the numbers that the server has for it and for an array of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Int,
    Text,
    Bytes,
}

impl Type {
    const ALL: [(Self, u32, u32); 3] =
        [(Self::Int, 20, 1016), (Self::Text, 25, 1009), (Self::Bytes, 17, 1001)];

    /// The type with that number, whether it is that of one value or of an array.
    fn numbered(number: u32) -> Option<Self> {
        let all = Self::ALL.into_iter();
        all.clone().find(|(_, one, array)| [*one, *array].contains(&number)).map(|(of, ..)| of)
    }

    fn number(self) -> u32 {
        Self::ALL.iter().find(|(of, ..)| *of == self).map_or(0, |(_, number, _)| *number)
    }

    /// Whether a value can be given for it.
    const fn takes(self, value: &Value<'_>) -> bool {
        matches!(
            (self, value),
            (_, Value::Null)
                | (Self::Int, Value::Int(_))
                | (Self::Text, Value::Text(_))
                | (Self::Bytes, Value::Blob(_))
        )
    }
}

/// A statement that the server has prepared.
#[derive(Clone, Debug)]
pub(super) struct Prepared(Arc<(String, Vec<Type>)>);

impl Prepared {
    /// `numbers` says the types of its placeholders.
    pub(super) fn new(name: String, numbers: &[u32]) -> Result<Self, StoreError> {
        let types: Option<Vec<_>> = numbers.iter().copied().map(Type::numbered).collect();
        let types = types.ok_or(StoreError::Corrupt("a placeholder of a type that is not ours"))?;
        Ok(Self(Arc::new((name, types))))
    }

    /// What its placeholders take.
    pub(super) fn types(&self) -> &[Type] {
        &self.0.1
    }
}

/// What is asked in one round: the server answers all of it together, as far as the first that
/// fails, and does nothing after that one.
#[derive(Default)]
pub(super) struct Round {
    bytes: Vec<u8>,
    asked: usize,
}

impl Round {
    /// All that has a statement prepared under a name.
    pub(super) fn to_prepare(name: &str, sql: &str) -> Result<Vec<u8>, StoreError> {
        let mut round = Self::default();
        round.message(b'P', |out| {
            text(out, name);
            text(out, sql);
            short(out, 0)
        })?;
        round.message(b'D', |out| {
            out.push(b'S');
            text(out, name);
            Ok(())
        })?;
        Ok(round.ended())
    }

    /// All that runs statements in one text, without arguments.
    pub(super) fn of_text(sql: &str) -> Result<Vec<u8>, StoreError> {
        let mut round = Self::default();
        round.message(b'Q', |out| {
            text(out, sql);
            Ok(())
        })?;
        Ok(round.bytes)
    }

    /// Runs a statement with these arguments.
    pub(super) fn ask<'v>(
        &mut self,
        statement: &Prepared,
        args: impl ExactSizeIterator<Item = Value<'v>>,
    ) -> Result<(), StoreError> {
        fits(statement, args.len())?;
        self.run(statement, args.len(), |out| {
            args.zip(statement.types()).try_for_each(|(arg, of)| value(out, &arg, *of))
        })
    }

    /// Runs a statement that takes an array for each argument of as many rows, all of one width.
    pub(super) fn ask_for_all(
        &mut self,
        statement: &Prepared,
        rows: &[Vec<Owned>],
    ) -> Result<(), StoreError> {
        let width = rows.first().map_or(0, Vec::len);
        fits(statement, width)?;
        self.run(statement, width, |out| {
            let mut columns = statement.types().iter().enumerate();
            columns.try_for_each(|(column, of)| array(out, rows, column, *of))
        })
    }

    fn run(
        &mut self,
        Prepared(statement): &Prepared,
        count: usize,
        args: impl FnOnce(&mut Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.asked += 1;
        self.message(b'B', |out| {
            text(out, ""); // whose answer is the next, and so needs no name
            text(out, &statement.0);
            [1, 1, count].into_iter().try_for_each(|number| short(out, number))?;
            args(out)?;
            [1, 1].into_iter().try_for_each(|number| short(out, number))
        })?;
        self.message(b'E', |out| {
            text(out, "");
            out.extend(0_i32.to_be_bytes()); // all rows
            Ok(())
        })
    }

    /// How many answers there will be.
    pub(super) const fn asked(&self) -> usize {
        self.asked
    }

    /// All of it, with the end at which the server answers.
    pub(super) fn ended(mut self) -> Vec<u8> {
        const SYNC: [u8; HEAD] = [b'S', 0, 0, 0, 4];
        self.bytes.extend(SYNC);
        self.bytes
    }

    fn message(
        &mut self,
        what: u8,
        body: impl FnOnce(&mut Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.bytes.push(what);
        measured(&mut self.bytes, 4, body)
    }
}

/// Whether a statement has as many placeholders.
fn fits(statement: &Prepared, count: usize) -> Result<(), StoreError> {
    match statement.types().len() == count {
        true => Ok(()),
        false => Err(StoreError::Corrupt("a statement has more or fewer placeholders")),
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend(text.as_bytes());
    out.push(0);
}

fn short(out: &mut Vec<u8>, number: usize) -> Result<(), StoreError> {
    out.extend(i16::try_from(number).map_err(StoreError::failed)?.to_be_bytes());
    Ok(())
}

fn long(out: &mut Vec<u8>, number: usize) -> Result<(), StoreError> {
    out.extend(i32::try_from(number).map_err(StoreError::failed)?.to_be_bytes());
    Ok(())
}

/// What `body` writes, behind its length, to which `more` is added.
fn measured(
    out: &mut Vec<u8>,
    more: usize,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let start = out.len();
    out.extend([0; 4]);
    body(out)?;
    let length = (out.len() - start - 4) + more;
    let length = i32::try_from(length).map_err(StoreError::failed)?.to_be_bytes();
    if let Some(there) = out.get_mut(start..start + 4) {
        there.copy_from_slice(&length);
    }
    Ok(())
}

fn value(out: &mut Vec<u8>, value: &Value<'_>, of: Type) -> Result<(), StoreError> {
    if !of.takes(value) {
        return Err(StoreError::Corrupt("a placeholder was given a value of another type"));
    }
    if matches!(value, Value::Null) {
        out.extend(NULL.to_be_bytes());
        return Ok(());
    }
    measured(out, 0, |out| {
        match value {
            Value::Null => {}
            Value::Int(number) => out.extend(number.to_be_bytes()),
            Value::Text(text) => out.extend(dialect::stored(text).as_bytes()),
            Value::Blob(bytes) => out.extend(*bytes),
        }
        Ok(())
    })
}

/// One column of rows, as an array of one dimension whose first element has the number 1.
fn array(
    out: &mut Vec<u8>,
    rows: &[Vec<Owned>],
    column: usize,
    of: Type,
) -> Result<(), StoreError> {
    measured(out, 0, |out| {
        long(out, 1)?;
        long(out, 1)?; // there may be NULL among them
        out.extend(of.number().to_be_bytes());
        long(out, rows.len())?;
        long(out, 1)?;
        rows.iter().try_for_each(|row| {
            let cell = row.get(column).ok_or(StoreError::Corrupt("rows of more than one width"))?;
            value(out, &cell.lent(), of)
        })
    })
}

/// What one statement answers.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// The rows that it found.
    pub(super) rows: Vec<Row>,
    /// How many it touched.
    pub(super) count: u64,
}

/// A row as it came: how many columns, and each behind its length.
#[derive(Debug)]
pub(super) struct Row(Vec<u8>);

impl Row {
    /// How many columns it has.
    pub(super) fn width(&self) -> usize {
        self.0.first_chunk().map_or(0, |count| usize::from(u16::from_be_bytes(*count)))
    }

    /// A column; none where it is NULL.
    fn column(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        let missing = StoreError::Corrupt("a row has fewer columns, or ends too early");
        let mut rest = self.0.get(2..).unwrap_or_default();
        for number in 0..=column {
            let Some((length, after)) = rest.split_first_chunk() else { break };
            let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
                if number == column {
                    return Ok(None);
                }
                rest = after;
                continue;
            };
            let Some((value, after)) = after.split_at_checked(length) else { break };
            if number == column {
                return Ok(Some(value));
            }
            rest = after;
        }
        Err(missing)
    }
}

impl Read for Row {
    fn text(&self, column: usize) -> Result<Option<String>, StoreError> {
        let text = self.column(column)?.map(|bytes| String::from_utf8(bytes.to_owned()));
        Ok(text.transpose().map_err(StoreError::failed)?.map(dialect::read))
    }

    fn int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        let number = self.column(column)?.map(|bytes| bytes.try_into().map(i64::from_be_bytes));
        number.transpose().map_err(|_| StoreError::Corrupt("a column holds no number of 8 bytes"))
    }

    fn blob(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.column(column)?.map(<[u8]>::to_owned))
    }
}

/// An error that the server answers.
#[derive(Debug)]
pub(super) struct Refused {
    /// What kind of error it is: an SQLSTATE.
    pub(super) code: String,
    /// What it says of itself.
    pub(super) message: String,
}

/// All that a server says to one round.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) answers: Vec<Answer>,
    /// The types of a prepared statement's placeholders.
    pub(super) types: Vec<u32>,
    pub(super) refused: Option<Refused>,
    rows: Vec<Row>,
}

impl Said {
    /// Takes the messages that are whole from what was heard; whether the last was the end of the
    /// round. Errs where it is no message that answers.
    pub(super) fn take(&mut self, heard: &mut Vec<u8>) -> Result<bool, &'static str> {
        let mut from = 0;
        let mut is_end = false;
        while let Some((what, body)) = next(heard.get(from..).unwrap_or_default())? {
            from += HEAD + body.len();
            is_end = what == b'Z';
            self.hear(what, body)?;
            if is_end {
                break;
            }
        }
        heard.drain(..from);
        Ok(is_end)
    }

    fn hear(&mut self, what: u8, body: &[u8]) -> Result<(), &'static str> {
        match what {
            b'D' => self.rows.push(Row(body.to_owned())),
            b'C' | b'I' => {
                let (rows, count) = (std::mem::take(&mut self.rows), count(body));
                self.answers.push(Answer { rows, count });
            }
            b'E' => self.refused = Some(refused(body)),
            b't' => {
                let numbers = body.get(2..).unwrap_or_default().chunks_exact(4);
                let numbers = numbers.filter_map(|number| number.try_into().ok());
                self.types = numbers.map(u32::from_be_bytes).collect();
            }
            // What was asked was done, or has no rows, or has them of these types; and what a
            // server says unasked.
            b'1' | b'2' | b'n' | b'T' | b'Z' | b'N' | b'S' | b'A' => {}
            _ => return Err("the server answered with a message that answers nothing"),
        }
        Ok(())
    }
}

/// What the first message is, and its body; none where it is not whole yet.
fn next(heard: &[u8]) -> Result<Option<(u8, &[u8])>, &'static str> {
    let Some((&[what, a, b, c, d], rest)) = heard.split_first_chunk() else { return Ok(None) };
    let length = usize::try_from(i32::from_be_bytes([a, b, c, d])).ok();
    let length = length.and_then(|length| length.checked_sub(4));
    let length = length.filter(|length| *length <= MESSAGE_MAX);
    let length = length.ok_or("the server sent a message of an impossible length")?;
    Ok(rest.get(..length).map(|body| (what, body)))
}

/// How many rows a statement touched: the last word of what it ends with.
fn count(tag: &[u8]) -> u64 {
    let tag = tag.strip_suffix(&[0]).unwrap_or(tag);
    let word = tag.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    std::str::from_utf8(word).ok().and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// Fields, each a letter and a text.
fn refused(body: &[u8]) -> Refused {
    let of = |letter: u8| {
        let field = body.split(|byte| *byte == 0).find_map(|field| field.strip_prefix(&[letter]));
        String::from_utf8_lossy(field.unwrap_or_default()).into_owned()
    };
    Refused { code: of(b'C'), message: of(b'M') }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(what: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&[what], &length.to_be_bytes()[..], body].concat()
    }

    #[test]
    fn a_round_is_asked_at_once_and_ends_once() {
        let statement = Prepared::new("s1".to_owned(), &[20, 25, 17]).unwrap();
        let mut round = Round::default();
        let args = [Value::Int(7), Value::Text("x\0"), Value::Null];
        round.ask(&statement, args.into_iter()).unwrap();
        assert_eq!(round.asked(), 1);
        let bind = b"\0s1\0\0\x01\0\x01\0\x03\0\0\0\x08\0\0\0\0\0\0\0\x07\
                     \0\0\0\x06x\xF4\x8F\xBF\xBD0\xFF\xFF\xFF\xFF\0\x01\0\x01";
        let execute = b"\0\0\0\0\0";
        let all = [message(b'B', bind), message(b'E', execute), message(b'S', b"")].concat();
        assert_eq!(round.ended(), all);
    }

    #[test]
    fn rows_go_as_one_array_for_each_column() {
        let statement = Prepared::new("s1".to_owned(), &[1016]).unwrap();
        let mut round = Round::default();
        round.ask_for_all(&statement, &[vec![Owned::Int(1)], vec![Owned::Null]]).unwrap();
        let array = b"\0\0\0\x01\0\0\0\x01\0\0\0\x14\0\0\0\x02\0\0\0\x01\
                      \0\0\0\x08\0\0\0\0\0\0\0\x01\xFF\xFF\xFF\xFF";
        assert!(round.ended().windows(array.len()).any(|part| part == array));
    }

    #[test]
    fn what_does_not_fit_a_placeholder_is_not_sent() {
        let statement = Prepared::new("s1".to_owned(), &[20]).unwrap();
        let ask = |args: &[Value<'_>]| Round::default().ask(&statement, args.iter().copied());
        assert!(ask(&[Value::Int(1)]).is_ok());
        assert!(ask(&[Value::Text("1")]).is_err());
        assert!(ask(&[]).is_err());
        assert!(ask(&[Value::Int(1), Value::Int(1)]).is_err());
        assert!(Prepared::new("s1".to_owned(), &[1043]).is_err());
    }

    /// However the bytes are cut into parts on their way.
    #[test]
    fn an_answer_is_read_as_it_comes() {
        let row = b"\0\x03\0\0\0\x08\0\0\0\0\0\0\0\x05\xFF\xFF\xFF\xFF\0\0\0\x01x";
        let all = [
            message(b'2', b""),
            message(b'D', row),
            message(b'N', b"Sunasked\0\0"),
            message(b'C', b"SELECT 1\0"),
            message(b'2', b""),
            message(b'C', b"INSERT 0 3\0"),
            message(b'E', b"SERROR\0C23505\0Mtwice\0\0"),
            message(b'Z', b"E"),
        ]
        .concat();
        for size in 1..all.len() {
            let (mut said, mut heard, mut ends) = (Said::default(), Vec::new(), 0);
            for part in all.chunks(size) {
                heard.extend(part);
                ends += usize::from(said.take(&mut heard).unwrap());
            }
            assert_eq!((ends, heard.len()), (1, 0));
            let [found, made] = &said.answers[..] else { panic!("{said:?}") };
            let row = found.rows.first().unwrap();
            assert_eq!(
                (row.width(), row.int(0).unwrap(), row.text(1).unwrap()),
                (3, Some(5), None)
            );
            assert_eq!(row.text(2).unwrap().as_deref(), Some("x"));
            assert!(row.int(2).is_err() && row.text(3).is_err());
            assert_eq!((made.rows.len(), made.count), (0, 3));
            let refused = said.refused.unwrap();
            assert_eq!((refused.code.as_str(), refused.message.as_str()), ("23505", "twice"));
        }
    }

    #[test]
    fn what_is_no_answer_ends_the_connection() {
        let short = b"C\0\0\0\x03".to_vec();
        let long = [&b"D"[..], &i32::MAX.to_be_bytes()].concat();
        for mut heard in [short, long, message(b'R', b"\0\0\0\0"), message(b'G', b"")] {
            assert!(Said::default().take(&mut heard).is_err());
        }
    }
}
