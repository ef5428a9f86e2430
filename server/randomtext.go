package server

import (
	"fmt"
	"strings"

	"musicdb/media/queue"
)

// This file says in words what the random selection does.

// ruleText says why songs are left out, of one song or several.
func ruleText(rule queue.Rule, songs int) string {
	its, it, is, was := "its", "it", "is", "was"
	if songs != 1 {
		its, it, is, was = "their", "they", "are", "were"
	}
	switch rule {
	case queue.NoRule:
		return "nothing"
	case queue.NoAlbum:
		return its + " album is not in the library"
	case queue.HiddenAlbum:
		return its + " album is hidden"
	case queue.AlbumGenre:
		return its + " album is not of the selected genres"
	case queue.SongGenre:
		return it + " " + is + " not of the selected genres"
	case queue.Disabled:
		return it + " " + is + " disabled"
	case queue.Hated:
		return it + " " + is + " hated"
	case queue.BadFile:
		return it + " " + is + " marked as a bad file"
	case queue.LiveMusic:
		return it + " " + is + " live music"
	case queue.TooShort:
		return it + " " + is + " shorter than MinSongLength"
	case queue.TooLong:
		return it + " " + is + " longer than MaxSongLength"
	case queue.ArtistHeard:
		return its + " artist was queued lately"
	case queue.AlbumHeard:
		return its + " album was queued lately"
	case queue.SongHeard:
		return it + " " + was + " queued lately"
	default:
		return rule.String()
	}
}

// counted says how many songs.
func counted(songs int) string {
	if songs == 1 {
		return "1 song"
	}
	return fmt.Sprintf("%d songs", songs)
}

// prospectText says what the random selection has to offer, and where that is
// nothing, what keeps it from what.
func prospectText(o queue.Outlook) string {
	switch o.Prospect {
	case queue.Fresh:
		return fmt.Sprintf("The next random song is one of %s that the settings allow and that were not heard lately.", counted(o.Candidates))
	case queue.Repeating:
		return fmt.Sprintf("The settings allow %s, all heard lately or too much like those; the stream repeats what was heard longest ago.", counted(o.Census.Pool))
	case queue.NoSongs:
		return noSongsText(o.Census)
	default:
		return "The library has no songs."
	}
}

func noSongsText(c queue.Census) string {
	var reasons []string
	for _, one := range ruledBySome(c.Excluded) {
		reasons = append(reasons, fmt.Sprintf("%d because %s", one.Songs, one.Text))
	}
	return fmt.Sprintf("The settings allow none of %s: %s.", counted(c.Songs), strings.Join(reasons, ", "))
}

func pickText(p queue.Pick) string {
	among := counted(p.Census.Songs)
	if p.AlbumID != 0 {
		among += " of its album"
	}
	text := fmt.Sprintf("Of %s the settings allowed %d; this one was chosen among %d with equal chances", among, p.Census.Pool, p.Candidates)
	if p.Relaxed == queue.NoRule {
		return text + "."
	}
	return text + ", although " + ruleText(p.Relaxed, 1) + ", because there were no others."
}

func verdictText(v queue.Verdict) string {
	var reasons []string
	for _, rule := range v.Against {
		reasons = append(reasons, ruleText(rule, 1))
	}
	for _, heard := range v.Heard {
		reasons = append(reasons, ruleText(heard.Rule, 1))
	}
	switch {
	case v.Chosen && v.Outlook.Relaxed == queue.NoRule:
		return fmt.Sprintf("It could be the next random song, with a chance of 1 in %d.", v.Outlook.Candidates)
	case v.Chosen:
		return fmt.Sprintf("The stream may repeat it, with a chance of 1 in %d, although %s: there is nothing else that the settings allow.", v.Outlook.Candidates, strings.Join(reasons, ", "))
	default:
		return "It is not chosen now: " + strings.Join(reasons, ", ") + "."
	}
}
