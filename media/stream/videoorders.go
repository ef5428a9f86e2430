package stream

import (
	"time"

	"musicdb/media/queue"
)

// videoOrder is a command of a client.
type videoOrder struct {
	kind  videoOrderKind
	who   queue.Actor
	at    time.Time
	entry queue.EntryID // of orderVideoEnded; of orderVideoSkip: only this one is skipped, if it is given
}

type videoOrderKind uint8

const (
	orderVideoPlay videoOrderKind = iota
	orderVideoPause
	orderVideoToggle
	orderVideoSkip
	orderVideoEnded
)

// VideoRemote gives commands to a video stream on behalf of somebody, whom the
// history of the queue names. Commands are taken in every state and executed in the
// order of the calls. With videos disabled nothing happens.
type VideoRemote struct {
	v   *Video
	who queue.Actor
}

// By returns what gives commands on behalf of somebody.
func (v *Video) By(who queue.Actor) VideoRemote { return VideoRemote{v, who} }

// Play switches the stream on or off; a StatusChanged notice follows, also when
// nothing changes.
func (r VideoRemote) Play(on bool) {
	kind := orderVideoPause
	if on {
		kind = orderVideoPlay
	}
	r.v.order(videoOrder{kind: kind, who: r.who})
}

// Toggle inverts what holds when the commands before it were executed.
func (r VideoRemote) Toggle() { r.v.order(videoOrder{kind: orderVideoToggle, who: r.who}) }

// Next goes on with the next video. The current one is not counted as played. Which
// video is meant is for the queue to know, see [queue.Videos.Meant].
func (r VideoRemote) Next() { r.NextFrom("") }

// NextFrom is Next if an entry is still the current one when the command is executed;
// else nothing happens.
func (r VideoRemote) NextFrom(entry queue.EntryID) {
	r.v.order(videoOrder{kind: orderVideoSkip, who: r.who, entry: entry})
}

// Ended reports that an entry was shown to its end. If it is the one that is
// shown it is counted as played and the next one follows; reports about any other
// are ignored, so that every client may report the same end.
func (r VideoRemote) Ended(entry queue.EntryID) {
	r.v.order(videoOrder{kind: orderVideoEnded, who: r.who, entry: entry})
}

// Play is [VideoRemote.Play] of the server itself.
func (v *Video) Play(on bool) { v.By(queue.Actor{}).Play(on) }

// Toggle is [VideoRemote.Toggle] of the server itself.
func (v *Video) Toggle() { v.By(queue.Actor{}).Toggle() }

// Next is [VideoRemote.Next] of the server itself: it means whatever video is the
// current one.
func (v *Video) Next() { v.By(queue.Actor{}).Next() }

// Ended is [VideoRemote.Ended] of the server itself.
func (v *Video) Ended(entry queue.EntryID) { v.By(queue.Actor{}).Ended(entry) }

func (v *Video) order(one videoOrder) {
	one.at = v.o.Now()
	if !v.orders.put(one) {
		v.log.Warn("a command to the video stream was refused, too many are waiting", "limit", orderLimit)
		return
	}
	v.look()
}
