//! Whole installations, carried from one engine to another and into files.

use crate::scratch::{HERE, Scratch, at_second, file_in, new_id, reopen};
use iam_store::{
    ArchiveReader, ArchiveWriter, Cell, Each, Filling, Head, Nowhere, Rows, Store, StoreError,
    StoredMail, Sum, Table, all, pour, tables,
};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;

/// So many rows for every table that there is.
struct Invented(i64);

/// More than go into one batch.
const EACH: i64 = 700;
/// The columns of each table as an engine tells of them.
type Catalog = BTreeMap<String, Vec<Column>>;

struct Column {
    name: String,
    kind: String,
    in_key: bool,
    may_be_null: bool,
}

fn catalog() -> Catalog {
    let dir = TempDir::new().unwrap();
    drop(Store::create(&file_in(&dir)).unwrap());
    let engine = rusqlite::Connection::open(file_in(&dir)).unwrap();
    let sql = "SELECT m.name, c.name, c.type, c.pk, c.\"notnull\" FROM sqlite_schema m, \
               pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid";
    let mut found = Catalog::new();
    let mut statement = engine.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let [in_key, is_full] = [3, 4].map(|place| row.get::<_, i64>(place).unwrap() > 0);
        let may_be_null = !in_key && !is_full;
        let [name, kind] = [1, 2].map(|place| row.get(place).unwrap());
        let column = Column { name, kind, in_key, may_be_null };
        found.entry(row.get(0).unwrap()).or_default().push(column);
    }
    found
}

fn invent(column: &Column, number: i64) -> Cell {
    let Column { name, kind, in_key, may_be_null } = column;
    if *may_be_null && number % 2 == 0 {
        return Cell::Null;
    }
    match kind.as_str() {
        "TEXT" if *in_key => Cell::Text(format!("{name} {number:06}")),
        "TEXT" => Cell::Text(format!("{name} {number}: \0 é \u{10FFFD} 🦀")),
        "BLOB" => Cell::Blob([&number.to_be_bytes()[..], &[0, 255]].concat()),
        _ => Cell::Int(number),
    }
}

impl Rows for Invented {
    fn each(&mut self, table: &'static Table, each: &mut Each<'_>) -> Result<(), StoreError> {
        static CATALOG: LazyLock<Catalog> = LazyLock::new(catalog);
        let columns = &CATALOG[table.name];
        for number in 1..=self.0 {
            each(columns.iter().map(|column| invent(column, number)).collect())?;
        }
        match table.name {
            "meta" => each(vec![Cell::Text("revision".to_owned()), Cell::Int(77)]),
            _ => Ok(()),
        }
    }
}

/// Lets what `from` makes run into an empty store.
fn fill<R: Rows>(to: &Store, from: impl Fn() -> R + Send + 'static) -> Result<Vec<Sum>, String> {
    let work =
        move |tx: &mut iam_store::Tx<'_>| pour(&mut from(), &all, &mut Filling::new(tx)?, &|_| {});
    to.write(work).wait().unwrap().map_err(|cause| cause.to_string())
}

fn move_all(from: Arc<Store>, to: &Store) -> Vec<Sum> {
    let work = move |tx: &mut iam_store::Tx<'_>| {
        from.read(|from| pour(from, &all, &mut Filling::new(tx)?, &|_| {}))?
    };
    to.write(work).wait().unwrap().unwrap()
}

fn sums(store: &Store) -> Vec<Sum> {
    store.read(|tx| pour(tx, &all, &mut Nowhere, &|_| {})).unwrap().unwrap()
}

#[test]
fn the_tables_are_those_that_the_schema_makes() {
    let catalog = catalog();
    let names: Vec<_> = tables().iter().map(|table| table.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, catalog.keys().map(String::as_str).collect::<Vec<_>>());
    for table in tables() {
        let columns: Vec<_> =
            catalog[table.name].iter().map(|column| column.name.as_str()).collect();
        assert_eq!(table.columns().collect::<Vec<_>>(), columns, "{}", table.name);
    }
}

/// On SQLite and PostgreSQL alike.
#[test]
fn what_was_kept_comes_back_whole_and_only_the_revision_goes_on() {
    for store in [Scratch::embedded(), Scratch::postgres()] {
        fill(&store, || Invented(EACH)).unwrap();
        let revision = || store.read(|tx| tx.meta("revision")).unwrap().unwrap();
        let but_meta = || sums(&store).into_iter().filter(|sum| sum.table != "meta");
        let (before, revised): (Vec<Sum>, i64) = (but_meta().collect(), revision());
        let kept = store.read(|tx| tx.keep_all()).unwrap().unwrap().unwrap();
        assert_eq!(kept.rows() as u64, sums(&store).iter().map(|sum| sum.count).sum::<u64>());
        let change = |tx: &mut iam_store::Tx<'_>| {
            tx.set_meta("new", 1)?;
            let tenancies = tx.tenancies()?;
            tx.end_all_timed()?;
            tx.revise().map(|()| tenancies.len())
        };
        store.write(change).wait().unwrap().unwrap();
        assert!(but_meta().ne(before.iter().copied()));
        let put_back = move |tx: &mut iam_store::Tx<'_>| tx.put_back(&kept);
        store.write(put_back).wait().unwrap().unwrap();
        assert!(but_meta().eq(before), "what was there is there again");
        assert_eq!(store.read(|tx| tx.meta("new")).unwrap().unwrap(), 0, "and nothing else");
        assert_eq!(revision(), revised + 2);
    }
}

#[test]
fn every_row_survives_the_way_from_engine_to_engine_and_back() {
    let expected = pour(&mut Invented(EACH), &all, &mut Nowhere, &|_| {}).unwrap();
    assert!(expected.iter().all(|sum| sum.count >= u64::try_from(EACH).unwrap()));
    let (first, database, last) = (Scratch::embedded(), Scratch::postgres(), Scratch::embedded());
    assert_eq!(fill(&first, || Invented(EACH)).unwrap(), expected);
    assert_eq!(sums(&first), expected);
    let (dir, file) = first.closed();
    assert_eq!(move_all(Arc::new(reopen(&file).unwrap()), &database), expected);
    assert_eq!(sums(&database), expected);
    assert_eq!(database.revision(), 77);
    let (database, _lent) = database.into_store();
    assert_eq!(move_all(Arc::new(database), &last), expected);
    assert_eq!(sums(&last), expected);
    drop(dir);
}

/// The same, but for one word in one row of each table that has etags.
struct Altered;

impl Rows for Altered {
    fn each(&mut self, table: &'static Table, each: &mut Each<'_>) -> Result<(), StoreError> {
        let mut number = 0;
        Invented(EACH).each(table, &mut |mut row| {
            number += 1;
            if let Some(place) = table.column("etag").filter(|_| number == 7) {
                row[place] = Cell::Text("another".to_owned());
            }
            each(row)
        })
    }
}

#[test]
fn a_changed_row_has_another_sum() {
    let of = |rows: &mut dyn Rows| pour(rows, &all, &mut Nowhere, &|_| {}).unwrap();
    let (sums, altered) = (of(&mut Invented(EACH)), of(&mut Altered));
    for ((table, sum), altered) in tables().iter().zip(sums).zip(altered) {
        assert_eq!(sum != altered, table.column("etag").is_some(), "{}", table.name);
    }
}

#[test]
fn what_comes_after_a_move_is_numbered_behind_it() {
    for store in [Scratch::embedded(), Scratch::postgres()] {
        fill(&store, || Invented(EACH)).unwrap();
        let new = StoredMail {
            id: "new".to_owned(),
            tenancy: HERE,
            user: new_id("user"),
            event: "admin.user.create.success".to_owned(),
            payload: Vec::new(),
            created: at_second(1),
            due: at_second(1),
            attempts: 0,
            expires: at_second(2),
            error: None,
        };
        store.change(move |tx| tx.add_mail(&new)); // whose number nobody has
        let letters = sums(&store).into_iter().find(|sum| sum.table == "outbox").unwrap();
        assert_eq!(letters.count, u64::try_from(EACH).unwrap() + 1);
    }
}

#[test]
fn a_store_that_holds_something_is_left_as_it_is() {
    for store in [Scratch::embedded(), Scratch::postgres()] {
        store.change(|tx| tx.set_meta("mine", 1));
        let before = sums(&store);
        let refused = fill(&store, || Invented(EACH)).unwrap_err();
        assert!(refused.contains("already holds an installation"), "{refused}");
        assert_eq!(sums(&store), before);
    }
}

#[test]
fn a_store_that_was_filled_by_half_holds_nothing() {
    struct Breaking;
    impl Rows for Breaking {
        fn each(&mut self, table: &'static Table, each: &mut Each<'_>) -> Result<(), StoreError> {
            Invented(EACH).each(table, each)?;
            if table.name == "audit" { Err(StoreError::Corrupt("torn")) } else { Ok(()) }
        }
    }
    for store in [Scratch::embedded(), Scratch::postgres()] {
        let before = sums(&store);
        let refused = fill(&store, || Breaking).unwrap_err();
        assert!(refused.contains("torn"), "{refused}");
        assert_eq!(sums(&store), before);
    }
}

/// An archive of what was invented, and its sums.
fn archive() -> (Vec<u8>, Vec<Sum>) {
    let mut writer = ArchiveWriter::new(Vec::new(), &Head::new("0.1.0", 5)).unwrap();
    let sums = pour(&mut Invented(30), &all, &mut writer, &|_| {}).unwrap();
    (writer.end().unwrap(), sums)
}

fn read(bytes: &[u8]) -> Result<Vec<Sum>, String> {
    let read = || {
        let mut reader = ArchiveReader::new(bytes)?;
        let sums = pour(&mut reader, &all, &mut Nowhere, &|_| {})?;
        reader.end()?;
        Ok(sums)
    };
    read().map_err(|cause: StoreError| cause.to_string())
}

#[test]
fn an_archive_is_read_as_it_was_written() {
    let (bytes, sums) = archive();
    assert_eq!(read(&bytes).unwrap(), sums);
    let head = ArchiveReader::new(&bytes[..]).unwrap().head;
    assert_eq!((head.program.as_str(), head.created), ("0.1.0", 5));
}

#[test]
fn a_damaged_archive_is_refused() {
    let (bytes, _) = archive();
    let step = bytes.len() / 40;
    for at in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
        assert!(read(&bytes[..at]).is_err(), "cut at {at}");
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        assert!(read(&flipped).is_err(), "flipped at {at}");
    }
    assert!(read(&[&bytes[..], b"x"].concat()).unwrap_err().contains("follows its end"));
    assert!(read(b"PK\x03\x04 something else").unwrap_err().contains("is not a backup"));
}

#[test]
fn an_archive_of_another_schema_is_refused() {
    let (mut bytes, _) = archive();
    let at = bytes.windows(9).position(|window| window == br#""schema":"#).unwrap();
    bytes[at + 9] = b'9';
    let refused = read(&bytes).unwrap_err();
    assert!(refused.contains("schema version 9") && refused.contains("0.1.0"), "{refused}");
}

#[test]
fn who_looks_beside_a_writer_sees_one_state_and_cannot_write() {
    let dir = TempDir::new().unwrap();
    let store = Store::create(&file_in(&dir)).unwrap();
    let beside = Store::look(&file_in(&dir)).unwrap();
    let count = |number| store.write(move |tx| tx.set_meta("count", number)).wait().unwrap();
    count(1).unwrap();
    beside
        .read(|tx| {
            assert_eq!(tx.meta("count").unwrap(), 1);
            count(2).unwrap();
            assert_eq!(tx.meta("count").unwrap(), 1);
        })
        .unwrap();
    assert_eq!(beside.read(|tx| tx.meta("count")).unwrap().unwrap(), 2);
    assert!(beside.read(|tx| tx.set_meta("count", 3)).unwrap().is_err());
    assert!(beside.write(|tx| tx.set_meta("count", 3)).wait().is_err());
    assert_eq!(store.read(|tx| tx.meta("count")).unwrap().unwrap(), 2);
}
