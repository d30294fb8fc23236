//! A trading company: names with spaces, blobs, views, composite keys, text dates, checks, defaults, text keys.

use super::{Dice, build};
use rusqlite::params;
use std::path::Path;

const SCHEMA: &str = "
CREATE TABLE [Categories] ([CategoryID] INTEGER PRIMARY KEY AUTOINCREMENT, [CategoryName] TEXT, [Description] TEXT, [Picture] BLOB);
CREATE TABLE [Customers] ([CustomerID] TEXT, [CompanyName] TEXT, [City] TEXT, PRIMARY KEY (`CustomerID`));
CREATE TABLE [CustomerDemographics] ([CustomerTypeID]TEXT NOT NULL, [CustomerDesc]TEXT, PRIMARY KEY (\"CustomerTypeID\"));
CREATE TABLE [CustomerCustomerDemo] ([CustomerID]TEXT NOT NULL, [CustomerTypeID]TEXT NOT NULL,
  PRIMARY KEY (\"CustomerID\",\"CustomerTypeID\"),
  FOREIGN KEY ([CustomerID]) REFERENCES [Customers] ([CustomerID]) ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ([CustomerTypeID]) REFERENCES [CustomerDemographics] ([CustomerTypeID]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [Employees] ([EmployeeID] INTEGER PRIMARY KEY AUTOINCREMENT, [LastName] TEXT, [BirthDate] DATE, [Photo] BLOB, [ReportsTo] INTEGER,
  FOREIGN KEY ([ReportsTo]) REFERENCES [Employees] ([EmployeeID]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [Regions] ([RegionID]INTEGER NOT NULL PRIMARY KEY, [RegionDescription]TEXT NOT NULL);
CREATE TABLE [Territories] ([TerritoryID]TEXT NOT NULL, [TerritoryDescription]TEXT NOT NULL, [RegionID]INTEGER NOT NULL,
  PRIMARY KEY (\"TerritoryID\"), FOREIGN KEY ([RegionID]) REFERENCES [Regions] ([RegionID]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [Shippers] ([ShipperID]INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, [CompanyName]TEXT NOT NULL, [Phone]TEXT);
CREATE TABLE [Products] ([ProductID]INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, [ProductName]TEXT NOT NULL, [CategoryID]INTEGER,
  [UnitPrice]NUMERIC DEFAULT 0, [UnitsInStock]INTEGER DEFAULT 0, [Discontinued]TEXT NOT NULL DEFAULT '0',
  CHECK ([UnitPrice]>=(0)), CHECK ([UnitsInStock]>=(0)),
  FOREIGN KEY ([CategoryID]) REFERENCES [Categories] ([CategoryID]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [Orders] ([OrderID]INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, [CustomerID]TEXT, [EmployeeID]INTEGER, [OrderDate]DATETIME,
  [ShipVia]INTEGER, [Freight]NUMERIC DEFAULT 0,
  FOREIGN KEY ([EmployeeID]) REFERENCES [Employees] ([EmployeeID]) ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ([CustomerID]) REFERENCES [Customers] ([CustomerID]) ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ([ShipVia]) REFERENCES [Shippers] ([ShipperID]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [Order Details] ([OrderID]INTEGER NOT NULL, [ProductID]INTEGER NOT NULL, [UnitPrice]NUMERIC NOT NULL DEFAULT 0,
  [Quantity]INTEGER NOT NULL DEFAULT 1, [Discount]REAL NOT NULL DEFAULT 0, PRIMARY KEY (\"OrderID\",\"ProductID\"),
  CHECK ([Discount]>=(0) AND [Discount]<=(1)), CHECK ([Quantity]>(0)), CHECK ([UnitPrice]>=(0)),
  FOREIGN KEY ([OrderID]) REFERENCES [Orders] ([OrderID]) ON DELETE NO ACTION ON UPDATE NO ACTION,
  FOREIGN KEY ([ProductID]) REFERENCES [Products] ([ProductID]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE VIEW [Current Product List] AS SELECT ProductID, ProductName FROM Products WHERE Discontinued=0;
CREATE VIEW [Order Subtotals] AS SELECT [Order Details].OrderID, Sum([Order Details].UnitPrice*Quantity*(1-Discount)) AS Subtotal
  FROM [Order Details] GROUP BY [Order Details].OrderID;
";

/// Builds the trading company at `path`: about 400 rows.
pub fn trading_company(path: &Path) {
    build(path, |connection| {
        connection.execute_batch(SCHEMA)?;
        let mut dice = Dice(21);
        for id in 1..=5 {
            let picture: Vec<u8> = (0..2_000).map(|_| dice.next().to_le_bytes()[0]).collect();
            connection.execute(
                "INSERT INTO Categories VALUES (?1, ?2, ?3, ?4)",
                params![id, format!("Category {id}"), "Soft drinks, coffees, teas", picture],
            )?;
        }
        for id in 1..=20 {
            let key = format!("CUST{id}");
            connection.execute(
                "INSERT INTO Customers VALUES (?1, ?2, ?3)",
                params![key, format!("Company {id}"), "México D.F."],
            )?;
        }
        for id in 1..=5 {
            let boss = (id > 1).then_some(1);
            let photo = vec![0_u8, 255, 1, 254];
            connection.execute(
                "INSERT INTO Employees VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, format!("Name {id}"), "1968-12-08", photo, boss],
            )?;
        }
        for id in 1..=3 {
            connection.execute("INSERT INTO Regions VALUES (?1, ?2)", params![id, format!("Region {id}")])?;
            connection.execute("INSERT INTO Shippers VALUES (?1, ?2, NULL)", params![id, format!("Shipper {id}")])?;
            connection
                .execute("INSERT INTO Territories VALUES (?1, ?2, ?3)", params![format!("0{id}581"), "Westboro", id])?;
        }
        for id in 1..=30 {
            let price = f64::from(i32::try_from(dice.roll(8000)).unwrap_or(1)) / 100.0;
            connection.execute(
                "INSERT INTO Products VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    id,
                    format!("Product {id}"),
                    dice.roll(5),
                    price,
                    dice.roll(100),
                    if dice.roll(10) == 1 { "1" } else { "0" }
                ],
            )?;
        }
        for id in 10248..10348 {
            let date = format!("2016-{:02}-{:02}", dice.roll(12), dice.roll(28));
            connection.execute(
                "INSERT INTO Orders VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![id, format!("CUST{}", dice.roll(20)), dice.roll(5), date, dice.roll(3), 32.38],
            )?;
            for product in [dice.roll(15), dice.roll(15) + 15] {
                connection.execute(
                    "INSERT INTO [Order Details] VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![id, product, 14, dice.roll(40), 0.05],
                )?;
            }
        }
        Ok(())
    });
}
