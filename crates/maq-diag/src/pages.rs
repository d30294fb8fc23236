//! The page of each code: what it means, an example, how to mend it. The pages are files in `docs/findings/`; adding
//! one there is enough.

/// Code and text of every page, sorted by file name.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of `code` in Markdown.
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(of, _)| *of == code).map(|(_, text)| *text)
}

/// Every code that has a page.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    #[test]
    fn every_code_has_a_page() {
        let missing: Vec<&str> =
            catalogue::ALL.iter().map(|info| info.code).filter(|code| page(code).is_none()).collect();
        assert!(missing.is_empty(), "write docs/findings/<area>-<words>.md for {missing:?}");
    }

    #[test]
    fn every_page_is_of_a_code_and_tells_how_to_mend_it() {
        for (code, text) in PAGES {
            assert!(catalogue::info(code).is_some(), "no code `{code}` is in the catalogue: rename or remove its page");
            assert!(text.starts_with(&format!("# {code}\n")), "the page of `{code}` begins with its code as a heading");
            for heading in ["\n## An example\n", "\n## How to mend it\n"] {
                assert!(text.contains(heading), "the page of `{code}` has no part{heading}");
            }
        }
    }

    #[test]
    fn the_catalogue_is_sorted_and_its_words_are_those_of_findings() {
        let codes: Vec<&str> = catalogue::ALL.iter().map(|info| info.code).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted, "keep crates/maq-diag/src/catalogue.rs sorted by code, each once");
        for info in catalogue::ALL {
            for text in [info.message, info.help] {
                assert!(!text.ends_with('.'), "`{}`: no full stop at the end", info.code);
                assert!(!text.starts_with(char::is_uppercase), "`{}`: lower case at the start", info.code);
            }
        }
    }
}
