// Package thumb makes small pictures of large ones.
package thumb

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // pictures may be PNG
	"os"
	"path/filepath"
)

const side = 128

// Make writes the small picture of a picture into a folder.
func Make(dir, name string, picture []byte) error {
	large, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, shrink(large), nil); err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(dir, filepath.Base(name)+".jpg"), out.Bytes(), 0o644)
}

// shrink takes the nearest pixel.
func shrink(large image.Image) image.Image {
	b := large.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			c := large.At(b.Min.X+x*b.Dx()/side, b.Min.Y+y*b.Dy()/side)
			small.SetRGBA(x, y, color.RGBAModel.Convert(c).(color.RGBA))
		}
	}
	return small
}
