//! What was probably meant by a mistyped word.

/// ` Did you mean 'get'?`, or nothing where no candidate comes near.
pub(crate) fn did_you_mean(word: &str, candidates: impl Iterator<Item = String>) -> String {
    let mut near: Vec<(usize, String)> = candidates
        .filter_map(|candidate| Some((distance_if_near(word, &candidate)?, candidate)))
        .collect();
    near.sort();
    near.dedup();
    near.truncate(3);
    let quoted: Vec<_> = near.iter().map(|(_, name)| format!("'{name}'")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => format!(" Did you mean {one}?"),
        several => format!(" Did you mean one of: {}?", several.join(", ")),
    }
}

/// How far apart two words are, if that is near enough to be a slip: one letter in three, or the
/// beginning of the longer word, as `create` is of `create-or-reset`.
fn distance_if_near(word: &str, candidate: &str) -> Option<usize> {
    let word = word.to_lowercase();
    let bare = word.trim_start_matches('-');
    // Every letter is near every other.
    if bare.chars().count() < 2 {
        return None;
    }
    if bare.len() >= 3 && candidate.trim_start_matches('-').starts_with(bare) {
        return Some(0);
    }
    let far = distance(&word, candidate);
    let length = bare.chars().count().max(candidate.trim_start_matches('-').chars().count());
    (far * 3 <= length.max(3)).then_some(far)
}

/// How many letters must be added, dropped, replaced or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut last_letter = None;
    for (row, letter) in left.chars().enumerate() {
        let mut line = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX);
            let replaced = at(&last, column) + usize::from(letter != *other);
            let mut least = replaced.min(at(&last, column + 1) + 1).min(at(&line, column) + 1);
            let previous = column.checked_sub(1).and_then(|index| right.get(index));
            if previous == Some(&letter) && last_letter == Some(*other) {
                least = least.min(at(&before_last, column - 1) + 1);
            }
            line.push(least);
        }
        before_last = std::mem::replace(&mut last, line);
        last_letter = Some(letter);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let commands = || ["get", "list", "create-or-reset", "delete"].map(str::to_owned);
        for (word, hint) in [
            ("gett", " Did you mean 'get'?"),
            ("create", " Did you mean 'create-or-reset'?"),
            ("creat-or-reset", " Did you mean 'create-or-reset'?"),
            ("lsit", " Did you mean 'list'?"),
            ("banana", ""),
            ("g", ""),
        ] {
            assert_eq!(did_you_mean(word, commands().into_iter()), hint, "{word}");
        }
        let options = || ["--user-id", "--force"].map(str::to_owned).into_iter();
        assert_eq!(did_you_mean("--usr-id", options()), " Did you mean '--user-id'?");
        assert_eq!(did_you_mean("-x", ["-d", "-h"].map(str::to_owned).into_iter()), "");
    }
}
