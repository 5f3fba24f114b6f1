//! Words that are all that some variables may be compared with.

/// Words, and what an error says of others.
#[derive(Debug)]
pub(crate) struct Words {
    /// What they are, such as `a month`.
    pub(crate) what: &'static str,
    /// What to write, for errors.
    pub(crate) hint: &'static str,
    /// The words.
    pub(crate) all: &'static [&'static str],
}

pub(crate) static FLAGS: Words = Words {
    what: "`true` or `false`",
    hint: "write `'true'` or `'false'`",
    all: &["true", "false"],
};

pub(crate) static MONTHS: Words = Words {
    what: "a month",
    hint: "write `'1'` to `'12'`",
    all: &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
};

pub(crate) static DAYS: Words = Words {
    what: "a day of the month",
    hint: "write `'1'` to `'31'`",
    all: &[
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
        "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31",
    ],
};

pub(crate) static WEEKDAYS: Words = Words {
    what: "a day of the week",
    hint: "write the whole word in English, such as `'Monday'`",
    all: &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
};

pub(crate) static EFFECTS: Words = Words {
    what: "a type of policy",
    hint: "write `'allow'` or `'deny'`",
    all: &["allow", "deny"],
};

pub(crate) static CREDENTIALS: Words = Words {
    what: "a type of credential",
    hint: "write `'smtp'`, `'swift'` or `'secretkey'`",
    all: &["smtp", "swift", "secretkey"],
};
