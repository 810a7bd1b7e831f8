'use strict';

const fs = require('fs');
const path = require('path');

function run(db, file) {
  return db.runSql(fs.readFileSync(file, { encoding: 'utf-8' }));
}

exports.setup = function () {};

exports.up = function (db) {
  return run(db, path.join(__dirname, 'sqls', '{stem}-up.sql'));
};

exports.down = function (db) {
  return run(db, path.join(__dirname, 'sqls', '{stem}-down.sql'));
};

exports._meta = { version: 1 };
