package state

import (
	"cmp"
	"strings"
)

// nesting bounds references to keys that refer to keys, which may go in circles.
const nesting = 10

// expand resolves "%%" and "%(key)s". Everything else, also a reference to an
// unknown key, stays as it is written: passwords contain such things.
func (f *INI) expand(sectionName, raw string) string {
	value, _ := f.resolve(sectionName, raw, 0)
	return value
}

// Dangling returns the first name that a key's value refers to as "%(name)s"
// without there being such a key, or because it refers to itself.
func (f *INI) Dangling(sectionName, key string) (name string, found bool) {
	raw, _ := f.raw(sectionName, key)
	_, name = f.resolve(sectionName, raw, 0)
	return name, name != ""
}

// resolve returns the value and the first reference that leads nowhere.
func (f *INI) resolve(sectionName, raw string, depth int) (value, dangling string) {
	if !strings.Contains(raw, "%") {
		return raw, ""
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(raw, "%")
		b.WriteString(before)
		if !found {
			return b.String(), dangling
		}
		raw = after
		if rest, doubled := strings.CutPrefix(after, "%"); doubled {
			raw = rest
		} else if inner, rest, closed := strings.Cut(after, ")s"); closed && strings.HasPrefix(inner, "(") {
			name := inner[1:]
			refers, known := f.raw(sectionName, name)
			if known && depth < nesting {
				text, lost := f.resolve(sectionName, refers, depth+1)
				b.WriteString(text)
				dangling, raw = cmp.Or(dangling, lost), rest
				continue
			}
			dangling = cmp.Or(dangling, name)
		}
		b.WriteByte('%')
	}
}
