package intake

import (
	"strings"

	"musicdb/media/files"
)

// damaged makes doubts of what the reading has found. Names are doubted by named,
// and what usually lies beside songs is no reason to ask.
func (l looked) damaged() (doubts []doubted) {
	for _, f := range l.findings {
		kind := Unsupported
		switch f.Problem {
		case files.ProblemName, files.ProblemNoSongs:
			if files.IsSong(f.Path) || f.Problem == files.ProblemNoSongs {
				continue
			}
			kind = Naming
		case files.ProblemBroken, files.ProblemTruncated, files.ProblemTags, files.ProblemUnreadable:
			kind = Damaged
		case files.ProblemEncoding:
			kind = Encoding
		default:
			if f.Problem.Expected() {
				continue
			}
		}
		text := f.Problem.String()
		if cause := f.Cause(); cause != "" {
			text += " (" + cause + ")"
		}
		doubts = append(doubts, doubted{kind: kind, path: strings.ToValidUTF8(f.Path, "\uFFFD"), text: text + "; " + f.Remedy()})
	}
	return doubts
}
