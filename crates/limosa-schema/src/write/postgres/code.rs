//! Triggers, rules and policies.

use super::super::order::Item;
use super::column::alter_table;
use super::make::Maker;
use super::name::{name, quoted};
use super::rank::Rank;
use super::rights;
use crate::Object;

/// A trigger, or how the copy of one on a partition is switched.
pub(super) fn trigger_items(maker: &Maker<'_>, trigger: &Object) -> Vec<Item> {
    let Some(table) = trigger
        .parent
        .as_ref()
        .and_then(|key| maker.schema.get(key))
    else {
        return vec![];
    };
    let mut statements: Vec<String> = trigger
        .text_of("definition")
        .map(str::to_owned)
        .into_iter()
        .collect();
    statements.extend(switch(table, trigger, "TRIGGER"));
    statements.extend(rights::statements(maker.schema, trigger));
    let is_copy = trigger.is("inherited");
    let rank = Rank::Trigger.number() + u32::from(is_copy);
    vec![
        Item::makes(rank, &trigger.key, statements)
            .after([&table.key])
            .after(&trigger.needs),
    ]
}

/// A rule.
pub(super) fn rule_items(maker: &Maker<'_>, rule: &Object) -> Vec<Item> {
    let Some(table) = rule.parent.as_ref().and_then(|key| maker.schema.get(key)) else {
        return vec![];
    };
    let definition = rule.text_of("definition").unwrap_or_default();
    let mut statements = vec![definition.trim_end_matches(';').to_owned()];
    statements.extend(switch(table, rule, "RULE"));
    statements.extend(rights::statements(maker.schema, rule));
    vec![
        Item::makes(Rank::Rule.number(), &rule.key, statements)
            .after([&table.key])
            .after(&rule.needs),
    ]
}

/// `ALTER TABLE … DISABLE TRIGGER …` and the like, where it is not as it is made.
pub(super) fn switch(table: &Object, object: &Object, what: &str) -> Option<String> {
    let how = match object.text_of("enabled")? {
        "disabled" => "DISABLE",
        "replica" => "ENABLE REPLICA",
        "always" => "ENABLE ALWAYS",
        _ => "ENABLE",
    };
    let only = alter_table(table).replacen("ALTER TABLE ", "ALTER TABLE ONLY ", 1);
    // A rule of a view is switched as one of a table is.
    let only = only.replacen("ALTER VIEW ", "ALTER TABLE ", 1);
    Some(format!("{only} {how} {what} {}", quoted(object.key.name())))
}

/// A policy.
pub(super) fn policy_items(maker: &Maker<'_>, policy: &Object) -> Vec<Item> {
    let Some(table) = &policy.parent else {
        return vec![];
    };
    let mut text = format!(
        "CREATE POLICY {} ON {}",
        quoted(policy.key.name()),
        name(table)
    );
    if policy.is("restrictive") {
        text.push_str(" AS RESTRICTIVE");
    }
    if let Some(command) = policy.text_of("command") {
        text.push_str(&format!(" FOR {}", command.to_uppercase()));
    }
    let roles: Vec<String> = policy.list_of("roles").into_iter().map(quoted).collect();
    if !roles.is_empty() {
        text.push_str(&format!(" TO {}", roles.join(", ")));
    }
    if let Some(using) = policy.text_of("using") {
        text.push_str(&format!(" USING ({using})"));
    }
    if let Some(check) = policy.text_of("check") {
        text.push_str(&format!(" WITH CHECK ({check})"));
    }
    let mut statements = vec![text];
    statements.extend(rights::statements(maker.schema, policy));
    vec![
        Item::makes(Rank::Policy.number(), &policy.key, statements)
            .after([table])
            .after(&policy.needs),
    ]
}
