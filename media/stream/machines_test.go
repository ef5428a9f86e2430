package stream

import (
	"testing"

	"musicdb/fsm/fsmtest"
)

func TestBothRunnersAgree(t *testing.T) {
	t.Run("audio", func(t *testing.T) { fsmtest.Agree(t, audio) })
	t.Run("mute", func(t *testing.T) { fsmtest.Agree(t, mute) })
	t.Run("deck", func(t *testing.T) { fsmtest.Agree(t, deckMachine) })
	t.Run("decoding", func(t *testing.T) { fsmtest.Agree(t, decoding) })
	t.Run("encoding", func(t *testing.T) { fsmtest.Agree(t, encoding) })
	t.Run("format", func(t *testing.T) { fsmtest.Agree(t, demand) })
	t.Run("video", func(t *testing.T) { fsmtest.Agree(t, video) })
}

// The machines as a table: what is allowed where.
func TestTables(t *testing.T) {
	for _, c := range []struct {
		from AudioState
		on   AudioEvent
		to   AudioState
	}{
		{Idle, SongReady, Playing}, {Idle, SongReadyMuted, Paused}, {Idle, SongFailed, HoldOff},
		{Playing, Pause, Paused}, {Paused, Play, Playing}, {Playing, Play, Playing},
		{Playing, SongEnded, Idle}, {Playing, SongCut, Idle}, {NoSongs, SongsChanged, Idle},
	} {
		if to, ok := audio.Next(c.from, c.on); !ok || to != c.to {
			t.Errorf("%v on %s leads to %v, %v, want %v", c.from, audio.EventName(c.on), to, ok, c.to)
		}
	}
	// Commands are taken wherever the stream lives.
	for _, state := range audio.States() {
		lives := state.State != Started && state.State != Disabled && !state.Terminal
		for _, on := range []AudioEvent{Play, Pause, Skip} {
			if _, ok := audio.Next(state.State, on); ok != lives {
				t.Errorf("%s in %s: taken %v, want %v", audio.EventName(on), state.Name, ok, lives)
			}
		}
		if _, ok := audio.Next(state.State, Stop); ok == state.Terminal {
			t.Errorf("Stop in %s: taken %v", state.Name, ok)
		}
	}
}
