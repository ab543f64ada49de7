package check

import "unicode/utf8"

// Cut returns a text of at most limit bytes: what of a longer one fits in whole characters, and an ellipsis.
func Cut(text string, limit int) string {
	const ellipsis = "…"
	if len(text) <= limit {
		return text
	}
	end := limit - len(ellipsis)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + ellipsis
}
