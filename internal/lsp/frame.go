package lsp

import (
	"bufio"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
)

// maxMessage is how many bytes a message of the client may have: a document of the size up to which files are read, with
// every byte escaped, and room for the rest.
const maxMessage = 64 << 20

// A frame carries messages with headers as HTTP has them, in which the protocol wraps JSON. It is a channel.Channel of
// jrpc2, whose own trusts the length that the header announces.
type frame struct {
	limited *io.LimitedReader
	in      *textproto.Reader
	out     io.Writer
}

func newFrame(in io.Reader, out io.Writer) *frame {
	limited := &io.LimitedReader{R: in}
	return &frame{limited: limited, in: textproto.NewReader(bufio.NewReader(limited)), out: out}
}

// Recv returns the next message; io.EOF says that there is none.
func (f *frame) Recv() ([]byte, error) {
	f.limited.N = maxMessage + 4096 // with what may have been read ahead of it, that bounds the headers too
	header, err := f.in.ReadMIMEHeader()
	if err != nil {
		return nil, err
	}
	size, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil || size < 0 || size > maxMessage {
		return nil, fmt.Errorf("a message of length %q: want at most %d bytes", header.Get("Content-Length"), maxMessage)
	}
	f.limited.N = int64(size)
	message := make([]byte, size)
	_, err = io.ReadFull(f.in.R, message)
	return message, err
}

// Send writes one message.
func (f *frame) Send(message []byte) error {
	_, err := fmt.Fprintf(f.out, "Content-Length: %d\r\n\r\n%s", len(message), message)
	return err
}

// Close does nothing: whoever opened what a frame reads and writes closes it.
func (f *frame) Close() error { return nil }
