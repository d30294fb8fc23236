//! Writes the sample databases into a folder: `cargo run -p maq-testkit --example make_sources -- FOLDER`.

use maq_testkit::sources::{many_tables, music_shop, nasty, trading_company};
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    std::fs::create_dir_all(&folder)?;
    music_shop(&folder.join("music-shop.sqlite"));
    trading_company(&folder.join("trading-company.sqlite"));
    nasty(&folder.join("nasty.sqlite"));
    many_tables(&folder.join("many-tables.sqlite"), 500, 1);
    Ok(())
}
