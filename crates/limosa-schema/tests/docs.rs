//! The page of documentation: complete, the same every time, and with pictures that a person can take in.

use std::collections::{BTreeMap, BTreeSet};

use limosa_schema::docs::page;
use limosa_schema::{Key, Kind, Object, Schema};
use limosa_sql::Dialect;
use serde_json::{Value, json};

/// Makes schemas as a catalog would give them.
#[derive(Default, Clone)]
struct Builder {
    objects: Vec<Object>,
}

impl Builder {
    fn object(mut self, kind: Kind, path: &[&str], properties: Value) -> Self {
        let mut object = Object::new(Key::new(kind, path.iter().copied()));
        let is_part = matches!(kind, Kind::Column | Kind::Constraint | Kind::Trigger);
        if is_part {
            object.parent = Some(Key::new(
                Kind::Table,
                path[..path.len() - 1].iter().copied(),
            ));
        }
        if kind == Kind::Column {
            let before = (self.objects.iter()).filter(|one| one.parent == object.parent);
            let columns = before.filter(|one| one.key.kind == Kind::Column).count();
            object.position = u32::try_from(columns + 1).ok();
        }
        object.properties = serde_json::from_value(properties).expect("properties are a map");
        self.objects.push(object);
        self
    }

    /// A table with a key, and a column for each table that it refers to.
    fn table(self, name: &str, refers_to: &[&str]) -> Self {
        let mut made = self
            .object(Kind::Table, &["public", name], json!({}))
            .object(
                Kind::Column,
                &["public", name, "id"],
                json!({"type": "bigint"}),
            )
            .object(
                Kind::Constraint,
                &["public", name, &format!("{name}_pkey")],
                json!({"form": "primary key", "columns": ["id"]}),
            );
        for other in refers_to {
            let column = format!("{other}_id");
            made = made
                .object(
                    Kind::Column,
                    &["public", name, &column],
                    json!({"type": "bigint"}),
                )
                .object(
                    Kind::Constraint,
                    &["public", name, &format!("{name}_{column}_fkey")],
                    json!({"form": "foreign key", "columns": [column],
                           "references": format!("public.{other}"), "referenced_columns": ["id"]}),
                );
        }
        made
    }

    fn page(self) -> String {
        let schema = Schema::new(Dialect::Postgres, "PostgreSQL 15.18", self.objects);
        page(&schema, "Schema", "limosa schema docs")
    }
}

/// Ten families of ten tables each, all of which refer to the users.
fn hundred() -> Builder {
    let mut made = Builder::default()
        .table("users", &[])
        .table("settings", &[]);
    for family in [
        "order", "product", "invoice", "ticket", "page", "team", "stock", "mail", "bill", "task",
    ] {
        let root = format!("{family}s");
        made = made.table(&root, &["users"]);
        for number in 1..10 {
            let refers: &[&str] = if number % 3 == 0 {
                &[&root, "users"]
            } else {
                &[&root]
            };
            made = made.table(&format!("{family}_part_{number}"), refers);
        }
    }
    made
}

/// The boxes of each picture above the sections of the tables.
fn pictures(page: &str) -> Vec<Vec<String>> {
    let (overview, _) = page.split_once("\n## Tables\n").expect("there are tables");
    let blocks = overview.split("```mermaid\n").skip(1);
    blocks
        .map(|block| {
            let (block, _) = block.split_once("\n```").expect("a block ends");
            let boxes = block.lines().filter_map(|line| {
                let line = line.strip_prefix("    \"")?;
                line.strip_suffix('"').or(line.strip_suffix("\" {"))
            });
            boxes
                .filter(|one| !one.contains('"'))
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

#[test]
fn a_hundred_tables_are_several_pictures_that_can_be_taken_in() {
    let page = hundred().page();
    let pictures = pictures(&page);
    assert!((8..=14).contains(&pictures.len()), "{pictures:#?}");
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for picture in &pictures {
        assert!((2..=16).contains(&picture.len()), "{picture:?}");
        for table in picture {
            *seen.entry(table).or_default() += 1;
        }
    }
    assert_eq!(seen.len(), 101, "all but the one without relations");
    for (table, times) in seen {
        assert!(
            times == 1 || table == "users",
            "{table} is drawn {times} times"
        );
    }
    for picture in &pictures {
        let families: BTreeSet<&str> = (picture.iter())
            .filter(|one| *one != "users")
            .map(|one| one.split(['_']).next().unwrap().trim_end_matches('s'))
            .collect();
        assert!(
            families.len() <= 2,
            "what belongs together stands together: {picture:?}"
        );
    }
    assert!(page.contains("Without relations: [settings](#table-public-settings)."));
}

#[test]
fn the_same_schema_gives_the_same_page_in_whatever_order_it_is_read() {
    let mut turned = hundred();
    let page = hundred().page();
    // The places of columns are kept with them.
    turned.objects.reverse();
    assert_eq!(turned.page(), page);
    assert!(
        !page.contains("15.18"),
        "another server would give another page"
    );
}

#[test]
fn a_table_that_is_added_leaves_the_pictures_of_others_as_they_are() {
    let before = pictures(&hundred().page());
    let after = pictures(&hundred().table("mail_part_99", &["mails"]).page());
    let changed = before.iter().filter(|one| !after.contains(one)).count();
    assert!(changed <= 2, "{changed} pictures changed");
}

#[test]
fn every_link_of_the_page_leads_somewhere() {
    let page = hundred()
        .table("größe", &["users"])
        .table("a|b [c]", &[])
        .object(
            Kind::View,
            &["public", "active"],
            json!({"definition": "SELECT 1"}),
        )
        .page();
    let places: BTreeSet<&str> = page
        .split("<a id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let headings: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(|title| title.to_lowercase().replace(' ', "-"))
        .collect();
    let mut links = 0;
    for rest in page.split("](#").skip(1) {
        let target = rest.split(')').next().unwrap();
        assert!(
            places.contains(target) || headings.contains(target),
            "#{target}"
        );
        links += 1;
    }
    assert!(links > 300, "{links}");
}

#[test]
fn a_section_tells_all_about_its_table() {
    let page = Builder::default()
        .table("users", &[])
        .table("orders", &["users"])
        .object(Kind::Column, &["public", "orders", "note"], json!({
            "type": "text", "nullable": true, "default": "'a|b'::text", "comment": "free | text",
        }))
        .object(Kind::Constraint, &["public", "orders", "orders_note_check"], json!({
            "form": "check", "expression": "length(note) < 10",
        }))
        .object(Kind::Trigger, &["public", "orders", "touch"], json!({
            "definition": "CREATE TRIGGER touch BEFORE UPDATE ON public.orders EXECUTE FUNCTION touch()",
        }))
        .page();
    for line in [
        "PostgreSQL: 2 tables.",
        "- [Tables](#tables)\n  - [orders](#table-public-orders)\n  - [users](#table-public-users)\n",
        "| `users_id` | `bigint` |  |  | → [users](#table-public-users) |  |",
        "| `note` | `text` | yes | `'a\\|b'::text` |  | free \\| text |",
        "| orders_users_id_fkey | `FOREIGN KEY (users_id) REFERENCES users (id)` |",
        "| orders_note_check | `CHECK (length(note) < 10)` |",
        "**Referenced by** [orders](#table-public-orders) (`users_id`)",
        "**Triggers**\n\n- touch: `BEFORE UPDATE ON orders EXECUTE FUNCTION touch()`\n",
        "    \"users\" ||--o{ \"orders\" : \"users_id\"\n",
        "        bigint users_id FK\n",
    ] {
        assert!(page.contains(line), "{line}\n\n{page}");
    }
    let first = page.find("orders_pkey").unwrap();
    assert!(
        first < page.find("orders_note_check").unwrap(),
        "the key comes first"
    );
}

#[test]
fn a_foreign_key_shows_how_many_rows_stand_on_each_side() {
    let page = Builder::default()
        .table("users", &[])
        .object(Kind::Table, &["public", "profiles"], json!({}))
        .object(
            Kind::Column,
            &["public", "profiles", "user_id"],
            json!({"type": "bigint", "nullable": true}),
        )
        .object(
            Kind::Constraint,
            &["public", "profiles", "key"],
            json!({"form": "unique", "columns": ["user_id"]}),
        )
        .object(
            Kind::Constraint,
            &["public", "profiles", "fk"],
            json!({
                "form": "foreign key", "columns": ["user_id"], "references": ["public", "users"],
            }),
        )
        .page();
    assert!(
        page.contains("\"users\" |o--o| \"profiles\" : \"user_id\""),
        "{page}"
    );
}

#[test]
fn what_is_no_table_is_told_in_short() {
    let page = Builder::default()
        .object(
            Kind::View,
            &["public", "active"],
            json!({"definition": "SELECT 1;", "comment": "who is here"}),
        )
        .object(
            Kind::Type,
            &["public", "mood"],
            json!({"form": "enum", "labels": ["sad", "glad"]}),
        )
        .object(
            Kind::Domain,
            &["public", "email"],
            json!({"base": "text", "not_null": true}),
        )
        .object(
            Kind::Routine,
            &["public", "touch()"],
            json!({"language": "plpgsql", "body": "BEGIN END"}),
        )
        .object(
            Kind::Sequence,
            &["public", "numbers"],
            json!({"type": "bigint"}),
        )
        .object(
            Kind::Sequence,
            &["public", "owned"],
            json!({"owned_by": "public.t.id"}),
        )
        .object(Kind::Extension, &["citext"], json!({}))
        .page();
    for line in [
        "PostgreSQL: 1 view, 1 type, 1 domain",
        "### active\n\nwho is here\n\n```sql\nSELECT 1;\n```",
        "| mood | enum | `sad`, `glad` |",
        "| email | domain | `text NOT NULL` |",
        "| `touch()` | plpgsql |",
        "| numbers | `bigint` |",
        "| extension | citext |",
    ] {
        assert!(page.contains(line), "{line}\n\n{page}");
    }
    assert!(!page.contains("owned"), "it goes with its column");
}

#[test]
fn an_empty_schema_has_a_page_as_well() {
    let page = Builder::default().page();
    assert!(
        page.starts_with("# Schema\n") && page.contains("nothing is in it"),
        "{page}"
    );
    assert!(page.ends_with('\n') && !page.ends_with("\n\n"));
}
