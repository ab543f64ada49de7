// Package hostile holds the tests of what factorlint does with a repository whose author means harm: docs/hostile.md has the
// table. They run the command itself, without a network, beside programs that leave a mark if they are started, and hold it to
// limits of time and memory.
package hostile
