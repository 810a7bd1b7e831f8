//! An application with sqlx inside: it runs the migrations of a folder when it starts, under the lock of the library.

use std::error::Error;
use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::{MySqlPool, PgPool, SqlitePool};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, url, folder] = &arguments[..] else {
        return Err("usage: sqlx-library URL FOLDER".into());
    };
    let migrator = Migrator::new(Path::new(folder)).await?;
    match url.split(':').next() {
        Some("postgres") => migrator.run(&PgPool::connect(url).await?).await?,
        Some("mysql") => migrator.run(&MySqlPool::connect(url).await?).await?,
        _ => migrator.run(&SqlitePool::connect(url).await?).await?,
    }
    Ok(())
}
