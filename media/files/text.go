package files

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// repairLatin1 undoes a common damage in ID3 tags: UTF-8 bytes that were labelled
// Latin-1. A text that fits into Latin-1 and, taken as those bytes, is valid
// UTF-8, is read as UTF-8.
func repairLatin1(text string) string {
	bytes := make([]byte, 0, len(text))
	for _, r := range text {
		if r > 0xFF {
			return text
		}
		bytes = append(bytes, byte(r))
	}
	if !utf8.Valid(bytes) {
		return text
	}
	return string(bytes)
}

// beforeDash is the part of a date that holds the year.
func beforeDash(date string) string {
	year, _, _ := strings.Cut(date, "-")
	return year
}

// leadingNumber reads "3" and "3/12"; anything else is 0.
func leadingNumber(text string) int {
	number, _, _ := strings.Cut(text, "/")
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
