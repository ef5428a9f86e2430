package stream

import "musicdb/fsm"

// DeckState is what the deck gives to the encoders.
type DeckState uint8

// The states of the deck.
const (
	DeckSilenced DeckState = iota
	DeckBare
	DeckHeld
	DeckSolo
	DeckCrossfade
	DeckClosed
)

// DeckEvent is what moves the deck.
type DeckEvent uint8

// The events of the deck.
const (
	DeckPut DeckEvent = iota
	DeckCleared
	DeckMute
	DeckUnmute
	DeckUnmuteFading
	DeckFollow
	DeckFade
	DeckFaded
	DeckClose
)

// deckMachine is the machine of the deck. It is moved under the deck's mutex.
var deckMachine = fsm.MustDefine("deck",
	"What the pump takes its samples from: one song, the end of one and the beginning of the next, or silence.",
	DeckSilenced,
	[]fsm.StateDoc[DeckState]{
		{State: DeckSilenced, Name: "Silenced", Doc: "There is no song, and silence is wanted. So it is at the beginning.", Layer: client},
		{State: DeckBare, Name: "Bare", Doc: "There is no song; one would be heard at once.", Layer: song},
		{State: DeckHeld, Name: "Held", Doc: "A song waits exactly where it is, as long as silence is wanted.", Layer: client},
		{State: DeckSolo, Name: "Solo", Doc: "The samples of one song are sent; those of a cued song follow without a seam.", Layer: song},
		{State: DeckCrossfade, Name: "Crossfade", Doc: "The end of a song fades out under the next one, which is the current song already.", Layer: song},
		{State: DeckClosed, Name: "Closed", Doc: "The stream has ended.", Layer: worker, Terminal: true},
	},
	[]fsm.EventDoc[DeckEvent]{
		{Event: DeckPut, Name: "Put", Doc: "Another song is put on the deck. What sounded fades out within 15 ms.", By: "the conductor", Layer: song},
		{Event: DeckCleared, Name: "Cleared", Doc: "The song is over or was taken off, and none follows.", By: "the pump, or the conductor", Layer: song},
		{Event: DeckMute, Name: "Mute", Doc: "Silence is wanted. What sounded fades out within 15 ms.", By: "the conductor", Layer: client},
		{Event: DeckUnmute, Name: "Unmute", Doc: "Music is wanted.", By: "the conductor", Layer: client},
		{Event: DeckUnmuteFading, Name: "UnmuteFading", Doc: "Music is wanted, and the pause was in the middle of a crossfade.", By: "the conductor", Layer: client},
		{Event: DeckFollow, Name: "Follow", Doc: "The last sample of the current song was sent, and the cued song follows with the next one.", By: "the pump", Layer: song},
		{Event: DeckFade, Name: "Fade", Doc: "The end of the current song is as near as the crossfade is long: the cued song begins.", By: "the pump", Layer: song},
		{Event: DeckFaded, Name: "Faded", Doc: "The crossfade is over.", By: "the pump", Layer: song},
		{Event: DeckClose, Name: "Close", Doc: "The stream ends.", By: "the stream", Layer: worker},
	},
	[]fsm.Row[DeckState, DeckEvent]{
		{From: DeckSilenced, On: DeckPut, To: DeckHeld},
		{From: DeckSilenced, On: DeckUnmute, To: DeckBare},
		{From: DeckSilenced, On: DeckClose, To: DeckClosed},

		{From: DeckBare, On: DeckPut, To: DeckSolo},
		{From: DeckBare, On: DeckMute, To: DeckSilenced},
		{From: DeckBare, On: DeckClose, To: DeckClosed},

		{From: DeckHeld, On: DeckPut, To: DeckHeld},
		{From: DeckHeld, On: DeckCleared, To: DeckSilenced},
		{From: DeckHeld, On: DeckUnmute, To: DeckSolo},
		{From: DeckHeld, On: DeckUnmuteFading, To: DeckCrossfade, Guard: "a song was fading out"},
		{From: DeckHeld, On: DeckClose, To: DeckClosed},

		{From: DeckSolo, On: DeckPut, To: DeckSolo},
		{From: DeckSolo, On: DeckCleared, To: DeckBare},
		{From: DeckSolo, On: DeckMute, To: DeckHeld},
		{From: DeckSolo, On: DeckFollow, To: DeckSolo},
		{From: DeckSolo, On: DeckFade, To: DeckCrossfade},
		{From: DeckSolo, On: DeckClose, To: DeckClosed},

		{From: DeckCrossfade, On: DeckPut, To: DeckSolo},
		{From: DeckCrossfade, On: DeckCleared, To: DeckBare, Why: "the new song broke off while the old one still faded"},
		{From: DeckCrossfade, On: DeckFollow, To: DeckSolo, Why: "the same, and another song was cued"},
		{From: DeckCrossfade, On: DeckMute, To: DeckHeld, Why: "both songs wait; the crossfade goes on behind the pause"},
		{From: DeckCrossfade, On: DeckFaded, To: DeckSolo},
		{From: DeckCrossfade, On: DeckClose, To: DeckClosed},
	},
)
