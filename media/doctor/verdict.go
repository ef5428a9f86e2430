package doctor

import (
	"fmt"
	"strings"
)

// Verdict says what is wrong with one thing.
type Verdict struct {
	Illness   Illness   `json:"illness"`
	Subject   Subject   `json:"subject"`
	Path      string    `json:"path"`         // inside the music directory; with the subjects database and data inside the data directory
	ID        int64     `json:"id,omitempty"` // of the row in the library, 0 if there is none
	Certainty Certainty `json:"certainty"`
	Reason    string    `json:"reason"`            // what was seen
	Remedy    string    `json:"remedy"`            // what the user can do
	Related   []string  `json:"related,omitempty"` // paths of others that it has to do with
	Fix       Fix       `json:"fix,omitempty"`     // what a plan can do about it

	treatment treatment
}

// Fix is the kind of a repair that a plan can make.
type Fix string

// The repairs.
const (
	FixNone      Fix = ""
	FixTags      Fix = "writetags" // the tags get what the path says
	FixMove      Fix = "move"      // the file gets another name
	FixCover     Fix = "setcover"  // the album gets a picture that it has with it
	FixRow       Fix = "changerow" // the entry gets what is there
	FixRemoveRow Fix = "removerow" // the entry of what is gone is removed
)

// treatment is what a repair needs beside the verdict.
type treatment struct {
	keys  []string       // of TagLib: the tags that get what the path says
	songs []string       // whose tags those are
	to    string         // new path
	song  string         // whose embedded picture becomes the cover
	file  string         // picture beside the songs that becomes the cover
	table string         // of the row
	row   map[string]any // columns that get these values
}

// String is the verdict as a sentence.
func (v Verdict) String() string {
	text := fmt.Sprintf("%s %s", v.Path, v.Illness.Is())
	if v.Certainty != Certain {
		text += " (" + string(v.Certainty) + ")"
	}
	if v.Reason != "" {
		text += ": " + v.Reason
	}
	if len(v.Related) > 0 {
		text += ": " + strings.Join(v.Related, ", ")
	}
	return text + "; " + v.Remedy
}

// verdict makes one with the usual remedy.
func verdict(i Illness, on Subject, path string, c Certainty, reason string, values ...any) Verdict {
	if len(values) > 0 {
		reason = fmt.Sprintf(reason, values...)
	}
	return Verdict{Illness: i, Subject: on, Path: path, Certainty: c, Reason: reason, Remedy: illnesses[i].remedy}
}

// of names the row that the verdict is about.
func (v Verdict) of(id int64) Verdict {
	v.ID = id
	return v
}

func (v Verdict) remedy(text string) Verdict {
	v.Remedy = text
	return v
}

func (v Verdict) with(related ...string) Verdict {
	v.Related = related
	return v
}

func (v Verdict) fixed(by Fix, t treatment) Verdict {
	v.Fix, v.treatment = by, t
	return v
}
