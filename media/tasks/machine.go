package tasks

import (
	"slices"

	"musicdb/fsm"
)

// Event is what moves a task.
type Event uint8

// The events of a task, in the order in which an upload meets them.
const (
	Announce Event = iota
	ImportMusic
	ImportArtwork
	ScanFiles
	Offer
	ChunkStored
	LastChunkStored
	Begin
	Done
	Failed
	Unsupported
	Interrupted
	Integrate
	UseAsCover
	Consent
	Applied
	Settle
	Cancel
	Expire
	Vanish
)

func (e Event) String() string { return definition.EventName(e) }

var events = []fsm.EventDoc[Event]{
	{Event: Announce, Name: "Announce", Doc: "A file will be uploaded (InitiateUpload).", By: "a client", Layer: uploading},
	{Event: ImportMusic, Name: "ImportMusic", Doc: "An album or a video is to be imported (InitiateMusicImport).", By: "a client", Layer: importing},
	{Event: ImportArtwork, Name: "ImportArtwork", Doc: "A cover is to be taken from a file (InitiateArtworkImport).", By: "a client", Layer: importing},
	{Event: ScanFiles, Name: "ScanFiles", Doc: "The music directory is to be compared with the database (InitiateFilesystemScan).", By: "a client", Layer: scanning},
	{Event: Offer, Name: "Offer", Doc: "There is new music and a plan for it.", By: "the watch of the music directory", Layer: importing},
	{Event: ChunkStored, Name: "ChunkStored", Doc: "Some bytes more are there (UploadChunk).", By: "a client", Layer: uploading},
	{Event: LastChunkStored, Name: "LastChunkStored", Doc: "All bytes are there, and right (UploadChunk).", By: "a client", Layer: uploading},
	{Event: Begin, Name: "Begin", Doc: "A worker has time for the task.", By: "a worker", Layer: general},
	{Event: Done, Name: "Done", Doc: "The work of the state is done.", By: "a worker", Layer: general},
	{Event: Failed, Name: "Failed", Doc: "The work of the state cannot be done; the task says why.", By: "a worker", Layer: general},
	{Event: Unsupported, Name: "Unsupported", Doc: "The state has no work for content of this kind.", By: "a worker", Layer: general},
	{Event: Interrupted, Name: "Interrupted", Doc: "The daemon ended while a worker was busy with the task: the work begins again.", By: "the daemon", Layer: general},
	{Event: Integrate, Name: "Integrate", Doc: "The place of an upload in the music directory is known (InitiateContentIntegration).", By: "a client", Layer: integration},
	{Event: UseAsCover, Name: "UseAsCover", Doc: "The album of an uploaded picture is known (InitiateContentIntegration).", By: "a client", Layer: integration},
	{Event: Consent, Name: "Consent", Doc: "The plan of the task is to be carried out.", By: "a client", Layer: importing},
	{Event: Applied, Name: "Applied", Doc: "The plan of the task was carried out without the task.", By: "the plans", Layer: importing},
	{Event: Settle, Name: "Settle", Doc: "Everybody was told the result.", By: "the worker that reached it", Layer: general},
	{Event: Cancel, Name: "Cancel", Doc: "The task is not wanted any more (RemoveUpload, CancelTask).", By: "a client", Layer: general},
	{Event: Expire, Name: "Expire", Doc: "Nothing has happened to the task for a day.", By: "the clock", Layer: general},
	{Event: Vanish, Name: "Vanish", Doc: "The file of the task was deleted by hand.", By: "the file system", Layer: general},
}

// The states by what may become of them.
var (
	// begun are what workers start with, running are what they are busy with.
	begun = map[State]State{
		UploadComplete: Preprocessing, StartIntegration: Integrating, StartMusicImport: ImportingMusic,
		StartArtworkImport: ImportingArtwork, StartFSScan: ScanningFS,
	}
	// results are told and then removed.
	results = []State{ReadyForImport, ImportComplete, FSScanComplete, UploadFailed, InvalidContent, ImportFailed, FSScanFailed}
)

// rows are the transitions of a task (MusicDB protocol, section 8). What can happen
// in every state is added by everywhere.
var rows = everywhere([]fsm.Row[State, Event]{
	{From: New, On: Announce, To: WaitForChunk},
	{From: New, On: ImportMusic, To: StartMusicImport},
	{From: New, On: ImportArtwork, To: StartArtworkImport},
	{From: New, On: ScanFiles, To: StartFSScan},
	{From: New, On: Offer, To: WaitForConsent},

	{From: WaitForChunk, On: ChunkStored, To: WaitForChunk, Guard: "more is expected"},
	{From: WaitForChunk, On: LastChunkStored, To: UploadComplete},
	{From: WaitForChunk, On: Failed, To: UploadFailed, Guard: "wrong checksum, or the disk refuses"},

	{From: UploadComplete, On: Begin, To: Preprocessing},
	{From: Preprocessing, On: Done, To: ReadyForIntegration},
	{From: Preprocessing, On: Failed, To: InvalidContent},
	{From: Preprocessing, On: Unsupported, To: InvalidContent},
	{From: Preprocessing, On: Interrupted, To: UploadComplete},

	{From: ReadyForIntegration, On: Integrate, To: StartIntegration},
	{From: ReadyForIntegration, On: UseAsCover, To: StartArtworkImport},
	{From: StartIntegration, On: Begin, To: Integrating},
	{From: Integrating, On: Done, To: ReadyForImport},
	{From: Integrating, On: Failed, To: IntegrationFailed},
	{From: Integrating, On: Unsupported, To: InvalidContent},
	{From: IntegrationFailed, On: Integrate, To: StartIntegration, Why: "With another path the same upload may find its place."},
	{From: Integrating, On: Interrupted, To: StartIntegration},

	{From: StartMusicImport, On: Begin, To: ImportingMusic},
	{From: ImportingMusic, On: Done, To: ImportComplete},
	{From: ImportingMusic, On: Failed, To: ImportFailed},
	{From: ImportingMusic, On: Unsupported, To: InvalidContent},
	{From: ImportingMusic, On: Interrupted, To: StartMusicImport},

	{From: StartArtworkImport, On: Begin, To: ImportingArtwork},
	{From: ImportingArtwork, On: Done, To: ImportComplete},
	{From: ImportingArtwork, On: Failed, To: ImportFailed},
	{From: ImportingArtwork, On: Unsupported, To: InvalidContent},
	{From: ImportingArtwork, On: Interrupted, To: StartArtworkImport},

	{From: StartFSScan, On: Begin, To: ScanningFS},
	{From: ScanningFS, On: Done, To: FSScanComplete},
	{From: ScanningFS, On: Failed, To: FSScanFailed},
	{From: ScanningFS, On: Unsupported, To: FSScanFailed},
	{From: ScanningFS, On: Interrupted, To: StartFSScan},

	{From: WaitForConsent, On: Consent, To: StartMusicImport, Why: "Clients of MusicDB 8 know the rest of the way."},
	{From: WaitForConsent, On: Applied, To: ImportComplete},
})

func everywhere(rows []fsm.Row[State, Event]) []fsm.Row[State, Event] {
	for _, s := range results {
		rows = append(rows, fsm.Row[State, Event]{From: s, On: Settle, To: Remove})
	}
	for _, s := range states {
		if s.State == New || s.Terminal {
			continue
		}
		for _, on := range []Event{Cancel, Expire, Vanish} {
			// An offer waits as long as its music is there: nobody has begun anything.
			if s.State != WaitForConsent || on != Expire {
				rows = append(rows, fsm.Row[State, Event]{From: s.State, On: on, To: Remove})
			}
		}
	}
	return rows
}

var definition = fsm.MustDefine("task",
	"Something that takes longer than a request: an upload, its integration, an import, a cover, a scan.",
	New, states, events, rows)

// Definitions describes the machines of this package.
func Definitions() []fsm.Description { return []fsm.Description{definition.Describe()} }

// isRunning says whether a worker is busy with a task in this state.
func isRunning(s State) bool {
	for _, running := range begun {
		if running == s {
			return true
		}
	}
	return false
}

func isResult(s State) bool { return slices.Contains(results, s) }

// isFailure says whether a task is kept, or about to be removed, with a failure.
func isFailure(s State) bool {
	switch s {
	case UploadFailed, InvalidContent, IntegrationFailed, ImportFailed, FSScanFailed:
		return true
	default:
		return false
	}
}
