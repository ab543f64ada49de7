package baseline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Load reads a baseline from a file. The error says that there is none, or that it cannot be read.
func Load(name string) (*Baseline, error) {
	data, err := read(name)
	if err != nil {
		return nil, err
	}
	b, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b.Path = name
	return b, nil
}

// read returns the content of a regular file of at most maxSize bytes.
func read(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // a FIFO would make us wait
		return nil, fmt.Errorf("%s: is not a regular file", name)
	case info.Size() > maxSize:
		return nil, fmt.Errorf("%s: has %d bytes, more than the %d that are read", name, info.Size(), maxSize)
	}
	f, err := os.Open(filepath.Clean(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSize))
}

// Parse reads a baseline. The error says in which line it is none; single entries that cannot count are among its Problems.
func Parse(data []byte) (*Baseline, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // as editors on Windows write it
	p := parser{data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
	p.dec.DisallowUnknownFields()
	if err := p.file(); err != nil {
		return nil, p.explain(err)
	}
	return &p.out, nil
}

// A parser reads an object with its members one by one, so that it knows in which line an entry stands.
type parser struct {
	data   []byte
	dec    *json.Decoder
	offset int // up to which lines were counted
	line   int
	out    Baseline
}

func (p *parser) file() error {
	if err := p.delim('{'); err != nil {
		return err
	}
	found := 0 // version
	for p.dec.More() {
		key, err := p.dec.Token()
		if err != nil {
			return err
		}
		switch key {
		case "version":
			err = p.dec.Decode(&found)
		case "findings":
			err = p.entries()
		default:
			err = fmt.Errorf("there is no member %q in a baseline", key)
		}
		if err != nil {
			return err
		}
	}
	if err := p.delim('}'); err != nil {
		return err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the baseline")
	}
	if found != version {
		return fmt.Errorf("it has version %d, and this factorlint reads %d: remove it, and factorlint baseline writes a new one", found, version)
	}
	return nil
}

func (p *parser) entries() error {
	if err := p.delim('['); err != nil {
		return err
	}
	for p.dec.More() {
		if len(p.out.Entries) == maxEntries {
			return errTooMany
		}
		var e Entry
		if err := p.dec.Decode(&e); err != nil {
			return err
		}
		e.Line = p.lineOf(int(p.dec.InputOffset()))
		if problem := e.check(); problem != "" {
			p.out.Problems = append(p.out.Problems, Problem{e.Line, problem})
			continue
		}
		p.out.Entries = append(p.out.Entries, e)
	}
	return p.delim(']')
}

func (p *parser) delim(want json.Delim) error {
	t, err := p.dec.Token()
	if err == nil && t != want {
		err = fmt.Errorf("want %s, not %v", want, t)
	}
	return err
}

// lineOf returns the line that an offset lies in, which is not before the one of the last call.
func (p *parser) lineOf(offset int) int {
	p.line += bytes.Count(p.data[p.offset:offset], []byte("\n"))
	p.offset = offset
	return p.line
}

// explain adds to an error where it was met, and tells what a merge left behind.
func (p *parser) explain(err error) error {
	at := int(p.dec.InputOffset())
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err, at = io.ErrUnexpectedEOF, len(p.data)
	}
	// the offset of a decoder's error leaves out what was read token by token
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) && errors.As(json.Unmarshal(p.data, new(json.RawMessage)), &syntax) {
		at = int(syntax.Offset)
	}
	at = min(max(at, p.offset), len(p.data))
	if bytes.HasPrefix(p.data[bytes.LastIndexByte(p.data[:at], '\n')+1:], []byte("<<<<<<< ")) {
		err = errors.New("a merge has left a conflict here: keep the entries of both sides")
	}
	return fmt.Errorf("line %d: no baseline: %w", p.lineOf(at), err)
}
