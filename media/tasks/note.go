package tasks

// Kind is the kind of a notification.
type Kind uint8

// The kinds of notifications (MusicDB protocol, section 6). Refresh is the
// broadcast sys:refresh: the music has changed.
const (
	ChunkRequest Kind = iota + 1
	StateUpdate
	InternalError
	Refresh
)

var kindNames = [...]string{"", "ChunkRequest", "StateUpdate", "InternalError", "Refresh"}

func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return ""
	}
	return kindNames[k]
}

// ChunkSize is how many bytes a client is asked for at a time.
const ChunkSize = 409_600

// NotExisting is the state in notifications about no task.
const NotExisting = "notexisting"

// Messages of the protocol.
const (
	MessageInvalidTask        = "Invalid Task ID"
	MessageUploadsDeactivated = "Uploads deactivated"
	MessageChecksumMismatch   = "Checksum mismatch"
	MessageUnsupported        = "Unsupported content type"
	MessageAlbumImport        = "Importing album failed"
	MessageVideoImport        = "Importing video failed"
	MessageArtworkImport      = "Importing artwork failed"
)

// Notification is what all clients are told.
type Notification struct {
	Kind    Kind
	Task    *Task  // nil: there is none
	Message string // "": none
	Lists   *Lists // all tasks; nil in ChunkRequest and Refresh
}
