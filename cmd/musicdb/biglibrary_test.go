package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"musicdb/media/library"
)

// bigLibrary is a data directory with a large generated library, whose music files do
// not exist: 5 albums to an artist, about 12 songs to an album, names in several
// scripts, genres with sub genres, two or three tags to an album. The same seed gives
// the same rows.
type bigLibrary struct {
	songs  int // at least
	seed   uint64
	random *rand.Rand
	genres []library.Tag
	subs   map[int64][]library.Tag // by genre
	entered
}

// entered is what the benchmarks and tests need to know of a library.
type entered struct {
	artists, albums, songsIn int
	genre                    string // of some albums
	term, typos              string // a song's name, and with two mistakes
}

var (
	bigWords = strings.Fields(`Amber Arrow Attic Autumn Basalt Beacon Birch Bramble Brass Canyon Cedar Chalk Chorus Clover Cobalt Comet Coral Cotton
		Crane Dune Dusk Elm Fable Falcon Fern Fjord Flint Forge Frost Garnet Gull Harvest Hazel Heron Hollow Indigo Iris Jade Juniper Kestrel Lagoon
		Lark Linden Lunar Maple Marsh Mint Moss Nectar Nimbus Oak Onyx Opal Orchard Otter Pebble Pine Plum Prairie Quartz Quill Raven Reed Ripple
		Saffron Sage Slate Sparrow Spruce Tallow Thistle Timber Topaz Tundra Umber Valley Velour Walnut Willow Wren Yarrow Zephyr`)
	foreignWords = strings.Fields(`Märchen Straßenlärm Königskerze Übermut Forêt Déjà Corazón Mañana Łąka Żuraw Říjen Šum Çınar Høst Ærlig Þoka
		Берёза Журавль Осень Ветер Θύελλα Αυγή Σύννεφο 海辺 朝焼け 雨音 鉄橋 春风 夜航 바람 노을 שקט גשם مطر نجمة 🌲 🎻 👩‍🎤`)
)

// title is a name of one to four words.
func (b *bigLibrary) title() string {
	var words []string
	for range 1 + b.random.IntN(4) {
		from := bigWords
		if b.random.IntN(8) == 0 {
			from = foreignWords
		}
		words = append(words, from[b.random.IntN(len(from))])
	}
	if b.random.IntN(12) == 0 {
		words = append(words, []string{"(Live)", `"Demo"`, "& More", "#2", "<3", `A\B`}[b.random.IntN(6)])
	}
	return strings.Join(words, " ")
}

// makeLibrary enters a library into an empty data directory.
func makeLibrary(t testing.TB, dir string, songs int, seed uint64) entered {
	t.Helper()
	l, err := library.Open(t.Context(), library.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b := &bigLibrary{songs: songs, seed: seed, random: rand.New(rand.NewPCG(seed, 1)), subs: map[int64][]library.Tag{}} //nolint:gosec // to be repeatable
	// Several edits: what an edit holds of its own grows with it.
	for err == nil && b.songsIn < songs {
		err = l.Edit(context.Background(), b.fill)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.genre = b.genres[3].Name
	return b.entered
}

// fill enters some artists.
func (b *bigLibrary) fill(e *library.Edit) error {
	if b.genres == nil {
		if err := b.enterTags(e); err != nil {
			return err
		}
	}
	for until := min(b.songs, b.songsIn+10_000); b.songsIn < until; {
		b.artists++
		artist := fmt.Sprintf("%s %d", b.title(), b.artists)
		path := strings.ReplaceAll(artist, "/", "")
		for range 1 + b.random.IntN(9) {
			if err := b.enterAlbum(e, artist, path); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bigLibrary) enterTags(e *library.Edit) error {
	for i := range 12 {
		genre, err := e.AddTag(library.Tag{Name: fmt.Sprint(bigWords[i*3], " Music"), Class: library.ClassGenre})
		if err != nil {
			return err
		}
		b.genres = append(b.genres, genre)
		for j := range 5 {
			sub, err := e.AddTag(library.Tag{Name: fmt.Sprint(bigWords[i*3+1], " ", foreignWords[j]), Class: library.ClassSubgenre, ParentID: &genre.ID})
			if err != nil {
				return err
			}
			b.subs[genre.ID] = append(b.subs[genre.ID], sub)
		}
	}
	return nil
}

func (b *bigLibrary) enterAlbum(e *library.Edit, artist, artistPath string) error {
	b.albums++
	year := 1960 + b.random.Int64N(65)
	n := library.NewAlbum{
		ArtistName: artist, ArtistPath: artistPath, Name: fmt.Sprintf("%s %d", b.title(), b.albums), Origin: "CD", Release: year,
		BgColor: fmt.Sprintf("#%06X", b.random.IntN(1<<24)), FgColor: fmt.Sprintf("#%06X", b.random.IntN(1<<24)), HlColor: "#909090",
	}
	n.Path = fmt.Sprintf("%s/%d - %s", artistPath, year, n.Name)
	n.ArtworkPath = artist + " - " + n.Name + ".jpg"
	for i := range 6 + b.random.IntN(14) {
		name := b.title()
		if len(strings.Fields(name)) == 3 && strings.IndexFunc(name, func(r rune) bool { return r >= 0x80 }) < 0 {
			b.term, b.typos = name, misspelt(name)
		}
		n.Songs = append(n.Songs, library.NewSong{
			Name: name, Path: fmt.Sprintf("%s/%02d %s.mp3", n.Path, i+1, name), Number: int64(i + 1), CD: 1,
			Playtime: 120 + b.random.Int64N(300), Bitrate: 320_000, Checksum: fmt.Sprintf("%016x%016x%016x%016x", b.random.Uint64(), b.random.Uint64(), b.random.Uint64(), b.random.Uint64()),
		})
		b.songsIn++
	}
	album, err := e.AddAlbum(n)
	if err != nil {
		return err
	}
	genre := b.genres[b.random.IntN(len(b.genres))]
	tags := []library.Tag{genre, b.subs[genre.ID][b.random.IntN(5)]}
	if b.random.IntN(2) == 0 {
		tags = append(tags, b.genres[b.random.IntN(len(b.genres))])
	}
	for _, tag := range tags {
		if err := e.Assign(library.AlbumTarget, album.ID, tag.ID, library.ApprovalConfirmed, 1); err != nil {
			return err
		}
	}
	for _, song := range e.Catalogue().SongsOf(album.ID) {
		if err := e.Assign(library.SongTarget, song.ID, genre.ID, library.ApprovalGuessed, b.random.Float64()); err != nil {
			return err
		}
	}
	return nil
}

// misspelt leaves out one letter of a name and exchanges two others.
func misspelt(name string) string {
	b := []byte(name[:2] + name[3:])
	n := len(b)
	b[n-2], b[n-3] = b[n-3], b[n-2]
	return string(b)
}
