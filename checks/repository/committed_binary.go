package repository

import (
	"encoding/binary"
	"fmt"
	"path"
	"strings"

	"github.com/factorlint/factorlint/internal/check"
	"github.com/factorlint/factorlint/internal/repository"
)

// committedBinary is FL0101.
func committedBinary() check.Check[*repository.Tree] {
	return check.Check[*repository.Tree]{Rule: "committed-binary", Run: func(p *check.Pass[*repository.Tree]) {
		for _, f := range p.Subject.Files {
			if !f.Tracked || f.Size < minExecutable || noExecutable[strings.ToLower(path.Ext(f.Path))] || strings.Contains(path.Base(f.Path), ".so.") {
				continue
			}
			head, err := p.Subject.Head(f.Path, 4096)
			if err != nil {
				continue
			}
			kind := executable(head)
			if kind == "" {
				continue
			}
			p.Report(check.Finding{
				At:     check.Span{File: f.Path},
				Matter: f.Path,
				Message: fmt.Sprintf("%s is a compiled program (%s, %s) under version control: nobody can tell which source it was built from, and every clone carries every version of it",
					path.Base(f.Path), kind, size(f.Size)),
			})
		}
	}}
}

// minExecutable is the size in bytes of the smallest header.
const minExecutable = 64

func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// noExecutable are extensions of files that are not opened: text, pictures, and libraries, which are other people's code.
var noExecutable = extensions(`.go .mod .sum .md .txt .json .yaml .yml .toml .xml .html .htm .css .scss .less .js .jsx .mjs .cjs .ts .tsx .vue .svelte
	.py .rb .php .java .kt .rs .c .h .cc .cpp .hpp .cs .swift .sh .bash .sql .proto .graphql .tmpl .tpl .map .lock .csv .svg .png .jpg .jpeg .gif .webp
	.ico .avif .woff .woff2 .ttf .otf .eot .pdf .mp3 .mp4 .webm .ogg .wav .zip .gz .tgz .xz .bz2 .zst .7z .jar .rst .adoc .po .mo .ini .conf .log
	.so .dylib .dll .a .o .lib .obj .node .pyd .ko .wasm .class .ps1 .bat`)

func extensions(list string) map[string]bool {
	m := map[string]bool{}
	for _, ext := range strings.Fields(list) {
		m[ext] = true
	}
	return m
}

// executable says of which format the program is that a file begins with, or "". Libraries and objects are none.
func executable(head []byte) string {
	if len(head) < minExecutable {
		return ""
	}
	magic := binary.BigEndian.Uint32(head)
	switch {
	case magic == 0x7f454c46: // ELF; e_type is in the byte order that byte 5 names
		order := binary.ByteOrder(binary.LittleEndian)
		if head[5] == 2 {
			order = binary.BigEndian
		}
		if kind := order.Uint16(head[16:]); kind == 2 || kind == 3 { // ET_EXEC, ET_DYN: position-independent ones
			return "ELF"
		}
	case magic == 0xfeedface || magic == 0xfeedfacf:
		return machO(binary.BigEndian.Uint32(head[12:]))
	case magic == 0xcefaedfe || magic == 0xcffaedfe:
		return machO(binary.LittleEndian.Uint32(head[12:]))
	case magic == 0xcafebabe: // several architectures in one file; Java classes have a version above 44 here
		if n := binary.BigEndian.Uint32(head[4:]); n > 0 && n < 20 {
			return "Mach-O"
		}
	case head[0] == 'M' && head[1] == 'Z':
		at := int64(binary.LittleEndian.Uint32(head[0x3c:]))
		if at+24 > int64(len(head)) || string(head[at:at+4]) != "PE\x00\x00" {
			return ""
		}
		if flags := binary.LittleEndian.Uint16(head[at+22:]); flags&0x0002 != 0 && flags&0x2000 == 0 { // executable, no DLL
			return "PE"
		}
	}
	return ""
}

func machO(filetype uint32) string {
	if filetype == 2 { // MH_EXECUTE
		return "Mach-O"
	}
	return ""
}
