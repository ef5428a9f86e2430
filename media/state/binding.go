package state

import "musicdb/media/durable"

// A binding ties the fields of a configuration to their places in a file.
type binding []place

// A place is a key of a file and the field that holds its value: a pointer to
// string, bool or int.
type place struct {
	section, key string
	field        any
}

// read sets every field from the file. The value a field already has is its
// default.
func (b binding) read(file *INI) {
	for _, p := range b {
		switch field := p.field.(type) {
		case *string:
			*field = file.Text(p.section, p.key, *field)
		case *bool:
			*field = file.Bool(p.section, p.key, *field)
		case *int:
			*field = file.Int(p.section, p.key, *field)
		}
	}
}

func (b binding) write(file *INI) error {
	for _, p := range b {
		if err := p.write(file); err != nil {
			return err
		}
	}
	return nil
}

func (p place) write(file *INI) error {
	switch field := p.field.(type) {
	case *string:
		return file.Set(p.section, p.key, *field)
	case *bool:
		return file.SetBool(p.section, p.key, *field)
	case *int:
		return file.SetInt(p.section, p.key, *field)
	}
	panic("state: a configuration has strings, truth values and numbers only")
}

// fill writes the fields whose key the file does not have yet and which wanted
// selects. A key that is there already keeps its value: it is the user's.
func (b binding) fill(file *INI, wanted func(section string) bool) error {
	for _, p := range b {
		if _, set := file.Lookup(p.section, p.key); set || !wanted(p.section) {
			continue
		}
		if err := p.write(file); err != nil {
			return err
		}
	}
	return nil
}

// current reads a configuration file. If its meta.version is below the wanted
// one it is upgraded and written first.
func (s *Store) current(path string, how durable.File, wanted int, upgrade func(*INI, int) error) (*INI, error) {
	file, err := load(path)
	if err != nil || file.Int("meta", "version", 0) >= wanted {
		return file, err
	}
	err = s.change(path, how, func(f *INI) error {
		file = f
		if version := f.Int("meta", "version", 0); version < wanted {
			return upgrade(f, version)
		}
		return nil
	})
	return file, err
}
