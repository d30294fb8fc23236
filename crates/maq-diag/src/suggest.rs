//! "Did you mean": the nearest known name, or none when nothing is near.

/// The candidate nearest to `wrong`, when it is near enough to be a slip (Jaro-Winkler above 0.8, case ignored).
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&wrong, &candidate.to_lowercase()), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_finds_none() {
        assert_eq!(did_you_mean("Custmer", ["Invoice", "Customer"]), Some("Customer"));
        assert_eq!(did_you_mean("zebra", ["Invoice", "Customer"]), None);
    }
}
