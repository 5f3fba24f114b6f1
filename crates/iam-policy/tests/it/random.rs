//! Random choices from a seed: a failing case is found again by the seed that the failure prints.

pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below the bound, by SplitMix64.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Each item or not, evenly.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        from.iter().filter(|_| self.one_in(2)).cloned().collect()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }

    /// The same statement in another dress: letters outside of OCIDs change case, spaces multiply.
    pub(crate) fn dress(&mut self, statement: &str) -> String {
        let mut dressed = String::new();
        for word in statement.split(' ') {
            for letter in word.chars() {
                let other = letter.is_ascii_lowercase() && self.one_in(3);
                let keep = word.contains("ocid1.");
                dressed.push(if other && !keep { letter.to_ascii_uppercase() } else { letter });
            }
            dressed.push_str(self.pick(&[" ", "  ", "\n", "\t ", " \r\n"]));
        }
        dressed
    }
}
