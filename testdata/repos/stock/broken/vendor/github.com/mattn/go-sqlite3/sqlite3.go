// Package sqlite3 stands in for the driver of SQLite: the sample is read, not run.
package sqlite3
