package doctor

import "fmt"

// Illness is what is wrong with something.
type Illness uint8

// The illnesses, by what has to be looked at to see them.
const (
	Unreadable     Illness = iota + 1 // the file system does not let anybody read it
	Damaged                           // sound that does not decode, or none where it should be
	Truncated                         // the file ends before its sound does
	WrongExtension                    // the content is another than the name says
	TagsUnreadable
	Silent     // no sound in all of it
	SilentPart // no sound for a long while
	Clipped    // full scale for so long that it is heard
	Duplicate  // the same sound as another file

	BadName       // outside the naming conventions, so that nothing finds it
	Misplaced     // at a level where nothing is searched
	Unsupported   // no format of music or of what lies beside music
	NoSongs       // an album's directory without a song
	NumberMissing // a gap in the numbers of an album's songs
	NumberTwice   // two songs of one number
	MixedAlbums   // songs of two albums in one directory
	MixedFormats  // songs of several formats in one directory
	TagDisagrees  // tag and path say different things
	WrongEncoding // a tag whose bytes were taken for those of another encoding

	NoCover      // an album without a cover although there is one, or without any
	LostCover    // a row names a cover that is not in the cache
	BadCover     // a cover that cannot be decoded
	MissingScale // a scaled cover that is not there

	RowWithoutFile // an entry of the library whose file is gone
	FileWithoutRow // music that is not in the library
	RowDisagrees   // an entry says other things than the path of its file
	MusicAway      // nothing of the library is in the music directory
	DatabaseDamaged
	BrokenReference // a row that refers to one that does not exist
	DoubleRow       // two rows where only one may be
	WrongCount      // a kept number that differs from what there is
	WrongValue      // a value that contradicts others

	Leftover // an unfinished file that nobody will finish
)

// illnesses tell each illness by its name for programs, in a few words, and what can
// be done where a verdict knows nothing better.
var illnesses = [...]struct{ name, is, remedy string }{
	Unreadable:      {"unreadable", "cannot be read", "give the user of the server permission to read it, or check the disk"},
	Damaged:         {"damaged", "is damaged", "replace the file by a good copy"},
	Truncated:       {"truncated", "ends before its sound does", "replace the file by a complete copy"},
	WrongExtension:  {"wrongextension", "is not what its name says", "give it the right extension"},
	TagsUnreadable:  {"tagsunreadable", "has tags that cannot be read", "write its tags again with a tag editor"},
	Silent:          {"silent", "is silent", "listen to it, and replace it unless that is meant"},
	SilentPart:      {"silentpart", "is silent for a long while", "listen to that part, and replace the file unless that is meant"},
	Clipped:         {"clipped", "is clipped", "look for another edition of it; what was cut off cannot be brought back"},
	Duplicate:       {"duplicate", "has the same sound as another file", "keep the one you want and move the others away by hand"},
	BadName:         {"badname", "does not follow the naming conventions", "rename it"},
	Misplaced:       {"misplaced", "is at a place where nothing is searched", "songs belong into Artist/YYYY - Album/"},
	Unsupported:     {"unsupported", "is no music of a supported format", "convert it if it should be music; supported are mp3, flac, m4a, aac, ogg, opus"},
	NoSongs:         {"nosongs", "contains no songs", "add songs, or move the directory away"},
	NumberMissing:   {"numbermissing", "lacks songs by its numbers", "look for the missing songs, or leave it if they were left out on purpose"},
	NumberTwice:     {"numbertwice", "has a number that another song has, too", "rename one of them"},
	MixedAlbums:     {"mixedalbums", "holds the songs of several albums", "move the songs of each album into a directory of its own"},
	MixedFormats:    {"mixedformats", "holds songs of several formats", "look whether all of them belong to the same edition"},
	TagDisagrees:    {"tagdisagrees", "has tags that differ from its path", "correct the tags or the names; the server goes by the names"},
	WrongEncoding:   {"wrongencoding", "has tags in a wrong encoding", "write the tags again as they should read"},
	NoCover:         {"nocover", "has no cover", "upload one, or put a cover.jpg beside the songs and set that"},
	LostCover:       {"lostcover", "names a cover that does not exist", "set a cover again"},
	BadCover:        {"badcover", "has a cover that cannot be decoded", "set another picture"},
	MissingScale:    {"missingscale", "lacks scaled covers", "nothing needs to be done, a running server makes them when they are asked for"},
	RowWithoutFile:  {"rowwithoutfile", "is in the library but not in the music directory", "put the file back, or remove the entry"},
	FileWithoutRow:  {"filewithoutrow", "is not in the library", "import it"},
	RowDisagrees:    {"rowdisagrees", "is another in the library than by its path", "bring the entry up to date"},
	MusicAway:       {"musicaway", "does not hold the music of the library", "mount the disk with the music, or correct the setting of the music directory"},
	DatabaseDamaged: {"databasedamaged", "is damaged", "restore a backup; stop the server before that"},
	BrokenReference: {"brokenreference", "refers to something that does not exist", "remove the row"},
	DoubleRow:       {"doublerow", "is there twice", "remove one of the rows"},
	WrongCount:      {"wrongcount", "has a wrong count", "correct the count"},
	WrongValue:      {"wrongvalue", "has a value that cannot be right", "bring the entry up to date"},
	Leftover:        {"leftover", "is left over from something that was interrupted", "a server that starts removes it; otherwise move it away"},
}

// Illnesses are all of them.
func Illnesses() []Illness {
	all := make([]Illness, 0, len(illnesses))
	for i := Unreadable; int(i) < len(illnesses); i++ {
		all = append(all, i)
	}
	return all
}

// String is the name of the illness for programs.
func (i Illness) String() string {
	if i == 0 || int(i) >= len(illnesses) {
		return fmt.Sprintf("illness %d", uint8(i))
	}
	return illnesses[i].name
}

// Is completes a sentence about who has the illness.
func (i Illness) Is() string {
	if i == 0 || int(i) >= len(illnesses) {
		return "has an unknown illness"
	}
	return illnesses[i].is
}

// MarshalText writes the name.
func (i Illness) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads a name.
func (i *Illness) UnmarshalText(text []byte) error {
	for n, known := range illnesses {
		if known.name == string(text) && n > 0 {
			*i = Illness(n)
			return nil
		}
	}
	return fmt.Errorf("doctor: there is no illness %q", text)
}

// Certainty is how sure a verdict is.
type Certainty string

// The certainties.
const (
	Certain  Certainty = "certain"  // it was seen
	Likely   Certainty = "likely"   // another explanation would be unusual
	Possible Certainty = "possible" // it may well be meant so
)

// Subject is what a verdict is about.
type Subject string

// The subjects.
const (
	SubjectSong     Subject = "song"
	SubjectVideo    Subject = "video"
	SubjectAlbum    Subject = "album"
	SubjectArtist   Subject = "artist"
	SubjectFile     Subject = "file"     // of another kind, or a directory
	SubjectDatabase Subject = "database" // its path is the name of the database, with that of the table
	SubjectData     Subject = "data"     // a file in the data directory
)
