package library

// AlbumsVersion identifies what lists of artists and their albums are made of: two
// snapshots of a Library with equal versions have the same artists, albums, tags and
// tags of albums. Songs, and with them every play, make no difference. Versions are
// compared with ==, and one that is kept costs no copy of any row.
type AlbumsVersion struct {
	artists   *[]Artist
	albums    *[]Album
	tags      *[]Tag
	albumTags *[]assignment
}

// AlbumsVersion returns the version of this snapshot. It is the identity of the lists
// of pages, of which a changed table has a new one: no writer has to declare a change,
// so none can forget to.
func (c *Catalogue) AlbumsVersion() AlbumsVersion {
	return AlbumsVersion{identity(c.artists), identity(c.albums), identity(c.tags), identity(c.albumTags)}
}

// identity is equal for two tables only if they share their pages, or are empty.
func identity[R any, P ordered[R]](t table[R, P]) *[]R {
	if len(t.pages) == 0 {
		return nil
	}
	return &t.pages[0]
}
