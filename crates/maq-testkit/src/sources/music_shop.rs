//! A music shop: 11 tables, a composite key, a self reference, decimals, dates, indexes on every foreign key.

use super::{Dice, build};
use rusqlite::{Connection, params};
use std::path::Path;

const SCHEMA: &str = "
CREATE TABLE [Artist] ([ArtistId] INTEGER NOT NULL, [Name] NVARCHAR(120), CONSTRAINT [PK_Artist] PRIMARY KEY ([ArtistId]));
CREATE TABLE [Album] ([AlbumId] INTEGER NOT NULL, [Title] NVARCHAR(160) NOT NULL, [ArtistId] INTEGER NOT NULL,
  CONSTRAINT [PK_Album] PRIMARY KEY ([AlbumId]),
  FOREIGN KEY ([ArtistId]) REFERENCES [Artist] ([ArtistId]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [Employee] ([EmployeeId] INTEGER NOT NULL, [LastName] NVARCHAR(20) NOT NULL, [FirstName] NVARCHAR(20) NOT NULL,
  [Title] NVARCHAR(30), [ReportsTo] INTEGER, [BirthDate] DATETIME, [HireDate] DATETIME, [Email] NVARCHAR(60),
  CONSTRAINT [PK_Employee] PRIMARY KEY ([EmployeeId]),
  FOREIGN KEY ([ReportsTo]) REFERENCES [Employee] ([EmployeeId]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [Customer] ([CustomerId] INTEGER NOT NULL, [FirstName] NVARCHAR(40) NOT NULL, [LastName] NVARCHAR(20) NOT NULL,
  [Company] NVARCHAR(80), [City] NVARCHAR(40), [Country] NVARCHAR(40), [Email] NVARCHAR(60) NOT NULL, [SupportRepId] INTEGER,
  CONSTRAINT [PK_Customer] PRIMARY KEY ([CustomerId]),
  FOREIGN KEY ([SupportRepId]) REFERENCES [Employee] ([EmployeeId]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [Genre] ([GenreId] INTEGER NOT NULL, [Name] NVARCHAR(120), CONSTRAINT [PK_Genre] PRIMARY KEY ([GenreId]));
CREATE TABLE [MediaType] ([MediaTypeId] INTEGER NOT NULL, [Name] NVARCHAR(120), CONSTRAINT [PK_MediaType] PRIMARY KEY ([MediaTypeId]));
CREATE TABLE [Playlist] ([PlaylistId] INTEGER NOT NULL, [Name] NVARCHAR(120), CONSTRAINT [PK_Playlist] PRIMARY KEY ([PlaylistId]));
CREATE TABLE [Track] ([TrackId] INTEGER NOT NULL, [Name] NVARCHAR(200) NOT NULL, [AlbumId] INTEGER, [MediaTypeId] INTEGER NOT NULL,
  [GenreId] INTEGER, [Composer] NVARCHAR(220), [Milliseconds] INTEGER NOT NULL, [Bytes] INTEGER, [UnitPrice] NUMERIC(10,2) NOT NULL,
  CONSTRAINT [PK_Track] PRIMARY KEY ([TrackId]),
  FOREIGN KEY ([AlbumId]) REFERENCES [Album] ([AlbumId]) ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ([GenreId]) REFERENCES [Genre] ([GenreId]) ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ([MediaTypeId]) REFERENCES [MediaType] ([MediaTypeId]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [PlaylistTrack] ([PlaylistId] INTEGER NOT NULL, [TrackId] INTEGER NOT NULL,
  CONSTRAINT [PK_PlaylistTrack] PRIMARY KEY ([PlaylistId], [TrackId]),
  FOREIGN KEY ([PlaylistId]) REFERENCES [Playlist] ([PlaylistId]) ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ([TrackId]) REFERENCES [Track] ([TrackId]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [Invoice] ([InvoiceId] INTEGER NOT NULL, [CustomerId] INTEGER NOT NULL, [InvoiceDate] DATETIME NOT NULL,
  [BillingCity] NVARCHAR(40), [Total] NUMERIC(10,2) NOT NULL, CONSTRAINT [PK_Invoice] PRIMARY KEY ([InvoiceId]),
  FOREIGN KEY ([CustomerId]) REFERENCES [Customer] ([CustomerId]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [InvoiceLine] ([InvoiceLineId] INTEGER NOT NULL, [InvoiceId] INTEGER NOT NULL, [TrackId] INTEGER NOT NULL,
  [UnitPrice] NUMERIC(10,2) NOT NULL, [Quantity] INTEGER NOT NULL, CONSTRAINT [PK_InvoiceLine] PRIMARY KEY ([InvoiceLineId]),
  FOREIGN KEY ([InvoiceId]) REFERENCES [Invoice] ([InvoiceId]) ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ([TrackId]) REFERENCES [Track] ([TrackId]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE INDEX [IFK_AlbumArtistId] ON [Album] ([ArtistId]);
CREATE INDEX [IFK_CustomerSupportRepId] ON [Customer] ([SupportRepId]);
CREATE INDEX [IFK_EmployeeReportsTo] ON [Employee] ([ReportsTo]);
CREATE INDEX [IFK_InvoiceCustomerId] ON [Invoice] ([CustomerId]);
CREATE INDEX [IFK_InvoiceLineInvoiceId] ON [InvoiceLine] ([InvoiceId]);
CREATE INDEX [IFK_PlaylistTrackTrackId] ON [PlaylistTrack] ([TrackId]);
CREATE INDEX [IFK_TrackAlbumId] ON [Track] ([AlbumId]);
CREATE INDEX [IFK_TrackGenreId] ON [Track] ([GenreId]);
";

/// Builds the music shop at `path`: about 700 rows.
pub fn music_shop(path: &Path) {
    build(path, |connection| {
        connection.execute_batch(SCHEMA)?;
        fill_catalogue(connection, &mut Dice(11))?;
        fill_sales(connection, &mut Dice(12))
    });
}

fn fill_catalogue(connection: &Connection, dice: &mut Dice) -> rusqlite::Result<()> {
    for id in 1..=20 {
        connection.execute("INSERT INTO Artist VALUES (?1, ?2)", params![id, format!("Artist Nº {id}")])?;
    }
    for id in 1..=40 {
        let title = format!("Album {id}: \"Écoute\"");
        connection.execute("INSERT INTO Album VALUES (?1, ?2, ?3)", params![id, title, dice.roll(20)])?;
    }
    for (id, name) in ["Rock", "Jazz", "Metal", "Blues", "Latin"].iter().enumerate() {
        connection.execute("INSERT INTO Genre VALUES (?1, ?2)", params![id as i64 + 1, name])?;
    }
    for (id, name) in ["MPEG audio file", "AAC audio file"].iter().enumerate() {
        connection.execute("INSERT INTO MediaType VALUES (?1, ?2)", params![id as i64 + 1, name])?;
    }
    for id in 1..=200 {
        let composer = (dice.roll(3) > 1).then(|| format!("Composer {}", dice.roll(30)));
        let bytes = dice.roll(20_000_000);
        connection.execute(
            "INSERT INTO Track VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                id,
                format!("Track {id}"),
                dice.roll(40),
                dice.roll(2),
                dice.roll(5),
                composer,
                dice.roll(600_000),
                bytes,
                0.99
            ],
        )?;
    }
    for id in 1..=6 {
        connection.execute("INSERT INTO Playlist VALUES (?1, ?2)", params![id, format!("Playlist {id}")])?;
        for track in (id..=200).step_by(7) {
            connection.execute("INSERT INTO PlaylistTrack VALUES (?1, ?2)", params![id, track])?;
        }
    }
    Ok(())
}

fn fill_sales(connection: &Connection, dice: &mut Dice) -> rusqlite::Result<()> {
    for id in 1..=8 {
        let boss = (id > 1).then(|| dice.roll(id as u64 - 1));
        connection.execute(
            "INSERT INTO Employee VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                id,
                format!("Last{id}"),
                format!("First{id}"),
                "Agent",
                boss,
                "1962-02-18 00:00:00",
                "2002-08-14 00:00:00",
                format!("e{id}@shop.example")
            ],
        )?;
    }
    for id in 1..=30 {
        connection.execute(
            "INSERT INTO Customer VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                id,
                format!("Luís {id}"),
                "Gonçalves",
                None::<String>,
                "São José",
                "Brazil",
                format!("c{id}@mail.example"),
                dice.roll(8)
            ],
        )?;
    }
    for id in 1..=60 {
        let date = format!("2021-{:02}-{:02} 00:00:00", dice.roll(12), dice.roll(28));
        let total = f64::from(i32::try_from(dice.roll(2000)).unwrap_or(1)) / 100.0;
        connection.execute(
            "INSERT INTO Invoice VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id, dice.roll(30), date, "Stuttgart", total],
        )?;
    }
    for id in 1..=150 {
        connection.execute(
            "INSERT INTO InvoiceLine VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id, dice.roll(60), dice.roll(200), 0.99, dice.roll(4)],
        )?;
    }
    Ok(())
}
