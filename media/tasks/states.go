package tasks

import "musicdb/fsm"

// State is where a task is (MusicDB protocol, section 8). Its text is the name
// that the protocol and the task files use.
type State uint8

// The states of a task. WaitForConsent is ours; clients of MusicDB 8 pass by it.
const (
	New State = iota
	WaitForChunk
	UploadComplete
	Preprocessing
	ReadyForIntegration
	StartIntegration
	Integrating
	ReadyForImport
	StartMusicImport
	ImportingMusic
	StartArtworkImport
	ImportingArtwork
	ImportComplete
	StartFSScan
	ScanningFS
	FSScanComplete
	WaitForConsent
	UploadFailed
	InvalidContent
	IntegrationFailed
	ImportFailed
	FSScanFailed
	Remove
)

func (s State) String() string { return definition.StateName(s) }

// MarshalText gives the name of the protocol.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText knows the names of the protocol; any other is a *[StateNameError].
func (s *State) UnmarshalText(text []byte) error {
	state, known := stateByName[string(text)]
	if !known || state == New {
		return &StateNameError{Name: string(text)}
	}
	*s = state
	return nil
}

// StateNameError tells that there is no state of that name in which a task could
// be stored.
type StateNameError struct{ Name string }

func (e *StateNameError) Error() string {
	return "tasks: there is no state " + e.Name + "; use the version of musicdb that wrote the task"
}

var stateByName = func() map[string]State {
	names := map[string]State{}
	for _, s := range states {
		names[s.Name] = s.State
	}
	return names
}()

// Layers of the drawing.
var (
	general     = fsm.Layer{Name: "general", Color: "gray40"}
	uploading   = fsm.Layer{Name: "upload", Color: "blue"}
	integration = fsm.Layer{Name: "integration", Color: "purple"}
	importing   = fsm.Layer{Name: "import", Color: "darkgreen"}
	scanning    = fsm.Layer{Name: "scan", Color: "darkorange3"}
)

var states = []fsm.StateDoc[State]{
	{State: New, Name: "new", Doc: "The task is being made; it is neither stored nor shown.", Layer: general},
	{State: WaitForChunk, Name: "waitforchunk", Doc: "The client that owns the upload is asked for its next bytes.", Layer: uploading},
	{State: UploadComplete, Name: "uploadcomplete", Doc: "All bytes are there and have the announced checksum; a worker will prepare them.", Layer: uploading},
	{State: Preprocessing, Name: "preprocessing", Doc: "The upload is looked at, or made into what the server works with.", Layer: uploading},
	{State: ReadyForIntegration, Name: "readyforintegration", Doc: "A client has to say where the upload belongs.", Layer: integration},
	{State: StartIntegration, Name: "startintegration", Doc: "A worker will copy the upload into the music directory.", Layer: integration},
	{State: Integrating, Name: "integrating", Doc: "The upload is copied into the music directory.", Layer: integration},
	{State: ReadyForImport, Name: "readyforimport", Doc: "The file is in the music directory; importing it is a task of its own.", Layer: integration},
	{State: StartMusicImport, Name: "startmusicimport", Doc: "A worker will enter an album or a video into the database.", Layer: importing},
	{State: ImportingMusic, Name: "importingmusic", Doc: "An album or a video is entered, or a plan is carried out.", Layer: importing},
	{State: StartArtworkImport, Name: "startartworkimport", Doc: "A worker will make a picture the cover of an album or a video.", Layer: importing},
	{State: ImportingArtwork, Name: "importingartwork", Doc: "A picture is scaled and becomes the cover of an album or a video.", Layer: importing},
	{State: ImportComplete, Name: "importcomplete", Doc: "What was to be imported is in the database; everybody loads his lists again.", Layer: importing},
	{State: StartFSScan, Name: "startfsscan", Doc: "A worker will compare the music directory with the database.", Layer: scanning},
	{State: ScanningFS, Name: "scanningfs", Doc: "The music directory is compared with the database.", Layer: scanning},
	{State: FSScanComplete, Name: "fsscancomplete", Doc: "The differences are in the annotations of the task.", Layer: scanning},
	{State: WaitForConsent, Name: "waitforconsent", Doc: "A plan says what would be done with new music; a client has to agree.", Layer: importing},
	{State: UploadFailed, Name: "uploadfailed", Doc: "The bytes cannot be written, or are not those that were announced.", Layer: uploading},
	{State: InvalidContent, Name: "invalidcontent", Doc: "The content is of no use, or of a kind that this step does not know.", Layer: general},
	{State: IntegrationFailed, Name: "integrationfailed", Doc: "The file was not copied; the upload is kept until it is removed or a day old.", Layer: integration},
	{State: ImportFailed, Name: "importfailed", Doc: "Nothing was imported, for the reason that the task tells.", Layer: importing},
	{State: FSScanFailed, Name: "fsscanfailed", Doc: "The music directory could not be compared with the database.", Layer: scanning},
	{State: Remove, Name: "remove", Doc: "The task and its temporary files are about to vanish.", Layer: general, Terminal: true},
}
