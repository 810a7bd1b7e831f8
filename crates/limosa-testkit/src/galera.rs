//! A private Galera cluster: two nodes of MariaDB that have the same data.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use limosa_server::ServerError;

use crate::database::{Access, Kind};
use crate::instance::free_port;
use crate::mariadb::Data;
use crate::{Database, KitError, MariaDb, Settings, binaries};

/// Joining takes longer than this only when it fails.
const JOIN: Duration = Duration::from_secs(60);
/// Between two looks at a node that joins.
const LOOK: Duration = Duration::from_millis(50);
/// What is read on one node has been written on the other one before.
const IN_STEP: &str = "set session wsrep_sync_wait = 15";

/// Two nodes, each with its own folder and ports.
#[derive(Debug)]
pub struct Galera {
    nodes: [MariaDb; 2],
}

impl Galera {
    /// The cluster of this test process, started on first use.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn try_shared() -> Result<&'static Self, &'static KitError> {
        static SHARED: OnceLock<Result<Galera, KitError>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// Starts a cluster of one's own; it ends with the value.
    ///
    /// # Errors
    /// When programs are missing, or a node does not start or join.
    pub fn start() -> Result<Self, KitError> {
        let library = binaries::galera()?;
        let mut attempts = 0;
        loop {
            attempts += 1;
            match Self::try_start(&library.display().to_string()) {
                // Between our look and the node's bind somebody else may take a port.
                Err(KitError::Server(ServerError::Start { log, .. }))
                    if attempts < 3 && log.contains("in use") => {}
                other => return other,
            }
        }
    }

    fn try_start(library: &str) -> Result<Self, KitError> {
        let [one, other, incremental_one, incremental_other, whole] = [
            free_port()?,
            free_port()?,
            free_port()?,
            free_port()?,
            free_port()?,
        ];
        let settings = |name: &str, group: u16, incremental: u16| {
            let options = format!(
                "gmcast.listen_addr=tcp://127.0.0.1:{group};ist.recv_addr=127.0.0.1:{incremental};gcache.size=16M"
            );
            Settings::new()
                .set("wsrep-on", "ON")
                .set("wsrep-provider", library)
                .set("wsrep-provider-options", &format!("\"{options}\""))
                .set("wsrep-cluster-name", &format!("limosa-{one}"))
                .set(
                    "wsrep-cluster-address",
                    &format!("gcomm://127.0.0.1:{one},127.0.0.1:{other}"),
                )
                .set("wsrep-node-address", "127.0.0.1")
                .set("wsrep-node-name", name)
                .set("wsrep-sst-method", "rsync")
                .set("wsrep-sst-receive-address", &format!("127.0.0.1:{whole}"))
                .set("binlog-format", "ROW")
                .set("innodb-autoinc-lock-mode", "2")
        };
        let first = MariaDb::start_from(
            &settings("one", one, incremental_one),
            |folder| Access {
                first: IN_STEP,
                ..Access::new(Kind::MariaDb, folder)
            },
            Data::Fresh,
            &["--wsrep-new-cluster"],
        )?;
        let second = MariaDb::start_from(
            &settings("other", other, incremental_other),
            |folder| Access {
                folder,
                ..first.access().clone()
            },
            Data::Sent,
            &[],
        )?;
        let cluster = Self {
            nodes: [first, second],
        };
        cluster.wait()
    }

    /// Waits until both nodes see each other and take statements.
    fn wait(self) -> Result<Self, KitError> {
        let deadline = Instant::now() + JOIN;
        let is_ready = |node: &MariaDb| {
            let both = "select count(*) from information_schema.global_status \
                        where (variable_name = 'WSREP_CLUSTER_SIZE' and variable_value = '2') \
                        or (variable_name = 'WSREP_LOCAL_STATE_COMMENT' and variable_value = 'Synced')";
            let answer = node
                .try_open()
                .and_then(|mut client| client.try_query(both));
            answer.is_ok_and(|rows| rows[0][0] == "2")
        };
        while !self.nodes.iter().all(is_ready) {
            if Instant::now() > deadline {
                return Err(KitError::from(ServerError::Start {
                    server: "a Galera cluster",
                    reason: format!("its nodes did not join within {} s", JOIN.as_secs()),
                    log: self.nodes[1].log(),
                }));
            }
            std::thread::sleep(LOOK);
        }
        Ok(self)
    }

    /// A fresh database, seen through the first node and there on the second one.
    ///
    /// # Panics
    /// When a server refuses.
    #[track_caller]
    pub fn database(&self) -> Database {
        let database = self.nodes[0].database();
        // A node answers before the other has applied what it was sent; this waits for it.
        let mut other = self.nodes[1].try_open().unwrap_or_else(|e| panic!("{e}"));
        other.execute("SET SESSION wsrep_sync_wait = 15");
        let found = other.query(&format!("SHOW DATABASES LIKE '{}'", database.name()));
        assert_eq!(found.len(), 1, "the second node does not know the database");
        database
    }

    /// The URL of the superuser for a database, on one of the two nodes: 0 or 1.
    ///
    /// # Panics
    /// For another number.
    #[track_caller]
    pub fn url(&self, node: usize, database: &Database) -> String {
        let access = self.nodes[node].access();
        access.url(access.superuser(), &access.password, database.name())
    }

    /// One of the two nodes: 0 or 1.
    ///
    /// # Panics
    /// For another number.
    #[track_caller]
    pub fn node(&self, node: usize) -> &MariaDb {
        &self.nodes[node]
    }
}
