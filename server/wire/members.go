package wire

import (
	"bytes"
	"encoding/json"
)

// eachMember calls visit for each member of a JSON object, in order, with the
// name decoded and the value as it stands. The text must be valid JSON
// (json.Valid); the result is false if it is not an object. Names are compared
// by their characters, as the protocol has them, whereas encoding/json would
// also take "Method" for "method".
func eachMember(valid []byte, visit func(name, value []byte)) (isObject bool) {
	i := skipSpace(valid, 0)
	if i == len(valid) || valid[i] != '{' {
		return false
	}
	i = skipSpace(valid, i+1)
	for valid[i] != '}' {
		end := skipString(valid, i)
		name := valid[i+1 : end-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			decoded, _ := text(valid[i:end])
			name = []byte(decoded)
		}
		i = skipSpace(valid, end) + 1 // the colon
		i = skipSpace(valid, i)
		end = skipValue(valid, i)
		visit(name, valid[i:end])
		i = skipSpace(valid, end)
		if valid[i] == ',' {
			i = skipSpace(valid, i+1)
		}
	}
	return true
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the index behind the closing quote of the string at i.
func skipString(b []byte, i int) int {
	for i = ordinary(b, i+1); b[i] != '"'; i = ordinary(b, i) {
		i += len(`\"`)
	}
	return i + 1
}

// skipValue returns the index behind the value at i.
func skipValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		depth := 0
		for ; ; i++ {
			switch b[i] {
			case '"':
				i = skipString(b, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
	default: // number, true, false, null
		for i < len(b) && !bytes.ContainsRune([]byte(" \t\n\r,]}"), rune(b[i])) {
			i++
		}
		return i
	}
}

// text is the string that raw, a valid JSON value, holds; false for any other type.
func text(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), true
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", false
	}
	return s, true
}
